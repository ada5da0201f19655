"""The hand-over document: a runbook as one HTML page that needs nothing else, to be printed or mailed.

The author's Markdown is rendered with raw HTML shown as text; everything else is escaped by the template. A picture
becomes a link, because the page loads nothing: it must read the same in ten years and without a network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from bot.domain.runbook import SECTION_TITLES, Choice, Command, FailureMode, Runbook, Section, Step, StepKind
from bot.runbooks.lint.readiness import Answer
from bot.runbooks.parsing.text import code_spans, slug
from bot.runbooks.resources import templates_dir

_KINDS = {
    StepKind.CHECK: "Check",
    StepKind.ACT: "Act",
    StepKind.WAIT: "Wait",
    StepKind.BRANCH: "Branch",
    StepKind.ROLLBACK: "Roll back",
    StepKind.ESCALATE: "Escalate",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and from what the document was made."""

    day: date
    source: str
    """The runbook's file, as a person would name it."""
    version: str
    """Of section3."""


def export_html(runbook: Runbook, answers: Sequence[Answer], occasion: Occasion) -> str:
    """The whole document. `answers` are the six of `lint.readiness`."""
    return (
        _environment()
        .get_template("export.html.j2")
        .render(
            book=runbook,
            answers=answers,
            ready=all(answer.yes for answer in answers),
            occasion=occasion,
            sections=[(number, section, SECTION_TITLES[section]) for number, section in enumerate(Section, start=1)],
            anchors=_anchors(runbook.failures),
        )
    )


def _anchors(modes: Sequence[FailureMode]) -> dict[str, str]:
    """The id in the page of each entry; two entries never share one."""
    return {mode.id: f"failure-{number}-{slug(mode.id)}" for number, mode in enumerate(modes, start=1)}


def page(text: str) -> Markup:
    """Markdown with paragraphs, lists, tables, quotes and code, as it stands."""
    return Markup(_reader().render(text))


_BOUND = re.compile(r"^(?=>\s?=|>\s*[\d.])")


def blocks(text: str) -> Markup:
    """The Markdown of a value. One that begins with a bound (`> 5 %`) is no quote: the sign must be read."""
    return page(_BOUND.sub(r"\\", text.lstrip()))


def inline(text: str) -> Markup:
    """Markdown of one line: a table cell, a title."""
    return Markup(_reader().renderInline(" ".join(text.split())))


def standing_commands(owner: Step | Choice) -> list[Command]:
    """The commands of a step or choice that stand in a code block; those in its sentences are read there."""
    return _standing(owner.text, owner.commands)


def _standing(text: str, commands: Sequence[Command]) -> list[Command]:
    said = {code.strip() for _, _, code in code_spans(text)}
    return [command for command in commands if command.text.strip() not in said]


def kind_of(step: Step) -> str:
    """What a step asks for, as the document says it."""
    if step.kind is not StepKind.WAIT:
        return _KINDS[step.kind]
    return f"Wait {step.wait_minutes:g} min" if step.wait_minutes else "Wait"


def _picture(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """A picture as a link to it."""
    token = tokens[index]
    words = self.renderInlineAsText(token.children, options, env) or "picture"
    return Markup('<a href="{}">{}</a>').format(token.attrGet("src") or "", words)


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("image", _picture)
    return reader


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_dir()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "blocks": blocks,
        "page": page,
        "inline": inline,
        "kind": kind_of,
        "standing": standing_commands,
        "standing_if_not": lambda step: _standing(step.if_not, step.if_not_commands),
    }
    return environment
