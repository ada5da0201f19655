"""Random nights: whatever people do, in whatever order, the incident stays sound."""

from __future__ import annotations

import json
from typing import Any, TypeVar, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.codec import (
    UnreadableFact,
    _words,
    dump_fact,
    dump_snapshot,
    load_fact,
    load_snapshot,
    snapshot_head,
)
from bot.domain.decide import Refusal
from bot.domain.decide.context import decision
from bot.domain.due import DueKind, parse_key, timers
from bot.domain.events import EVENT_TYPES, FACT, Event, Fact
from bot.domain.fold import fold
from bot.domain.fold.changes import changes
from bot.domain.incident import Incident, Phase, StepStatus
from bot.domain.refusals import SENTENCES, Refused
from bot.domain.runbook import Change, Step, StepKind
from bot.domain.vocabulary import (
    Actor,
    Answer,
    CancelKind,
    CutShort,
    Documented,
    EndedBy,
    Helped,
    MarkKind,
    ProposalKind,
    SkipReason,
    StepRef,
    Surface,
)
from tests.domain.story import DANA, SAM, START, Story, declaration, playbook

PEOPLE = st.sampled_from([DANA, SAM, Actor(id="U3", name="Lee")])
REFS = st.builds(StepRef, run=st.integers(0, 2), number=st.integers(1, 7))
MAYBE_REF = st.none() | REFS
TEXT = st.sampled_from(["", "moved it aside", "<!channel> & co"])
OTHER = playbook(Step(number=1, kind=StepKind.ACT, text="x"), failure_id="IX-05")
KEYS = st.sampled_from(["C1:1", "C1:2"])

T = TypeVar("T", bound=c.Command)
TRIED: set[type[object]] = set()
"""The kinds of command that the nights are made of."""


def tried(kind: type[T], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    TRIED.add(kind)
    return st.builds(kind, **fields)


COMMANDS: st.SearchStrategy[c.Command] = st.one_of(
    tried(c.AddReport, text=TEXT),
    tried(c.AttachPlaybook, playbook=st.sampled_from([OTHER, playbook()])),
    tried(c.RejectPlaybooks),
    tried(c.LeavePlaybook),
    tried(c.ResumePlaybook, run=st.integers(-1, 2)),
    tried(c.AnswerStep, step=MAYBE_REF, answer=st.sampled_from(Answer)),
    tried(c.AnswerStep, answer=st.sampled_from(Answer)),
    tried(c.SkipStep, step=MAYBE_REF, reason=st.sampled_from(SkipReason)),
    tried(c.ChangeAnswer, step=REFS, answer=st.sampled_from(Answer)),
    tried(c.ChooseBranch, step=MAYBE_REF, choice=st.sampled_from(["Yes", "No", "Maybe"])),
    tried(c.Improvise, what=TEXT, helped=st.sampled_from(Helped)),
    tried(c.RecallSteps, steps=st.lists(REFS, max_size=2).map(tuple), goes_on=st.booleans()),
    tried(c.ElapseWait, step=REFS),
    tried(c.AnswerWait, as_expected=st.booleans()),
    tried(c.ExtendWait, minutes=st.sampled_from([0, 5, 1000])),
    tried(c.CutWait, why=st.sampled_from(CutShort)),
    tried(c.Note, text=TEXT),
    tried(c.PostUpdate, text=TEXT, next_minutes=st.none() | st.just(30)),
    tried(c.MarkMessage, message=KEYS, kind=st.sampled_from(MarkKind), text=TEXT),
    tried(c.EditMark, message=KEYS, text=TEXT),
    tried(c.RemoveMark, message=KEYS),
    tried(c.CloseAction, message=KEYS),
    tried(c.CallUpStep),
    tried(c.Talk, ts=st.just("1.0")),
    tried(c.ChangeSeverity, severity=st.sampled_from(Severity)),
    tried(c.TakeLead, lead=st.none() | PEOPLE),
    tried(c.OfferHandover, to=PEOPLE),
    tried(c.TakeHandover),
    tried(c.CallContact),
    tried(c.ReachContact),
    tried(c.MissContact),
    tried(c.Remind, what=st.sampled_from(["lead:1", "update:2"])),
    tried(c.MeetRollbackCondition, condition=TEXT),
    tried(c.DecideRollback, authorised=st.booleans()),
    tried(c.FinishRollback),
    tried(c.FailRollback),
    tried(c.VerifyRollback, good=st.booleans()),
    tried(c.SeeChange, change=st.just(Change(when="2026-11-20", kind="prompt", what="x"))),
    tried(c.Mitigate, since=st.none() | st.sampled_from([START, START + 1])),
    tried(c.Close, ended_by=st.sampled_from(EndedBy), documented=st.sampled_from(Documented)),
    tried(c.Reopen),
    tried(c.Cancel, kind=st.sampled_from(CancelKind), duplicate_of=st.none() | st.just(3)),
    tried(c.AddService, service=st.sampled_from(["support-triage", "invoice-extract"])),
    tried(c.MakePrivate),
    tried(c.RecordDraft, fields=st.just(9), unfilled=st.just(2), digest=st.sampled_from(["a", "b"])),
    tried(
        c.FillField,
        field=st.sampled_from(["impact", "impact_start", "ended_by", "documented", "state_1", "shoe size"]),
        text=st.sampled_from(["", "40 invoices", "itself", "none", "another IX-05", "another"]),
        when=st.sampled_from([0, START, START * 2]),
    ),
    tried(
        c.MakeProposal,
        kind=st.just(ProposalKind.NEW),
        failure_id=st.just("IX-11"),
        title=st.just("t"),
        path=st.just("p"),
        diff=st.sampled_from(["d", "e"]),
    ),
    tried(c.AcceptProposal),
    tried(c.ReportStuckProposal, why=TEXT),
    tried(c.SendProposal, target=st.just("file"), ref=st.just("x")),
    tried(c.MergeProposal),
    tried(c.DeclineProposal, why=TEXT),
    tried(c.ReportScreenDown, since=st.just(START + 1), until=st.sampled_from([START, START + 2])),
    tried(c.Show, surface=st.sampled_from(Surface), channel=st.just("C1"), ts=st.sampled_from(["1", "2"])),
)
NIGHTS = st.lists(st.tuples(COMMANDS, PEOPLE, st.sampled_from([-5, 0, 1, 11])), max_size=40)


def played(night: list[tuple[c.Command, Actor, int]]) -> Story:
    """A night, with a clock that sometimes runs backwards; soundness is checked after every command."""
    story = Story()
    story.tell(declaration(), by=SAM)
    for command, by, minutes in night:
        before = story.state
        said = story.say(command, by, minutes)
        if isinstance(said, Refusal):
            assert story.state is before
            assert "{" not in said.sentence(str)
        sound(story)
        if not before.live and said not in (["steps_recalled"], ["reopened"]):
            assert story.state.runs == before.runs, "after the end only a memory or a reopening moves a step"
    return story


def sound(story: Story) -> None:
    """What holds in every state."""
    state = story.state
    assert sum(run.active for run in state.runs) <= 1
    for run in state.runs:
        assert [one.number for one in run.steps] == list(range(1, len(run.playbook.steps) + 1))
        assert sum(one.status is StepStatus.CURRENT for one in run.steps) <= 1
    if state.wait:
        assert state.live
        assert state.wait.step.run < len(state.runs)
    if state.phase in (Phase.CLOSED, Phase.CANCELLED):
        assert state.closed_at > 0
    assert (state.current is None) or state.run is not None
    assert all(at > 0 for at in timers(state).values())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NIGHTS)
def test_any_night_is_sound(night: list[tuple[c.Command, Actor, int]]) -> None:
    story = played(night)
    versions = [fact.version for fact in story.facts]
    assert versions == list(range(1, len(versions) + 1))
    recorded = [fact.at for fact in story.facts]
    assert recorded == sorted(recorded)
    assert all(fact.happened <= fact.at for fact in story.facts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NIGHTS)
def test_the_stream_is_the_state(night: list[tuple[c.Command, Actor, int]]) -> None:
    story = played(night)
    stored = [dump_fact(fact) for fact in story.facts]
    assert fold((load_fact(one) for one in stored), None, "inc") == story.state
    assert load_snapshot(dump_snapshot(story.state)) == story.state


def test_every_command_has_a_rule_and_is_tried() -> None:
    kinds = set(get_args(c.Command)) - {c.Declare}
    assert all(decision.dispatch(kind) is not decision.dispatch(object) for kind in kinds)
    assert kinds - {c.Rematch} <= TRIED


def test_every_event_has_a_fold_and_a_name() -> None:
    events = get_args(get_args(Event)[0])
    born = {"declared"}
    for event in events:
        name = event.model_fields["type"].default
        assert name in EVENT_TYPES
        if name not in born:
            assert changes.dispatch(event) is not changes.dispatch(object), name
    assert len(EVENT_TYPES) == len(events)


def test_every_refusal_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Refused)


def test_an_event_of_a_newer_version_folds_to_nothing() -> None:
    story = Story()
    story.tell(declaration())
    line = dump_fact(story.facts[-1]).replace(b'"step_started"', b'"from_the_future"')
    fact = load_fact(line)
    assert fact.event.type == "unfamiliar"
    assert FACT.validate_python(fact.model_dump()) == fact


def test_a_word_of_a_newer_version_folds_to_nothing_and_damage_does_not_pass_for_one() -> None:
    story = Story()
    story.tell(declaration())
    line = next(line for line in map(dump_fact, story.facts) if b'"matched"' in line)
    newer = json.loads(line)
    assert newer["event"]["verdict"] == "documented"
    newer["event"]["verdict"] = "overheard"
    fact = load_fact(json.dumps(newer).encode())
    assert fact.event.type == "unfamiliar" and fact.version == newer["version"]
    for part in ("at", "by"):
        with pytest.raises(UnreadableFact):
            load_fact(json.dumps({**newer, part: "damaged"}).encode())
    with pytest.raises(UnreadableFact):
        load_fact(json.dumps({**newer, "event": {"type": "noted", "text": 7}}).encode())


def test_a_snapshot_of_a_version_that_knows_other_facts_is_left_alone() -> None:
    story = Story()
    story.tell(declaration())
    data = dump_snapshot(story.state)
    assert load_snapshot(data) == story.state
    assert load_snapshot(data.replace(snapshot_head(), b"2.00000000")) is None
    words = list(_words((Incident, Fact), set()))
    for name in ("Incident.latest_update", "Noted.text", "Run.steps", "noted", "Phase:open|mitigated|closed|cancelled"):
        assert name in words


def test_keys_of_due_work_are_read_back() -> None:
    assert parse_key("remind:abc:update") == (DueKind.REMIND, "abc", "update")
    assert parse_key("draw:abc") == (DueKind.DRAW, "abc", "")
