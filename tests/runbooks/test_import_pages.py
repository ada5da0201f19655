"""Foreign pages into entries: nothing lost, commands untouched, and the result is a runbook."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.runbook import FailureMode, SignalKind, StepKind
from bot.runbooks.editing.skeleton import draft_runbook
from bot.runbooks.foreign import Conversion, convert
from bot.runbooks.parsing.parse import parse

PAGES = sorted(path for path in (Path(__file__).parent / "foreign").iterdir() if path.stem != "Empty")


CAFE = (
    "\r\n## Meaning\r\n\r\nThe café terminal is off.\r\n\r\n## Mitigation\r\n\r\nTurn it on: `termctl on`\r\n".encode()
)
"""A page with a Windows editor's line ends."""


def read(name: str) -> tuple[str, bytes]:
    path = next(path for path in (Path(__file__).parent / "foreign").iterdir() if path.stem == name)
    return path.name, path.read_bytes()


def runbook_of(conversion: Conversion) -> str:
    return draft_runbook("shop", [entry.text for entry in conversion.entries])


def modes_of(conversion: Conversion) -> tuple[FailureMode, ...]:
    """The entries as the parser reads them; the draft must be usable and complain about nothing."""
    parsed = parse(runbook_of(conversion).encode(), "shop.md")
    assert parsed.usable, parsed.diagnostics
    assert {one.rule for one in parsed.diagnostics} <= {"P13"}
    assert parsed.runbook is not None
    assert [mode.id for mode in parsed.runbook.failures] == [entry.id for entry in conversion.entries]
    return parsed.runbook.failures


def one(name: str) -> FailureMode:
    (mode,) = modes_of(convert([read(name)]))
    return mode


def code_blocks(markdown: str) -> Counter[str]:
    tokens = MarkdownIt("commonmark").parse(markdown)
    return Counter(token.content.rstrip("\n") for token in tokens if token.type == "fence")


def assert_nothing_lost(text: str, conversion: Conversion) -> None:
    """Every code block is there, unchanged, and every word is in the draft or was told."""
    out = runbook_of(conversion)
    # A heading or a fold in HTML becomes one of Markdown, so the line after it may or may not be part of an HTML block.
    headed = re.sub(r"^(<(?:h\d|details|summary)\b.*)$", r"\1\n", text, flags=re.MULTILINE)
    missing = (code_blocks(text) & code_blocks(headed)) - code_blocks(out)
    assert not +missing, missing
    everything = out + "\n".join((*conversion.placed, *conversion.remarks))
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        words = re.sub(r"</?(?:h\d|details|summary|b)\b[^>]*>|^[\s>]*(?:\d{1,9}[.)](?=\s|$))?", "", line)
        lost = [word for word in re.findall(r"\w+", words) if word.strip("_") not in everything]
        assert not lost, f"line {number}: {lost}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_word_and_every_command_of_a_page_is_carried_over(path: Path) -> None:
    data = path.read_bytes()
    conversion = convert([(path.name, data)])
    modes = modes_of(conversion)
    assert modes
    assert all(mode.draft and mode.steps for mode in modes)
    if path.suffix == ".md":
        assert_nothing_lost(data.decode(), conversion)
    assert not [remark for remark in conversion.remarks if "not carried over" in remark]


def test_the_convention_of_prometheus_operator() -> None:
    mode = one("ScraperQueueStuck")
    assert mode.signals_of(SignalKind.ALERT) == ("ScraperQueueStuck",)
    assert mode.impact.text.startswith("Prices in the shop are old.")
    assert [symptom.text for symptom in mode.symptoms] == ["The queue of pages to fetch has not moved for 15 minutes."]
    assert [step.kind for step in mode.steps] == [StepKind.CHECK] * 4 + [StepKind.ACT]
    assert [command.text for step in mode.steps for command in step.commands] == [
        "$ scrapectl lease show --namespace $NAMESPACE",
        "scrapectl logs worker-3 --tail 50",
        "scrapectl version --all",
        "$ kafka-topics --describe \\\n    --topic fetch.pages\n\n  Topic: fetch.pages",
        "$ scrapectl lease release --force",
    ]
    assert "The output names the worker" in mode.steps[0].text, "what follows a command stays with it"
    assert "**The broker is full**" in mode.steps[3].text, "a heading inside the diagnosis opens a step"
    (note,) = mode.notes
    assert "The owner of this page is the catalogue team." in note.text
    assert "[lease]: https://wiki.shop.internal/lease" in note.text


def test_numbered_steps_with_code_that_is_indented_too_little_or_with_tabs() -> None:
    mode = one("VolumeWriterLagging")
    assert [step.commands[0].text for step in mode.steps if step.commands] == [
        '$ export VOLUME="$(volctl list -o name | head -1)"',
        "volctl lag $VOLUME \\\n\t--since 1h",
        "hot-1  1422 s",
        "volctl move $VOLUME --to spare",
    ]
    assert "cold ones below 3600" in mode.steps[1].text
    assert mode.cause.text == "- a slow disk\n- a snapshot that runs at noon"
    assert "The lag falls below 60 s." in mode.verify.text
    assert mode.escalate_to.text == "Call the storage on-call after 30 minutes."


def test_a_page_about_several_alerts_gives_an_entry_for_each() -> None:
    conversion = convert([read("several-alerts")])
    growing, bounces = modes_of(conversion)
    assert (growing.id, bounces.id) == ("MailQueueGrowing", "MailBounceRateHigh")
    assert "Every alert of the service is on this page." in growing.notes[0].text
    assert bounces.steps[0].commands[0].text == "mailctl bounces --last 20"


def test_alerts_listed_with_headings_and_several_names_in_one() -> None:
    page = b"## What to do\n\n- #### DiskFull\n  - Run `df -h`.\n- #### DiskSlow | DiskGone\n  - Run `iostat -x`.\n"
    full, slow = modes_of(convert([("remedy.md", page)]))
    assert (full.id, slow.id) == ("DiskFull", "DiskSlow")
    assert slow.signals_of(SignalKind.ALERT) == ("DiskSlow", "DiskGone")


def test_an_alert_that_the_text_names_is_the_signal_of_a_topic() -> None:
    page = b"# Replica lag\n\n**Alert name:** `PgReplicaLag`\n\n## Steps\n\n1. Look.\n"
    (mode,) = modes_of(convert([("pg-lag.md", page)]))
    assert mode.signals_of(SignalKind.ALERT) == ("PgReplicaLag",)


def test_a_name_in_backticks_is_no_command_that_makes_a_step() -> None:
    page = b"# X\n\n## Diagnosis\n\nUseful metrics:\n\n- `queue_depth`\n- `queue_age`\n\nThen look at the queue.\n"
    (mode,) = modes_of(convert([("FooBar.md", page)]))
    assert len(mode.steps) == 1
    assert "- `queue_age`" in mode.steps[0].text


def test_a_line_that_serves_as_a_heading_is_one() -> None:
    page = (
        b"### DiskFull\n\nNo space.\n\nHow to **investigate**:\n\n1. Run `df -h`.\n\n"
        b"**Resolution:**\n\nDelete logs.\n\n"
        b'##### Alert Name: "DiskSlow"\n\nSlow.\n\n### DiskGone\n\nNote:\n\nGone.\n'
    )
    conversion = convert([("disks.md", page)])
    full, gone = modes_of(conversion)
    assert [step.kind for step in full.steps] == [StepKind.CHECK, StepKind.ACT]
    assert gone.id == "DiskGone"
    assert_nothing_lost(page.decode(), conversion)
    assert not [remark for remark in conversion.remarks if "not carried over" in remark]


def test_what_is_folded_away_stays_together() -> None:
    page = b"## Impact\n\nBad.\n\n<details>\n\nOne.\n\nTwo.\n\n</details>\n\nWorse.\n"
    (mode,) = modes_of(convert([("FooBar.md", page)]))
    assert mode.impact.text == "- Bad.\n\n  <details>\n\n  One.\n\n  Two.\n\n  </details>\n\n- Worse."


def test_a_page_without_headings_still_gives_steps() -> None:
    mode = one("probe_down")
    assert mode.id == "probe_down"
    assert [symptom.text for symptom in mode.symptoms] == ["A page without a heading."]
    assert mode.steps[0].text.startswith("The probe does not answer. Try it by hand:")
    assert mode.steps[0].commands[0].text == "curl -sf https://probe.shop.internal/healthz"


def test_asciidoc_is_read() -> None:
    mode = one("SearchIndexStale")
    assert mode.steps[0].commands[0].text == "indexctl age --all"


def test_code_that_is_never_closed_is_closed_in_the_entry() -> None:
    mode = one("LogShipperDown")
    assert mode.steps[0].commands[0].text == "shipctl ping"
    assert mode.steps[1].commands[0].text == "shipctl start\n\n## not a heading\n**Impact:** not a label"
    assert not mode.impact


def test_what_could_not_be_read_as_it_stands_is_told() -> None:
    conversion = convert(
        [("CafeTerminalOff.md", CAFE), read("Empty"), ("b/Queue down.md", b"Stop."), ("c.md", b"\xef\xbb\xbf")]
    )
    told = "\n".join(conversion.remarks)
    assert "Empty.md: the page is empty, no entry was made" in told
    assert "c.md: the page is empty, no entry was made" in told
    assert [entry.id for entry in conversion.entries] == ["CafeTerminalOff", "Queue-down"]
    terminal = modes_of(conversion)[0]
    assert terminal.symptoms[0].text == "The café terminal is off."
    assert terminal.steps[0].commands[0].text == "termctl on"


def test_the_same_name_and_the_same_link_label_twice() -> None:
    first = ("a/Same.md", b"# Same\n\nOne. See [1].\n\n[1]: https://one.internal/")
    second = ("b/Same.md", b"# Same\n\nTwo. See [1].\n\n[1]: https://two.internal/")
    conversion = convert([first, second])
    assert [mode.id for mode in modes_of(conversion)] == ["Same", "Same-2"]
    assert "b/Same.md: there is already an entry Same, this one is Same-2" in conversion.remarks
    assert any("the link [1] is https://one.internal/ in a/Same.md" in remark for remark in conversion.remarks)


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        ("runbooks/KubeletDown/README.md", b"# Kubelet down\n\nText.", "Kubelet-down"),
        ("runbooks/KubeletDown/index.md", b"Text.", "KubeletDown"),
        ("runbooks/a__b (old).md.txt", b"Text.", "a_b-old"),
        ("runbooks/***.md", b"Text.", "page"),
    ],
)
def test_an_entry_is_named_after_its_file_or_its_heading(path: str, data: bytes, name: str) -> None:
    conversion = convert([(path, data)])
    assert [mode.id for mode in modes_of(conversion)] == [name]


def test_text_that_looks_like_our_labels_stays_text() -> None:
    page = b"# X\n\n## Impact\n\nBad.\n**Steps:** none\n\n## Mitigation\n\n**Signals:** wait\n\n**Impact:** low\n"
    (mode,) = modes_of(convert([("FooBar.md", page)]))
    assert "**Steps:** none" in mode.impact.text
    assert "**Signals:** wait" in mode.steps[0].text
    assert "**Impact:** low" in mode.steps[0].text
    assert [signal.value for signal in mode.signals] == ["FooBar"]


PIECES = (
    *["# Title", "## Meaning", "## Diagnosis", "### FooBar", "### BarFoo", "## Notes", "---", "===", "***", "text", ""],
    *["**Impact:** x", "**Steps:**", "- item", "  - inner", "1. one", "7) seven", "\tcode", "     code", "```"],
    *["```sh", "   ```", "~~~", "> quote", "> ```", "> - a", "<!-- c", "-->", "<details>", "</details>", "<pre>"],
    *["| a | b |", "|---|---|", "[x]: https://y.internal", "*Expect:* z", "$ run `this one` now", "+++", "- ```"],
    *[
        "**Meaning:** odd",
        "**Fix** - turn it",
        "**Severity:** low  ",
        "__Diagnosis__:",
        "Symptoms: slow",
        "**See also:** z",
    ],
    *["<h2 id=a>Diagnosis</h2>", "<details><summary>Fix</summary>", "<summary><b>Impact</b></summary>", "**DiskFull**"],
    *["- **DiskFull**: no space is left on it", "- `DiskSlow` - it takes more than one second", "- **Impact:** bad"],
    *[
        "| Alert | Summary |",
        "| DiskFull | no space |",
        "| DiskSlow | too slow |",
        "1. Overview",
        "1\ufe0f\u20e3 Triage",
    ],
    *["## See also", "- [ ] `df -h`", "Alert: `disk-full`", "- alert: DiskFull"],
    *["-\t```q", "\u2028x\x0cy", "![p](q)", "[TOC]", "\\", "&amp;", "`", "+", "==== Also", "[source,sh]", "----"],
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_page_gives_a_runbook_and_loses_nothing(pieces: list[str]) -> None:
    text = "\n".join(["# Page", "", *pieces, ""])
    conversion = convert([("Page.md", text.encode())])
    modes_of(conversion)
    assert_nothing_lost(text, conversion)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_give_a_runbook_or_a_remark_or_are_refused(data: bytes) -> None:
    conversion = convert([("Page.md", data)])
    modes_of(conversion)
    assert conversion.entries or conversion.remarks or conversion.refused


def test_a_line_of_equals_signs_that_was_text_in_a_list_makes_no_heading_of_its_label() -> None:
    (mode,) = modes_of(convert([("Page.md", b"# Page\n\n- **Impact:** bad\n===\n")]))
    assert mode.impact.text.split() == ["bad", "==="]


def test_a_line_of_no_break_spaces_is_text_and_makes_no_heading_of_its_label() -> None:
    modes_of(convert([("Page.md", b"\xc2\xa0\ntext")]))


@pytest.mark.parametrize("sign", ["> ", "- ", "1. ", "> - "])
def test_nesting_that_no_person_wrote_loses_nothing(sign: str) -> None:
    text = f"# Deep\n\n## Diagnosis\n\n{sign * 3000}down\n"
    conversion = convert([("Deep.md", text.encode())])
    modes_of(conversion)
    assert_nothing_lost(text, conversion)
