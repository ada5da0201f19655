"""The hand-over document: complete, self-contained, safe."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.domain.runbook import SECTION_TITLES, Runbook
from bot.runbooks.editing.skeleton import Answers, new_runbook
from bot.runbooks.export import Occasion, export_html
from bot.runbooks.lint import lint
from bot.runbooks.parsing.parse import parse
from bot.runbooks.parsing.text import plain
from bot.runbooks.resources import sample_playbooks_dir

SAMPLES = sorted(path for path in sample_playbooks_dir().glob("*.md") if path.name != "README.md")
TODAY = Occasion(date(2026, 11, 23), "x.md", "0.1.0")


class Seen(HTMLParser):
    """What a browser would show and load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.headings: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)
        if tag in ("img", "script", "link", "iframe", "object", "form", "base"):
            self.loads.append(tag)
        self.loads += [name for name in values if name in ("src", "srcset", "style") or name.startswith("on")]
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values["href"] or ""] if "href" in values else []
        if tag in ("h1", "h2", "h3"):
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.open and any(tag in ("h1", "h2", "h3") for tag in self.open):
            self.headings[-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def made(data: bytes) -> tuple[Runbook, str]:
    book = parse(data, "x.md").runbook
    assert book is not None
    return book, export_html(book, lint(data, "x.md").answers, TODAY)


def squeezed(text: str) -> str:
    """Text without what Markdown and the layout may change between two words."""
    return re.sub(r"[\s`*_\\>-]+", "", unescape(text))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_everything_in_a_runbook_is_on_its_page(path: Path) -> None:
    book, page = made(path.read_bytes())
    seen = Seen(page)
    assert not seen.open
    shown = squeezed(seen.text)
    said = [book.title, book.owner, *(paragraph.text for paragraph in book.summary.paragraphs)]
    said += [value for row in book.health.metrics for value in (row.name, row.green, row.yellow, row.red, row.query)]
    said += [value for row in book.contacts for value in (row.who, row.phone, row.for_what)]
    said += [condition.text for condition in book.rollback.conditions] + [book.rollback.verify.text]
    said += [command.text for command in book.rollback.commands]
    said += [value for row in book.changes for value in (row.when, row.what, row.before, row.after)]
    for mode in book.failures:
        said += [mode.id, mode.title, mode.impact.text, mode.cause.text, mode.verify.text, mode.escalate_to.text]
        said += [mode.roll_back_when.text, mode.related_changes.text]
        said += [one.text for one in (*mode.symptoms, *mode.confused_with, *mode.notes)]
        said += [signal.value for signal in mode.signals]
        for step in mode.steps:
            said += [step.text, step.expect, step.if_not, *(choice.text for choice in step.choices)]
            said += [command.text for command in (*step.commands, *step.if_not_commands)]
    missing = [text for text in said if squeezed(text) not in shown]
    assert not missing


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_it_has_six_sections_and_loads_nothing(path: Path) -> None:
    _, page = made(path.read_bytes())
    seen = Seen(page)
    titles = [f"{number} {title}" for number, title in enumerate(SECTION_TITLES.values(), start=1)]
    assert [" ".join(one.split()) for one in seen.headings if " ".join(one.split()) in titles] == titles
    assert "Phone list" in seen.text
    assert seen.loads == []
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page
    assert len(seen.ids) == len(set(seen.ids))
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)


def test_an_unanswered_question_is_no_and_names_the_rules() -> None:
    _, page = made(new_runbook(Answers("search"), date(2026, 11, 28)).encode())
    seen = Seen(page)
    assert "Not ready for production" in seen.text
    assert seen.text.count("no: E") == 6


def test_what_is_not_written_down_is_unknown() -> None:
    _, page = made(b"---\nservice: bare\n---\n\n## 1. Service summary\n\nX.\n")
    text = Seen(page).text
    assert "Owner unknown" in text
    assert "No contacts are written down." in text
    assert "What survives a rollback is not written down." in text


HOSTILE = """---
service: evil
owner: "<b>o</b>"
---

# <script>alert(1)</script>

## 1. Service summary

<img src=x onerror=alert(1)> ![logo](https://evil.internal/x.png) [go](javascript:alert(2))

## 2. Health

**Dashboard:** https://d.internal/"onmouseover="x

## 3. Common failures

### EV-01 A & <i>B</i>

**Impact:** > 5 % of users

**Symptoms:**
- >= 3 errors

**Steps:**
1. **Check:** <style>*{display:none}</style> `a < b`
   ```sh
   echo "</code><script>alert(3)</script>"
   ```
"""


def test_nothing_in_a_runbook_becomes_markup_or_loads_a_picture() -> None:
    _, page = made(HOSTILE.encode())
    seen = Seen(page)
    assert seen.loads == []
    assert "<script" not in page
    assert "<i>" not in page
    assert not [link for link in seen.links if link.lower().startswith("javascript")]
    assert 'echo "</code><script>alert(3)</script>"' in seen.text
    assert "A & <i>B</i>" in seen.text
    assert plain("logo") in seen.text


def test_a_bound_is_shown_with_its_sign_and_is_no_quote() -> None:
    _, page = made(HOSTILE.encode())
    assert "> 5 % of users" in Seen(page).text
    assert ">= 3 errors" in Seen(page).text
    assert "<blockquote>" not in page
