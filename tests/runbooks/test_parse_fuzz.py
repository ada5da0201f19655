"""Any bytes give a runbook, diagnostics, or both: never an exception, never a long wait."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.runbook import Runbook, content
from bot.runbooks.editing.edit import Edited, insert_failure
from bot.runbooks.editing.render import read_entry, render_entry
from bot.runbooks.parsing.diagnose import RULES
from bot.runbooks.parsing.parse import MAX_BYTES, Parsed, parse
from bot.runbooks.parsing.text import split_lines
from tests.runbooks.samples import SAMPLES

_BOUNDED = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What these do is slow; shrinking a failure would take minutes.
_FEW = settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)

_PIECES = st.sampled_from(
    [
        *["\n", "\r", "\r\n", "\n\n", " ", "    ", "\t", "\0", "\x0c", "\x85", "\u2028", "\ufeff", "\ufffd", "\\"],
        *["---\n", "...\n", "===\n", "# ", "## ", "### ", "#### ", "- ", "* ", "1. ", "9) ", "> ", "|", "|---|---|\n"],
        *[
            "```",
            "~~~\n",
            "`",
            "``",
            "**",
            "__",
            "*",
            "_",
            ":",
            " · ",
            "<!--",
            "-->",
            "<div>",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
        ],
        *[
            "service: a\n",
            "lint: ",
            "reviewed: ",
            "channels: ",
            "2026-02-30",
            "aliases: &x [*x]\n",
            "? ",
            "!!python/x ",
        ],
        *[
            "## 3. Common failures\n",
            "### AB-01 X\n",
            "## 5. Rollback\n",
            "## 6. Change log\n",
            "**Steps:**\n",
            "**Signals:**\n",
        ],
        *[
            "**Check:** ",
            "**Wait 9999 min:** ",
            "**Branch:** ",
            "*Expect:* ",
            "*If not:* ",
            "*Yes:* go to step 2",
            "SEV1",
        ],
        *["+44 20 7946 0101", "https://a.b/(c", "99999999999999999999", "é", "\U0001f525", "x"],
    ]
)
_SOUP = st.lists(st.one_of(_PIECES, st.text(max_size=3)), max_size=60).map(lambda parts: "".join(parts).encode())


@st.composite
def _mutants(draw: st.DrawFn) -> bytes:
    """A sample with pieces put in, taken out, doubled or moved."""
    data = draw(st.sampled_from(SAMPLES)).data
    start = draw(st.integers(0, len(data)))
    data = data[max(0, start - 4000) : start + 4000]
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 80)))
        match draw(st.integers(0, 3)):
            case 0:
                data = data[:at] + draw(_PIECES).encode() * draw(st.integers(1, 3)) + data[at:]
            case 1:
                data = data[:at] + data[to:]
            case 2:
                data = data[:to] + data[at:]
            case _:
                data = data[:at] + draw(st.binary(max_size=4)) + data[to:]
    return data


def judge(data: bytes) -> Parsed:
    """What must hold for every input."""
    parsed = parse(data, "some/file.md")
    assert parsed.runbook is not None or parsed.diagnostics
    assert parsed == parse(data, "some/file.md")
    count = max(1, len(split_lines(data.decode("utf-8", "replace").removeprefix("\ufeff"))))
    for one in parsed.diagnostics:
        assert one.rule in RULES
        assert 1 <= one.line <= count
        assert one.column >= 1
        assert one.message
    if parsed.runbook is not None:
        check_places(parsed.runbook, count)
    return parsed


def check_places(runbook: Runbook, count: int) -> None:
    """Every node lies in the file, and in its parent."""
    assert Runbook.model_validate_json(runbook.model_dump_json()) == runbook
    for span in runbook.sections.values():
        assert 1 <= span.start <= span.end <= count
    for mode in runbook.failures:
        assert mode.id
        assert mode.title
        assert 1 <= mode.span.start <= mode.heading.end <= mode.span.end <= count
        for number, step in enumerate(mode.steps, start=1):
            assert step.number == number
            assert mode.span.start < step.span.start <= step.span.end <= mode.span.end
            for goto in (step.if_not_goto, *(choice.goto for choice in step.choices)):
                assert goto is None or 1 <= goto <= len(mode.steps)
        for text in (*mode.symptoms, *mode.notes, *mode.confused_with):
            assert mode.span.start < text.span.start <= text.span.end <= mode.span.end


@_BOUNDED
@given(st.one_of(st.binary(max_size=300), _SOUP))
def test_any_bytes(data: bytes) -> None:
    judge(data)


@_BOUNDED
@given(_SOUP)
def test_soup_in_an_entry(data: bytes) -> None:
    judge(b"---\nservice: a\n---\n\n## 3. Common failures\n\n### AB-01 X\n\n" + data)


@_BOUNDED
@given(_mutants())
def test_mutants_of_the_samples(data: bytes) -> None:
    judge(data)


@_FEW
@given(_mutants())
def test_edits_of_mutants_change_nothing_else_or_nothing_at_all(data: bytes) -> None:
    before = parse(data, "runbook.md").runbook
    outcome = insert_failure(data, "### ZZ-99 New\n\n**Steps:**\n1. **Act:** x.\n")
    if isinstance(outcome, Edited):
        assert before is not None
        after = outcome.runbook
        assert [content(mode) for mode in after.failures if mode.id != "ZZ-99"] == [
            content(mode) for mode in before.failures
        ]
        assert content(after.model_copy(update={"failures": ()})) == content(before.model_copy(update={"failures": ()}))
    else:
        assert outcome.reason.endswith((".", "?"))


@_FEW
@given(_mutants())
def test_entries_of_mutants_can_be_written(data: bytes) -> None:
    runbook = parse(data, "x.md").runbook
    for mode in runbook.failures[:3] if runbook else ():
        try:
            written = render_entry(mode)
        except ValueError as error:
            assert mode.id in str(error)
            continue
        read = read_entry(written)
        assert read is not None
        assert (read.id, len(read.steps)) == (mode.id, len(mode.steps))


_LONG = 10_000


@pytest.mark.parametrize(
    "text",
    [
        " " * _LONG + "x",
        "a" + " " * _LONG + "b",
        ("a" + " \t" * 50) * 200,
        "`" * _LONG,
        "` " * _LONG,
        "**" * _LONG,
        "**a" * _LONG,
        "*a:*" * 3_000,
        "> " * _LONG,
        "- " * _LONG,
        "1. " * _LONG,
        "| " * _LONG + "\n" + "|-" * _LONG,
        "<!--" * _LONG,
        "[" * _LONG,
        "```\n" * 2_000,
        "·" * _LONG,
        " ·" * _LONG,
        "go to " * _LONG,
        "\n" * _LONG,
        "#" * _LONG,
        "# a\n" * 2_000,
        "- a\n" * 2_000,
        "9" * _LONG + " min",
        "https://a" + "(" * _LONG,
        "A=b " * _LONG,
        "x " * _LONG,
        "a," * _LONG,
        "(a," * _LONG,
    ],
    ids=lambda text: repr(text[:8]),
)
@pytest.mark.parametrize(
    "frame",
    [
        "---\nservice: a\n---\n\n## 3. Common failures\n\n### AB-01 X\n\n**Steps:**\n1. **Check:** {}\n",
        "---\nservice: a\n---\n\n## 3. Common failures\n\n### AB-01 X\n\n{}\n",
        "---\nservice: a\n---\n\n## 5. Rollback\n\n**Command:** {}\n",
        "---\nservice: a\nx: {}\n---\n",
        "---\nservice: a\n---\n\n## 1. Service summary\n\n**Depends on:** {}\n\n## 2. Health\n\nDashboard: {}\n",
    ],
    ids=["step", "entry", "rollback", "head", "summary"],
)
def test_hostile_runs_do_not_stall(frame: str, text: str) -> None:
    data = frame.replace("{}", text).encode()
    assert len(data) < MAX_BYTES
    start = time.process_time()
    parse(data, "x.md")
    assert time.process_time() - start < 2
