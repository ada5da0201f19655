"""What is written reads back as what was meant, whatever the texts hold."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.base import Severity
from bot.domain.runbook import (
    Choice,
    Command,
    FailureMode,
    Signal,
    SignalKind,
    Step,
    StepKind,
    Text,
)
from bot.runbooks.editing.render import entry_content, read_entry, render_entry
from tests.runbooks.samples import SAMPLES, Sample

# Shrinking such an entry takes minutes and gains little: the message holds the whole entry.
_FAST = settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)

_PLAIN = st.lists(
    st.sampled_from(
        ["queue", "worker", "stuck", ">", "60 min", "after", "5 %", "of the", "`depth`", "is_red", "0.05", "v1.2"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
_BARE = _PLAIN.map(lambda text: text.replace("`", "").lstrip("0123456789. ") or "depth")
_HOSTILE = st.lists(
    st.one_of(
        _PLAIN,
        st.sampled_from(
            [
                "\n## 5. Rollback\n",
                "\n### IX-99 Taken over\n",
                "\n**Impact:** none",
                "```",
                "\n```sh\n",
                "<!--",
                "-->",
                "\n\n",
                "\n- item",
                "\n1. step",
                "*Expect:*",
                "Yes: go to step 9",
                "**Check:**",
                "\n---\n",
                "\n===\n",
                "|",
                "`",
                " · **Owner:** mallory",
                "\u2028",
                "\0",
                "\r",
                "<script>",
                "    ",
                "\t",
                "#",
                "\\",
                "<!channel>",
            ]
        ),
        st.text(max_size=6),
    ),
    max_size=5,
).map("".join)


@st.composite
def _steps(draw: st.DrawFn, words: st.SearchStrategy[str], code: st.SearchStrategy[str]) -> tuple[Step, ...]:
    count = draw(st.integers(0, 4))
    steps = []
    for number in range(1, count + 1):
        kind = draw(st.sampled_from(StepKind))
        choices: tuple[Choice, ...] = ()
        if kind is StepKind.BRANCH:
            goto = draw(st.integers(1, count))
            choices = (
                Choice(label="Yes", text=f"go to step {goto}.", goto=goto),
                Choice(label="No", text="look again."),
            )
        shell = st.builds(Command, text=code, language=st.just("sh"))
        commands = draw(st.lists(shell, max_size=2).map(tuple))
        steps.append(
            Step(
                number=number,
                kind=kind,
                text=draw(words),
                commands=commands,
                expect=draw(st.one_of(st.just(""), words)),
                if_not=draw(words) if kind is StepKind.CHECK else "",
                wait_minutes=draw(st.sampled_from([1.0, 7.5, 90.0])) if kind is StepKind.WAIT else None,
                choices=choices,
            )
        )
    return tuple(steps)


def _modes(words: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[FailureMode]:
    text = st.one_of(st.just(Text(text="")), words.map(lambda value: Text(text=value)))
    texts = st.lists(words.map(lambda value: Text(text=value)), max_size=3).map(tuple)
    kinds = st.sampled_from(SignalKind)
    return st.builds(
        FailureMode,
        id=st.just("IX-42"),
        title=words.map(lambda value: value or "Untitled"),
        severity=st.sampled_from([None, Severity.SEV2]),
        owner=words,
        last_drilled=st.sampled_from([None, date(2026, 10, 2)]),
        status=st.sampled_from(["", "draft"]),
        impact=text,
        symptoms=texts,
        signals=st.lists(st.builds(Signal, kind=kinds, value=values), max_size=4).map(tuple),
        cause=text,
        # Code that stands alone is a command, so that a text of a step is never only that.
        steps=_steps(words.map("now {}".format), words),
        verify=text,
        roll_back_when=text,
        escalate_to=text,
        related_changes=text,
        confused_with=texts,
        notes=texts,
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_entries_of_runbooks_survive_writing(sample: Sample) -> None:
    runbook = sample.runbook()
    for mode in runbook.failures:
        read = read_entry(render_entry(mode))
        assert read is not None
        assert entry_content(read) == entry_content(mode)


@_FAST
@given(_modes(_PLAIN, _BARE))
def test_plain_entries_read_back_equal(mode: FailureMode) -> None:
    read = read_entry(render_entry(mode))
    assert read is not None
    assert entry_content(read) == entry_content(mode)


@_FAST
@given(_modes(_HOSTILE, _HOSTILE))
def test_no_text_becomes_structure(mode: FailureMode) -> None:
    read = read_entry(render_entry(mode))
    assert read is not None
    assert read.id == mode.id
    assert read.severity == mode.severity
    assert read.last_drilled == mode.last_drilled
    assert [step.kind for step in read.steps] == [step.kind for step in mode.steps]
    assert [step.wait_minutes for step in read.steps] == [step.wait_minutes for step in mode.steps]
    assert [[choice.goto for choice in step.choices] for step in read.steps] == [
        [choice.goto for choice in step.choices] for step in mode.steps
    ]
