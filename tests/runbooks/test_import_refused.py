"""What is no page is refused with a sentence, and a broken front matter is named with its line."""

from __future__ import annotations

import time

import pytest

from bot.runbooks.foreign import convert
from bot.runbooks.foreign.refuse import MAX_PAGE

PAGE = "# DiskFull\n\n## Meaning\n\nIt is full.\n"
HTML = "<h1>DiskFull</h1>\n<p>It is full.</p>\n</body></html>\n"
NO_TEXT = "it is no text. Export the page as Markdown."
IS_HTML = "it is HTML or XML. Export the page as Markdown."


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("a.md", bytes(range(256)), f"a.md: left out, {NO_TEXT}"),
        ("a.md", b"\x89PNG\r\n\x1a\n", f"a.md: left out, {NO_TEXT}"),
        ("a.md", b"%PDF-1.7\nplain", f"a.md: left out, {NO_TEXT}"),
        ("a.md", PAGE.encode("utf-16-le"), f"a.md: left out, {NO_TEXT}"),
        ("a.md", PAGE.encode("utf-16"), "a.md:1: left out. The file is UTF-16. Save it as UTF-8."),
        ("a.md", b"# Caf\xc3\xa9\n\nCaf\xe9\n", "a.md:3: left out. Byte 0xE9 is not UTF-8. Save the file as UTF-8."),
        ("a.html", HTML.encode(), f"a.html: left out, {IS_HTML}"),
        ("a.HTM", PAGE.encode(), f"a.HTM: left out, {IS_HTML}"),
        ("a.md", f"<!DOCTYPE html>\n<html>{HTML}".encode(), f"a.md: left out, {IS_HTML}"),
        ("a.md", f"\ufeff\n<!-- saved -->\n<HTML lang=en>{HTML}".encode(), f"a.md: left out, {IS_HTML}"),
        ("a.md", f"<?xml version='1.0'?>\n<html>{HTML}".encode(), f"a.md: left out, {IS_HTML}"),
        ("wiki.xml", b"<?xml version='1.0'?>\n<page>full</page>", f"wiki.xml: left out, {IS_HTML}"),
        ("a.md", PAGE.encode() + b"x" * MAX_PAGE, "a.md: left out, a page has at most 419,430 bytes"),
    ],
)
def test_what_is_no_page_makes_no_entry_and_the_next_page_does(path: str, data: bytes, said: str) -> None:
    conversion = convert([(path, data), ("DiskFull.md", PAGE.encode())])
    assert [line for line in conversion.refused if line.startswith(said)] == conversion.refused
    assert len(conversion.refused) == 1
    assert [entry.page for entry in conversion.entries] == ["DiskFull.md"]


@pytest.mark.parametrize("text", ["<header>\n\n" + PAGE, "<details>\n\n" + PAGE, "Say `<html>`.\n\n" + PAGE])
def test_a_page_with_tags_in_it_is_a_page(text: str) -> None:
    assert convert([("a.md", text.encode())]).refused == []


def test_many_comments_before_no_html_take_no_time() -> None:
    before = time.process_time()
    assert convert([("a.md", b"<!-- x -->\n" * 40 + b"<hr>\n\nText.\n")]).refused == []
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("---\ntitle: Disk\nalert: [DiskFull\nowner: : x\n---\n", "a.md:4: The front matter is not YAML: "),
        ("---\ntitle: Disk\nno key at all\n---\n", "a.md:3: The front matter is not YAML: "),
        ("---\n- one\n- two\n---\n", "a.md:2: The front matter must be lines of the form key: value."),
        ("---\na: " + "[" * 9000 + "\n---\n", "a.md:2: The front matter is nested too deeply."),
        ("---\ntitle: Disk\n\n", "a.md:1: The front matter is never closed, so it is text. Write a line with ---"),
        ('+++\ntitle = "Disk"\nalert = DiskFull\n+++\n', "a.md:3: The front matter is not TOML: "),
        ("+++\na = " + "[" * 9000 + "\n+++\n", "a.md:2: The front matter is nested too deeply."),
        ('+++\ntitle = "Disk"\nalert = "Disk\n+++\n', "a.md:3: The front matter is not TOML: "),
        ('+++\ntitle = """Disk\n+++\n', "a.md:2: The front matter is not TOML: "),
    ],
)
def test_a_broken_front_matter_is_named_and_nothing_is_lost(front: str, said: str) -> None:
    conversion = convert([("a.md", (front + PAGE).encode())])
    assert [line for line in conversion.remarks if line.startswith(said)], conversion.remarks
    (entry,) = conversion.entries
    assert "It is full." in entry.text
    assert all(line.strip("-+ []") in entry.text for line in front.splitlines() if len(line) < 100)


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Disk\n# why\ntags:\n  - a\n---\n",
        "---\n---\n",
        '+++\ntitle = "Disk"\n+++\n',
        "---\n\n",
        "---\nA sentence without a key.\n\n---\n",
        "---\nNote: this is prose.\n\nMore of it.\n\n---\n",
    ],
)
def test_a_good_front_matter_and_a_rule_are_no_fault(front: str) -> None:
    conversion = convert([("a.md", (front + PAGE).encode())])
    assert not [line for line in conversion.remarks if "front matter is" in line or "must be" in line]
