"""The scribe behind the real desk: what is recorded after a close, and the loop closed through files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.dossier import Verdict
from bot.domain.vocabulary import Answer, CancelKind, Documented, EndedBy, Helped, ProposalKind
from bot.engine.desk import Desk
from bot.engine.memory import MemoryJournal, MemoryWork
from bot.engine.orders import Accepted, Order
from bot.postmortem.publish.patch import apply
from bot.postmortem.scribe import RunbookFile, RunbookScribe
from bot.runbooks.intake import Opening
from tests.postmortem.shelf import intake, path_of, samples
from tests.postmortem.story import DANA, MINUTE, SAM, START

SERVICE = "invoice-extract"
WORDS = "the vendor portal shows a captcha to every fetch"


@dataclass
class Clock:
    at: int = START

    def now(self) -> int:
        return self.at


@dataclass
class Office:
    """A desk in memory, runbooks in a dictionary, and the scribe between them."""

    files: dict[str, bytes] = field(default_factory=samples)
    taken: set[str] = field(default_factory=set)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.desk = Desk(MemoryJournal(MemoryWork()), self.clock)

    def scribe(self) -> RunbookScribe:
        def file_of(service: str) -> RunbookFile | None:
            return RunbookFile(path_of(service), self.files[service]) if service in self.files else None

        async def reserved(service: str) -> Iterable[str]:
            return self.taken

        async def take(service: str, failure_id: str, incident_id: str) -> bool:
            return self.owners.setdefault((service, failure_id), incident_id) == incident_id

        return RunbookScribe(file_of, reserved, take=take)

    async def opened(self, words: str, key: str, service: str = SERVICE) -> str:
        declare = intake(self.files).declare(Opening(service=service, symptom=words, severity=Severity.SEV2), START)
        outcome = await self.desk.open(Order(declare, SAM, "test", key))
        assert isinstance(outcome, Accepted)
        return outcome.incident.id

    async def do(self, incident_id: str, *commands: c.Command) -> None:
        for command in commands:
            self.clock.at += MINUTE
            outcome = await self.desk.handle(incident_id, Order(command, DANA, "test"))
            assert isinstance(outcome, Accepted), outcome

    async def drafted(self, incident_id: str) -> list[c.Command]:
        """What the scribe wants recorded, recorded."""
        incident = await self.desk.incident(incident_id)
        assert incident is not None
        commands = list(await self.scribe().draft(incident, await self.desk.stream(incident_id)))
        await self.do(incident_id, *commands)
        return commands

    async def improvised(self, key: str, words: str = WORDS) -> str:
        incident_id = await self.opened(words, key)
        helped = c.Improvise(what="use the API", command="agentctl set connector=api", helped=Helped.YES)
        closed = c.Close(ended_by=EndedBy.SOMETHING_ELSE, documented=Documented.NONE)
        await self.do(incident_id, c.TakeLead(), helped, c.Mitigate(), closed)
        return incident_id


async def test_the_loop_from_words_to_words() -> None:
    office = Office()
    first = await office.improvised("one")
    before = await office.desk.incident(first)
    assert before is not None
    assert before.verdict is Verdict.UNDOCUMENTED
    await office.drafted(first)
    incident = await office.desk.incident(first)
    assert incident is not None
    assert incident.draft is not None
    assert incident.draft.unfilled < incident.draft.fields
    assert incident.proposal is not None
    assert incident.proposal.kind is ProposalKind.NEW

    office.files[SERVICE] = apply(office.files[SERVICE], incident.proposal.diff)
    await office.do(first, c.SendProposal(target="file", ref="x"), c.MergeProposal())
    second = await office.desk.incident(await office.opened(WORDS, "two"))
    assert second is not None
    assert second.verdict is Verdict.DOCUMENTED
    assert second.run is not None
    assert second.run.playbook.failure_id == incident.proposal.failure_id
    assert second.run.playbook.steps[0].commands[0].text == "agentctl set connector=api"


async def test_two_open_proposals_have_two_ids() -> None:
    office = Office()
    first = await office.improvised("one")
    await office.drafted(first)
    office.taken.add("IX-11")
    other = await office.improvised("two", "mailbox rules file every invoice under spam")
    drafted = await office.drafted(other)
    assert [one.failure_id for one in drafted if isinstance(one, c.MakeProposal)] == ["IX-12"]
    # Drafted again, an incident keeps the id that it holds itself.
    again = await office.desk.incident(first)
    assert again is not None
    lesson = await office.scribe().lesson(again, await office.desk.stream(first))
    assert lesson is not None
    assert lesson.failure_id == "IX-11"


async def test_drafting_twice_records_nothing_new() -> None:
    office = Office()
    incident_id = await office.improvised("one")
    await office.drafted(incident_id)
    incident = await office.desk.incident(incident_id)
    assert incident is not None
    lesson = await office.scribe().lesson(incident, await office.desk.stream(incident_id))
    assert lesson is not None and incident.proposal is not None
    assert lesson.diff == incident.proposal.diff
    again = await office.scribe().draft(incident, await office.desk.stream(incident_id))
    assert [type(one) for one in again] == [c.RecordDraft], "words that were added bring no other lesson"


@pytest.mark.parametrize("kind", [CancelKind.FALSE_ALARM, CancelKind.MISTAKE])
async def test_what_was_cancelled_leaves_nothing(kind: CancelKind) -> None:
    office = Office()
    incident_id = await office.opened(WORDS, "one")
    await office.do(incident_id, c.Cancel(kind=kind))
    assert await office.drafted(incident_id) == []


async def test_without_a_runbook_there_is_a_draft_and_no_proposal() -> None:
    office = Office()
    incident_id = await office.opened(WORDS, "one", "unheard-of")
    await office.do(incident_id, c.TakeLead(), c.Close())
    assert [type(one) for one in await office.drafted(incident_id)] == [c.RecordDraft]


async def test_an_entry_of_another_service_is_amended_where_it_stands() -> None:
    office = Office()
    incident_id = await office.opened("answers hang", "one", "research-rag")
    attach = intake(office.files).attach(SERVICE, "IX-04")
    assert attach is not None
    worked, failed = c.AnswerStep(answer=Answer.AS_EXPECTED), c.AnswerStep(answer=Answer.DID_NOT_WORK)
    await office.do(incident_id, attach, worked, failed, c.Close(documented=Documented.STEP_WRONG))
    made = next(one for one in await office.drafted(incident_id) if isinstance(one, c.MakeProposal))
    assert (made.kind, made.failure_id, made.path) == (ProposalKind.AMEND, "IX-04", path_of(SERVICE))


async def test_two_that_draft_at_once_get_two_ids() -> None:
    """Neither proposal is recorded when the other looks."""
    office = Office()
    one = await office.improvised("one")
    two = await office.improvised("two", "mailbox rules file every invoice under spam")

    async def lesson(incident_id: str) -> str:
        incident = await office.desk.incident(incident_id)
        assert incident is not None
        found = await office.scribe().lesson(incident, await office.desk.stream(incident_id))
        assert found is not None
        return found.failure_id

    assert set(await asyncio.gather(lesson(one), lesson(two))) == {"IX-11", "IX-12"}
    assert await lesson(two) == office_id(office, two)


def office_id(office: Office, incident_id: str) -> str:
    """The id that is the incident's."""
    return next(failure_id for (_, failure_id), owner in office.owners.items() if owner == incident_id)
