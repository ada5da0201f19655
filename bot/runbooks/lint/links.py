"""The rule about what may have gone away, W15: links and programs. It judges; whoever asks the network or knows the
programs is at the edge and tells it by `Options.links` and `Options.tools`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.runbooks.lint.page import Page, Place
from bot.runbooks.lint.quantity import quoted
from bot.runbooks.lint.rule import Example, Finding, rule

_ABSOLUTE = re.compile(r"https?://[^\s<>|`\"']+")
_TARGET = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?(?P<target>[^)\s>]+)")
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|#", re.IGNORECASE)


def links(page: Page) -> Iterator[tuple[Place, str]]:
    """Every http(s) link of the page's text and where it stands; code blocks are left out."""
    for number, line in enumerate(page.prose, 1):
        for found in _ABSOLUTE.finditer(line):
            url = found.group().rstrip(".,;:!?*_")
            yield Place(number, found.start() + 1), url.removesuffix(")") if url.count(")") > url.count("(") else url


def _relative(page: Page) -> Iterator[tuple[Place, str]]:
    for number, line in enumerate(page.prose, 1):
        for found in _TARGET.finditer(line):
            if not _OTHER_SCHEME.match(found["target"]):
                yield Place(number, found.start("target") + 1), found["target"]


@rule(
    "W15",
    meaning="Links are absolute and answer (--online only); commands run programs that responders have (--tools only).",
    why="A dead link turns into a search, a relative one leads nowhere in Slack, a missing program stops the night.",
    fix="Correct the address or the command, or delete the line.",
    example=Example(
        5,
        "Verify",
        bad="**Verify:** see [the board](../board)\n",
        good="**Verify:** see [the board](https://grafana.acme.internal/d/invoice-extract), failures < 1 % in 10 min\n",
    ),
)
def still_there(page: Page) -> Iterator[Finding]:
    yield from _dead_links(page)
    if page.options.tools is not None:
        yield from _missing_programs(page, page.options.tools)


def _missing_programs(page: Page, tools: frozenset[str]) -> Iterator[Finding]:
    """The first word of every command of a step and of the rollback."""
    runbook = page.runbook
    steps = (step for mode in runbook.failures for step in mode.steps)
    commands = [one for step in steps for one in (*step.commands, *step.if_not_commands)]
    for command in (*commands, *runbook.rollback.commands):
        words = command.text.removeprefix("$ ").split()
        program = next((word for word in words if "=" not in word and word != "sudo"), "")
        if program and program not in tools:
            said = f"{quoted(program)} is not in the list of programs: correct the command, or add it to the list."
            yield Finding(Place(command.span.start or 1, 1), said)


def _dead_links(page: Page) -> Iterator[Finding]:
    answers = page.options.links
    if answers is None:
        return
    for place, target in _relative(page):
        yield Finding(place, f"Link {quoted(target)} is relative: write the whole address, from https:// on.")
    for place, url in links(page):
        if wrong := answers.get(url, ""):
            yield Finding(place, f"{url} {wrong}: correct the address, or delete the line.")
