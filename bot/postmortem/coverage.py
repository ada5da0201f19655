"""Coverage: of the incidents of the last six months, how many were documented when they struck (seed: most operators
need three failure modes, the long tail saves you). Pure: incidents in, numbers out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from bot.domain.base import Value
from bot.domain.due import NAG_DAYS, Reminder
from bot.domain.incident import StepStatus
from bot.domain.runbook import Runbook
from bot.postmortem.standing import Ended, UsedRun, counts, standing
from bot.runbooks.match import Index, Query, Verdict

GOAL = 0.9
"""The goal line (incident guide, "Coverage")."""
MONTHS = 6
FAILING_FROM = 2
"""A step that failed once had a bad night; twice is a bad step."""
SETTLED = frozenset({"merged", "declined"})
"""Statuses of a proposal that nobody has to act on any more."""
REPLAYED = 300
"""Different words that the replay asks; one takes about 2 ms, and nobody mends more than these at once."""
NAMED = 50
"""Undocumented incidents that are listed by name, newest first; the rest are counted."""


class Counted(Ended, Protocol):
    """What coverage needs of an incident: an `Incident`, or a `bot.postmortem.tally.Tally`."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def symptom(self) -> str: ...
    @property
    def alert(self) -> str: ...
    @property
    def declared_at(self) -> int: ...
    @property
    def private(self) -> bool: ...
    @property
    def live(self) -> bool: ...
    @property
    def reminded(self) -> tuple[str, ...]: ...
    @property
    def proposal(self) -> Proposed | None: ...


class Proposed(Protocol):
    @property
    def status(self) -> str: ...
    @property
    def failure_id(self) -> str: ...


class Share(Value):
    """Some incidents, and how many of them were documented."""

    name: str
    incidents: int
    documented: int

    @property
    def ratio(self) -> float | None:
        """None when there were no incidents: nothing is not 0 %."""
        return self.documented / self.incidents if self.incidents else None


class Named(Value):
    """An incident that nothing documented. `proposal`: none, made, sent, merged or declined; `failure_id` of it."""

    name: str
    service: str
    symptom: str
    declared_at: int
    proposal: str
    failure_id: str = ""


class Entry(Value):
    """An entry of section 3, how often it was used, and how often its steps failed."""

    service: str
    failure_id: str
    title: str
    used: int = 0
    failures: int = 0
    steps: tuple[str, ...] = ()
    """The steps that failed, most often first: "step 2: 3 of 4"."""


class Replay(Value):
    """What today's runbooks say to the words of then: the undocumented ones (of many, the newest `incidents`), and
    which entry they would get now."""

    incidents: int
    covered: int
    found: tuple[tuple[str, str], ...] = ()
    """(INC-51, IX-11)."""


class Coverage(Value):
    """The whole answer. Private incidents are counted and not named."""

    since: str
    until: str
    total: Share
    goal: float = GOAL
    by_service: tuple[Share, ...] = ()
    by_month: tuple[Share, ...] = ()
    undocumented: tuple[Named, ...] = ()
    never_used: tuple[Entry, ...] = ()
    failing: tuple[Entry, ...] = ()
    lost: tuple[Named, ...] = ()
    """Lessons lost: undocumented, closed, and without a proposal, or with one that was declined or that nobody answered
    although it was asked about twice."""
    open_proposals: int = 0
    replay: Replay | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without incidents."""
        ratio = self.total.ratio
        return None if ratio is None else ratio >= self.goal


def coverage(
    incidents: Iterable[Counted],
    now: int,
    runbooks: Iterable[Runbook] = (),
    months: int = MONTHS,
    replayed: bool = True,
    service: str = "",
) -> Coverage:
    """Coverage of the calendar months up to `now` (ms), the present one included; of one `service`, or of all. Drills
    and what was cancelled (a mistake, a false alarm, a duplicate) are left out; so is what is still open."""
    first = _months(now, months)[0]
    taken = [
        one
        for one in incidents
        if _month(one.declared_at) >= first and counts(one) and not one.live and service in ("", one.service)
    ]
    known = {one.id: standing(one).documented for one in taken}
    shelf = tuple(runbooks)
    missing = sorted((one for one in taken if not known[one.id]), key=lambda one: -one.declared_at)
    return Coverage(
        since=first,
        until=_month(now),
        total=_share("all", taken, known),
        by_service=tuple(_share(name, group, known) for name, group in _grouped(taken, "service")),
        by_month=_monthly(taken, known, _months(now, months)),
        undocumented=tuple(_named(one) for one in missing if not one.private)[:NAMED],
        never_used=_never_used(taken, [one for one in shelf if service in ("", one.service)]),
        failing=_failing(taken),
        lost=tuple(_named(one) for one in missing if not one.private and _lost(one)),
        open_proposals=sum(one.proposal.status not in SETTLED for one in taken if one.proposal),
        replay=replay(missing, shelf) if replayed and shelf else None,
    )


def replay(incidents: Sequence[Counted], runbooks: Sequence[Runbook]) -> Replay:
    """Ask today's runbooks the words of then, newest first. Equal words are asked once."""
    index = Index(runbooks)
    answers: dict[tuple[str, str, str], str] = {}
    covered: list[tuple[Counted, str]] = []
    asked = 0
    for one in incidents:
        key = (one.service, one.symptom, one.alert)
        if key not in answers:
            if len(answers) == REPLAYED:
                continue
            match = index.match(Query(text=one.symptom, service=one.service, alert=one.alert or None))
            best = match.best if match.verdict is Verdict.DOCUMENTED else None
            answers[key] = best.id if best else ""
        asked += 1
        # An entry that was tried then, and did not document it, is no answer now.
        tried = {run.playbook.failure_id.casefold() for run in one.runs}
        if answers[key] and answers[key].casefold() not in tried:
            covered.append((one, answers[key]))
    named = tuple((one.name, failure_id) for one, failure_id in covered if not one.private)
    return Replay(incidents=asked, covered=len(covered), found=named[:NAMED])


def _month(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m}"


def _months(now: int, count: int) -> list[str]:
    """The last `count` calendar months, oldest first."""
    when = datetime.fromtimestamp(now / 1000, UTC)
    last = when.year * 12 + when.month - 1
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(last - count + 1, last + 1)]


def _share(name: str, incidents: Sequence[Counted], known: dict[str, bool]) -> Share:
    return Share(name=name, incidents=len(incidents), documented=sum(known[one.id] for one in incidents))


def _grouped(incidents: Iterable[Counted], field: str) -> list[tuple[str, list[Counted]]]:
    groups: dict[str, list[Counted]] = defaultdict(list)
    for one in incidents:
        groups[str(getattr(one, field))].append(one)
    return sorted(groups.items())


def _monthly(incidents: Sequence[Counted], known: dict[str, bool], months: Sequence[str]) -> tuple[Share, ...]:
    groups: dict[str, list[Counted]] = {month: [] for month in months}
    for one in incidents:
        groups.setdefault(_month(one.declared_at), []).append(one)
    return tuple(_share(month, group, known) for month, group in sorted(groups.items()))


def _named(incident: Counted) -> Named:
    made = incident.proposal
    return Named(
        name=incident.name,
        service=incident.service,
        symptom=incident.symptom,
        declared_at=incident.declared_at,
        proposal=made.status if made else "none",
        failure_id=made.failure_id if made else "",
    )


def _lost(incident: Counted) -> bool:
    """Nothing was proposed, somebody declined it, or nobody answered although it was asked about twice."""
    made = incident.proposal
    if made is None or made.status == "declined":
        return True
    asked = sum(what.startswith(f"{Reminder.PROPOSAL.value}:") for what in incident.reminded)
    return made.status == "made" and asked >= len(NAG_DAYS)


def _answered(run: UsedRun) -> bool:
    touched = (StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.RECALLED)
    return any(state.status in touched for state in run.steps)


def _never_used(incidents: Iterable[Counted], runbooks: Iterable[Runbook]) -> tuple[Entry, ...]:
    """Entries that no incident walked. That is no fault: it says which ones to drill."""
    used = {
        (run.playbook.service, run.playbook.failure_id.casefold())
        for one in incidents
        for run in one.runs
        if _answered(run) or (run.active and standing(one).documented)
    }
    named = {(one.service, one.ending.failure_id.casefold()) for one in incidents if one.ending.failure_id}
    return tuple(
        Entry(service=runbook.service, failure_id=mode.id, title=mode.title)
        for runbook in runbooks
        for mode in runbook.failures
        if (runbook.service, mode.id.casefold()) not in used | named
    )


def _failing(incidents: Iterable[Counted]) -> tuple[Entry, ...]:
    """Entries with a step that failed at least twice, the worst first."""
    failed: Counter[tuple[str, str, int]] = Counter()
    answered: Counter[tuple[str, str, int]] = Counter()
    used: Counter[tuple[str, str]] = Counter()
    titles: dict[tuple[str, str], str] = {}
    for one in incidents:
        for run in one.runs:
            key = (run.playbook.service, run.playbook.failure_id)
            titles[key] = run.playbook.title
            used[key] += 1
            for state in run.steps:
                if state.status in (StepStatus.DONE, StepStatus.FAILED):
                    answered[(*key, state.number)] += 1
                    failed[(*key, state.number)] += state.status is StepStatus.FAILED
    entries: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for (service, failure_id, number), count in failed.items():
        if count >= FAILING_FROM:
            entries[service, failure_id].append((number, count))
    listed = [
        Entry(
            service=key[0],
            failure_id=key[1],
            title=titles[key],
            used=used[key],
            failures=sum(count for _, count in steps),
            steps=tuple(
                f"step {number}: {count} of {answered[(*key, number)]}"
                for number, count in sorted(steps, key=lambda step: (-step[1], step[0]))
            ),
        )
        for key, steps in entries.items()
    ]
    return tuple(sorted(listed, key=lambda entry: (-entry.failures, entry.service, entry.failure_id)))


def percent(share: Share) -> str:
    """ "87 %", rounded down so that 89.9 % is never shown as the goal; "unknown" without incidents."""
    return f"{100 * share.documented // share.incidents} %" if share.incidents else "unknown"
