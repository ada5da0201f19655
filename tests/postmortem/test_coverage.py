"""Coverage: who counts, what counts as documented, and that ten thousand incidents take no time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.dossier import Dossier, Playbook, Verdict
from bot.domain.incident import Ending, Incident, Phase, Run, StepState, StepStatus
from bot.domain.incident import Proposal as Recorded
from bot.domain.vocabulary import CancelKind, Documented, ProposalKind
from bot.engine.desk import Desk
from bot.engine.memory import MemoryJournal, MemoryWork
from bot.engine.orders import Accepted, Order
from bot.postmortem.coverage import REPLAYED, Share, coverage, percent, replay
from bot.postmortem.standing import standing
from bot.postmortem.tally import tallies
from bot.runbooks.intake import Opening
from tests.postmortem.shelf import read, sample, sample_intake, samples
from tests.postmortem.story import SAM, START, Story, declare

NOW = START
DAY = 86_400_000
BOOKS = tuple(read(service, data) for service, data in samples().items())


class Clock:
    def now(self) -> int:
        return START


def playbook(failure_id: str = "IX-04", service: str = "invoice-extract") -> Playbook:
    found = sample_intake().guide.playbook(service, failure_id)
    assert found is not None
    return found


def incident(number: int = 1, documented: Documented = Documented.UNKNOWN, **more: object) -> Incident:
    values: dict[str, object] = {
        "id": f"i{number}",
        "version": 9,
        "last_at": START,
        "number": number,
        "service": "invoice-extract",
        "symptom": "something odd",
        "severity": Severity.SEV3,
        "declared_at": START - DAY,
        "declared_by": SAM,
        "phase": Phase.CLOSED,
        "dossier": Dossier(service="invoice-extract"),
        "ending": Ending(documented=documented),
    }
    return Incident.model_validate(values | more)


def used(*statuses: StepStatus, failure_id: str = "IX-04", active: bool = True) -> tuple[Run, ...]:
    steps = tuple(StepState(number=number, status=status) for number, status in enumerate(statuses, 1))
    return (Run(run=0, playbook=playbook(failure_id), active=active, steps=steps),)


def test_what_was_said_at_close_wins() -> None:
    walked = used(StepStatus.DONE)
    assert not standing(incident(documented=Documented.NONE, runs=walked)).documented
    assert standing(incident(documented=Documented.THIS_ENTRY)).documented
    assert standing(incident(documented=Documented.STEP_WRONG, runs=walked)).failure_id == "IX-04"
    assert standing(incident(documented=Documented.ANOTHER)).documented
    assert standing(incident(runs=walked)).documented
    assert not standing(incident(runs=used(StepStatus.DONE, active=False))).documented
    assert not standing(incident()).documented


def test_who_does_not_count() -> None:
    every = [
        incident(1, Documented.THIS_ENTRY),
        incident(2, drill=True),
        incident(3, phase=Phase.CANCELLED, ending=Ending(cancelled=CancelKind.FALSE_ALARM)),
        incident(4, phase=Phase.CANCELLED, ending=Ending(cancelled=CancelKind.DUPLICATE, duplicate_of=1)),
        incident(5, phase=Phase.CANCELLED, ending=Ending(cancelled=CancelKind.MISTAKE)),
        incident(6, phase=Phase.OPEN),
        incident(7, declared_at=START - 400 * DAY),
    ]
    found = coverage(every, NOW)
    assert (found.total.incidents, found.total.documented) == (1, 1)


def test_shares_by_service_and_month_and_the_goal() -> None:
    every = [incident(n, Documented.THIS_ENTRY) for n in range(1, 9)]
    every.append(incident(9, Documented.NONE, service="research-rag", declared_at=START - 40 * DAY))
    found = coverage(every, NOW)
    assert [(one.name, one.incidents, one.documented) for one in found.by_service] == [
        ("invoice-extract", 8, 8),
        ("research-rag", 1, 0),
    ]
    assert [one.name for one in found.by_month] == [f"2026-{month:02d}" for month in range(6, 12)]
    assert [one.incidents for one in found.by_month] == [0, 0, 0, 0, 1, 8]
    assert [percent(one) for one in found.by_month][3:] == ["unknown", "0 %", "100 %"]
    assert percent(found.total) == "88 %"
    assert found.reached is False
    assert coverage([*every, *(incident(n, Documented.THIS_ENTRY) for n in range(10, 12))], NOW).reached is True
    assert coverage([], NOW).reached is None


def test_months_are_calendar_months_across_a_year() -> None:
    january = round(datetime(2026, 1, 31, tzinfo=UTC).timestamp() * 1000)
    found = coverage([], january)
    assert (found.since, found.until) == ("2025-08", "2026-01")


def test_the_undocumented_by_name_and_the_lessons_lost() -> None:
    def proposed(status: str) -> Recorded:
        return Recorded(kind=ProposalKind.NEW, failure_id="IX-11", title="t", path="p", status=status)

    every = [
        incident(1, Documented.NONE, symptom="old", declared_at=START - 5 * DAY),
        incident(2, Documented.NONE, symptom="new", proposal=proposed("merged")),
        incident(3, Documented.NONE, proposal=proposed("declined"), declared_at=START - 2 * DAY),
        incident(4, Documented.NONE, proposal=proposed("sent"), declared_at=START - 3 * DAY),
        incident(5, Documented.NONE, private=True),
        incident(
            6, Documented.NONE, proposal=proposed("made"), declared_at=START - 6 * DAY, reminded=("proposal:1:1",)
        ),
        incident(
            7,
            Documented.NONE,
            proposal=proposed("made"),
            declared_at=START - 7 * DAY,
            reminded=("proposal:1:1", "proposal:1:2"),
        ),
    ]
    found = coverage(every, NOW)
    assert found.total.incidents == 7
    assert [one.name for one in found.undocumented] == ["INC-2", "INC-3", "INC-4", "INC-1", "INC-6", "INC-7"]
    assert [one.name for one in found.lost] == ["INC-3", "INC-1", "INC-7"], "asked about twice, and never answered"
    assert found.open_proposals == 3


def test_entries_never_used() -> None:
    every = [
        incident(1, runs=used(StepStatus.DONE)),
        incident(2, runs=used(StepStatus.PENDING, failure_id="IX-05", active=False)),
        incident(3, Documented.ANOTHER, ending=Ending(documented=Documented.ANOTHER, failure_id="ix-06")),
    ]
    never = {one.failure_id for one in coverage(every, NOW, BOOKS, replayed=False).never_used}
    assert len(never) == 28
    assert {"IX-04", "IX-06"} & never == set()
    assert "IX-05" in never
    # It was attached because the match was sure, nobody answered a step, and the person said that nothing fitted.
    wrong = incident(4, Documented.NONE, runs=used(StepStatus.PENDING, failure_id="IX-07"))
    assert "IX-07" in {one.failure_id for one in coverage([wrong], NOW, BOOKS, replayed=False).never_used}


def test_of_one_service_everything_is_of_that_service() -> None:
    odd = "queue backlog, workers idle, oldest 90 min"
    every = [
        incident(1, Documented.NONE, symptom=odd),
        incident(2, Documented.THIS_ENTRY),
        incident(3, Documented.NONE, service="support-triage"),
    ]
    found = coverage(every, NOW, BOOKS, service="invoice-extract")
    assert (found.total.incidents, found.total.documented) == (2, 1)
    assert [one.name for one in found.by_service] == ["invoice-extract"]
    assert sum(one.incidents for one in found.by_month) == 2
    assert [one.name for one in found.undocumented] == ["INC-1"]
    assert {one.service for one in found.never_used} == {"invoice-extract"}
    assert found.replay is not None and found.replay.found == (("INC-1", "IX-04"),)


def test_the_share_is_rounded_down_and_no_further() -> None:
    assert [percent(Share(name="x", incidents=n, documented=d)) for d, n in ((29, 100), (57, 100), (899, 1000))] == [
        "29 %",
        "57 %",
        "89 %",
    ]


def test_steps_that_keep_failing() -> None:
    twice = used(StepStatus.DONE, StepStatus.FAILED)
    once = used(StepStatus.FAILED, StepStatus.DONE)
    found = coverage([incident(n, runs=runs) for n, runs in enumerate((twice, twice, once), 1)], NOW)
    (entry,) = found.failing
    assert (entry.failure_id, entry.used, entry.failures, entry.steps) == ("IX-04", 3, 2, ("step 2: 2 of 3",))


def test_replay_asks_todays_runbooks_the_words_of_then() -> None:
    lost = incident(51, Documented.NONE, symptom="queue backlog, workers idle, oldest 90 min")
    still = incident(52, Documented.NONE, symptom="the coffee machine is on fire")
    hidden = incident(53, Documented.NONE, symptom=lost.symptom, private=True)
    found = replay([lost, still, hidden], BOOKS)
    assert (found.incidents, found.covered) == (3, 2)
    assert found.found == (("INC-51", "IX-04"),)
    seen = coverage([lost, still], NOW, BOOKS).replay
    assert seen is not None
    assert seen.covered == 1
    tried = incident(54, Documented.NONE, symptom=lost.symptom, runs=used(StepStatus.PENDING))
    assert replay([tried], BOOKS).covered == 0, "it was shown that night, and was not it"


def test_the_rules_and_coverage_agree() -> None:
    story = Story()
    opening = Opening(service="invoice-extract", symptom="queue backlog", failure_id="IX-04")
    story.say(sample_intake().declare(opening, START).model_copy(update={"number": 1}), SAM)
    assert story.ended.verdict is Verdict.DOCUMENTED
    story.at(5).say(c.Close())
    other = Story("b").say(declare("odd"), SAM).at(5).say(c.Close())
    found = coverage([story.ended, other.ended], NOW + DAY)
    assert (found.total.incidents, found.total.documented) == (2, 1)


async def test_what_is_read_of_an_incident_counts_like_the_whole() -> None:
    clock = Clock()
    desk = Desk(MemoryJournal(MemoryWork()), clock)
    for number, (documented, kind) in enumerate(
        ((Documented.THIS_ENTRY, c.Close), (Documented.NONE, c.Close), (Documented.NONE, c.Cancel))
    ):
        opening = Opening(service="invoice-extract", symptom="queue backlog, workers idle", failure_id="IX-04")
        declare = sample_intake().declare(opening, START).model_copy(update={"separate": True})
        opened = await desk.open(Order(declare, SAM, "test", f"d{number}"))
        assert isinstance(opened, Accepted)
        closing = c.Close(documented=documented) if kind is c.Close else c.Cancel(kind=CancelKind.MISTAKE)
        await desk.handle(opened.incident.id, Order(closing, SAM, "test"))
    read = await tallies(desk, START, 6)
    whole = await desk.many([one.id for one in read])
    assert len(read) == 3
    assert coverage(read, START, BOOKS) == coverage(whole, START, BOOKS)
    assert coverage(read, START).total.documented == 1


def test_the_replay_asks_the_newest_words_and_says_how_many() -> None:
    every = [
        incident(n, Documented.NONE, symptom=f"odd thing {n} in the portal", declared_at=START - n * 1000)
        for n in range(REPLAYED + 50)
    ]
    found = coverage(every, NOW, BOOKS).replay
    assert found is not None
    assert found.incidents == REPLAYED


def test_ten_thousand_incidents_in_less_than_two_seconds() -> None:
    runs = used(StepStatus.DONE, StepStatus.FAILED, StepStatus.DONE)
    services = tuple(samples())
    every = [
        incident(n, service=services[n % 3], declared_at=START - (n % 150) * DAY, runs=runs)
        if n % 8
        else incident(n, Documented.NONE, service=services[n % 3], symptom=f"odd thing {n % 200} in the portal")
        for n in range(10_000)
    ]
    begun = time.process_time()
    found = coverage(every, NOW, BOOKS)
    took = time.process_time() - begun
    assert found.total.incidents == 10_000
    assert found.total.documented == 8_750
    assert took < 2


def test_the_sample_is_what_the_numbers_above_rest_on() -> None:
    assert sum(len(book.failures) for book in BOOKS) == 30
    assert sample("invoice-extract").startswith(b"---")
