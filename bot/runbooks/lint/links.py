"""The rule about links, W15. It judges; whoever asks the network is at the edge and tells it by `Options.links`."""

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
    meaning="Links are absolute and answer (--online only).",
    why="A dead link turns into a search; a relative one leads nowhere on paper or in Slack.",
    fix="Correct the address, or delete the line.",
    example=Example(
        5,
        "Verify",
        bad="**Verify:** see [the board](../board)\n",
        good="**Verify:** see [the board](https://grafana.acme.internal/d/invoice-extract), failures < 1 % in 10 min\n",
    ),
)
def living_links(page: Page) -> Iterator[Finding]:
    answers = page.options.links
    if answers is None:
        return
    for place, target in _relative(page):
        yield Finding(place, f"Link {quoted(target)} is relative: write the whole address, from https:// on.")
    for place, url in links(page):
        if wrong := answers.get(url, ""):
            yield Finding(place, f"{url} {wrong}: correct the address, or delete the line.")
