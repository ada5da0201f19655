"""A report as a document: Markdown, or one self-contained HTML file. Templates are sandboxed, and every text that they
print is escaped for the format, whatever they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot.postmortem.drafting import escape
from bot.postmortem.drafting.chart import svg
from bot.postmortem.drafting.report import Report, Span
from bot.postmortem.drafting.summary import clock, lasting
from bot.runbooks.resources import templates_dir

MARKDOWN = "postmortem.md.j2"
HTML = "postmortem.html.j2"


class Renderer:
    """The two documents. `folder` holds a team's own templates, which win over ours of the same name.

    Raises jinja2.TemplateError when a template is wrong: `drafting.templates.check_templates` says where.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folders = [folder, templates_dir()] if folder else [templates_dir()]
        loader = ChoiceLoader([FileSystemLoader(one) for one in folders])
        self.environments = {MARKDOWN: markdown_environment(loader), HTML: html_environment(loader)}

    def markdown(self, report: Report) -> str:
        return self.render(MARKDOWN, report)[0]

    def html(self, report: Report) -> str:
        return self.render(HTML, report)[0]

    def render(self, name: str, report: Report) -> tuple[str, frozenset[str]]:
        """The document, and the keys of the fields that it printed."""
        printed: set[str] = set()
        environment = self.environments[name]
        text = environment.get_template(name).render(context(report, printed, _TODO[name], _SAID[name]))
        return text, frozenset(printed)


def render_markdown(report: Report, folder: Path | None = None) -> str:
    """The post-mortem as Markdown with a Mermaid timeline."""
    return Renderer(folder).markdown(report)


def render_html(report: Report, folder: Path | None = None) -> str:
    """The post-mortem as one HTML file, with the picture inside and nothing loaded from anywhere."""
    return Renderer(folder).html(report)


def markdown_environment(loader: BaseLoader) -> ImmutableSandboxedEnvironment:
    """An environment in which every printed text is escaped for Markdown."""
    environment = _environment(loader, finalize=escape.finalize_markdown)
    environment.filters |= {"code": escape.markdown_code, "link": escape.markdown_link}
    return environment


def html_environment(loader: BaseLoader) -> ImmutableSandboxedEnvironment:
    """An environment in which every printed text is escaped for HTML."""
    environment = _environment(loader, finalize=escape.finalize_html)
    environment.filters |= {"code": escape.html_code, "link": escape.html_link}
    return environment


def _environment(loader: BaseLoader, finalize: Callable[[Any], Any]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=True,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= FILTERS
    return environment


def _minutes(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:.0f}" if value >= 1 else "< 1"


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"


def _fenced(text: str) -> Markup:
    """A text inside a code block: longer fences than ours cannot be in it."""
    return Markup(text.replace("```", "'''").strip("\n"))


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "time": lambda at: clock(at, with_day=False),
    "day": _day,
    "lasting": lasting,
    "minutes": _minutes,
    "mermaid": lambda value: Markup(escape.mermaid(str(value))),
    "fenced": _fenced,
}
"""What a template may do with a value, besides `code` and `link`, which each format has its own of."""


def _markdown_todo(owner: str, ask: str) -> Markup:
    return Markup(f"**TODO({escape.markdown(owner)}): {escape.markdown(ask)}**")


def _html_todo(owner: str, ask: str) -> Markup:
    return Markup('<strong class="todo">TODO({}): {}</strong>').format(owner, ask)


_TODO = {MARKDOWN: _markdown_todo, HTML: _html_todo}


def _markdown_said(text: str) -> Markup:
    """Line by line, in a form that a table takes too."""
    return Markup("<br>").join(Markup(escape.markdown(line.strip())) for line in text.splitlines() if line.strip())


def _html_said(text: str) -> Markup:
    return Markup("<br>").join(escape.html(line.strip()) for line in text.splitlines() if line.strip())


_SAID = {MARKDOWN: _markdown_said, HTML: _html_said}


def context(
    report: Report, printed: set[str], todo: Callable[[str, str], Markup], said: Callable[[str], Markup]
) -> dict[str, Any]:
    """What a template may use: `report` as plain data, `gantt`, `svg`, and `blank(key)`: the placeholder of a field, or
    what a person filled in ("" when the facts fill it)."""
    fields = {field.key: field for field in report.fields}

    def blank(key: str) -> Markup:
        printed.add(key)
        field = fields[key]
        return said(field.said) if field.filled else todo(field.owner, field.ask)

    plain = report.model_dump()
    plain["unfilled"] = [field.model_dump() for field in report.unfilled]
    for row, dumped in zip(report.timeline, plain["timeline"], strict=True):
        dumped["late"] = row.late
    return {"report": plain, "gantt": _gantt(report.spans), "svg": svg(report), "blank": blank}


_TAGS = {"failed": "crit, ", "unlike": "crit, ", "done": "done, ", "wait": "active, "}


def _gantt(spans: tuple[Span, ...]) -> list[dict[str, Any]]:
    """The bars by row as Mermaid wants them. It has no zone, so instants are written as UTC."""

    def stamp(at: int) -> str:
        return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%S}"

    rows: dict[str, list[dict[str, str]]] = {}
    for span in spans:
        end = max(span.end, span.start + 1000)
        bar = {"label": span.label, "tag": _TAGS.get(span.tone, ""), "start": stamp(span.start), "end": stamp(end)}
        rows.setdefault(span.row, []).append(bar)
    return [{"name": row, "bars": bars} for row, bars in rows.items()]
