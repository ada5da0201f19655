"""The loop: what nobody had documented is, after the proposal is merged, found by the same words and walked."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.domain import commands as c
from bot.domain.dossier import Verdict
from bot.domain.runbook import FailureMode, StepKind
from bot.domain.vocabulary import Documented, EndedBy, Helped, ProposalKind
from bot.postmortem.lessons.lesson import Proposal, propose
from bot.runbooks.intake import Opening
from bot.runbooks.lint import lint
from tests.postmortem.shelf import SERVICES, intake, path_of, read, sample, samples, without
from tests.postmortem.story import LEE, SAM, START, Story

WORDS = {
    "IX-01": "half of the extractions die with a json error, the reply just stops in the middle",
    "IX-02": "a German invoice over 1.250,00 was booked as 1.25",
    "IX-03": "last night's invoices are in the ERP twice",
    "IX-04": "documents pile up in the queue although the workers sit idle",
    "IX-05": "approvals from before the deploy never continue",
    "IX-06": "ERP refuses all bills since its upgrade, unknown field",
    "IX-07": "the 200 page scans come back rejected as too large",
    "IX-08": "every call says the model does not exist any more",
    "IX-09": "supplier names are wrong more often this week and we changed nothing",
    "IX-10": "somebody found account numbers in our log search",
    "RA-01": "answers miss everything that was published this week",
    "RA-02": "search returns nonsense since we switched the embedding model",
    "RA-03": "qdrant does not answer, every question ends in a timeout",
    "RA-04": "long conversations end in prompt too long",
    "RA-05": "the answer starts and then the spinner never stops",
    "RA-06": "the bill per answer doubled overnight, nothing is cached",
    "RA-07": "a client got a citation of a paper that does not exist",
    "RA-08": "one customer saw the figures of another customer",
    "RA-09": "an intern got the salary list quoted in an answer",
    "RA-10": "web search finds nothing at all today",
    "ST-01": "429 on every second model call, drafts are not written",
    "ST-02": "billing tickets go to the shipping team since the release",
    "ST-03": "one ticket ran the lookup tool four hundred times",
    "ST-04": "the agent offered a full refund that we do not give",
    "ST-05": "customers get the same answer three times",
    "ST-06": "our agent and an out of office mail write to each other for an hour",
    "ST-07": "no new tickets arrive, the helpdesk says unauthorized",
    "ST-08": "a ticket told the agent to ignore its rules and it obeyed",
    "ST-09": "polite questions about kitchen knives are refused",
    "ST-10": "french customers are answered in english",
}
"""What somebody might type about each failure, without looking at its entry."""

MODES = [(service, mode.id) for service in SERVICES for mode in read(service, sample(service)).failures]

TOLD = {StepKind.ESCALATE: "escalated ", StepKind.ROLLBACK: "rolled back "}
"""How somebody tells such a step."""

HUMAN = {"E20", "W01", "W04", "W09", "W13"}
"""What lint may say of the new entry: placeholders for its owner; too many entries, steps or pages; never drilled."""


def night(service: str, words: str, mode: FailureMode, files: dict[str, bytes]) -> Story:
    """An incident whose responder finds nothing in the runbook and does, unasked, what the lost entry said."""
    story = Story()
    declared = intake(files).declare(Opening(service=service, symptom=words), START)
    story.say(declared.model_copy(update={"number": 51}), SAM).at(2).say(c.TakeLead()).say(c.RejectPlaybooks())
    minutes = 3.0
    for step in mode.steps:
        if step.kind is StepKind.WAIT:
            minutes += step.wait_minutes or 5
            continue
        command = step.commands[0].text if step.commands else ""
        minutes += 1
        said = TOLD.get(step.kind, "") + step.text.replace(f"`{command}`", "")
        done = c.Improvise(what=said, command=command, helped=Helped.YES)
        story.at(minutes).say(done, LEE)
    ended = c.Close(ended_by=EndedBy.SOMETHING_ELSE, documented=Documented.NONE)
    return story.at(minutes + 5).say(c.Mitigate()).at(minutes + 20).say(ended)


@pytest.mark.parametrize(("service", "failure_id"), MODES, ids=[mode for _, mode in MODES])
def test_a_lost_entry_comes_back(service: str, failure_id: str) -> None:
    data, lost = without(service, failure_id)
    files = {**samples(), service: data}
    story = night(service, WORDS[failure_id], lost, files)
    proposal = propose(story.stream, story.ended, data, path_of(service))
    assert isinstance(proposal, Proposal)
    assert proposal.kind is ProposalKind.NEW
    assert not any(line.startswith("-") and not line.startswith("---") for line in proposal.diff.splitlines())

    files[service] = proposal.data
    found = intake(files).guide.match(WORDS[failure_id], service)
    assert found.verdict is Verdict.DOCUMENTED
    assert found.best is not None
    assert found.best.failure_id == proposal.failure_id

    entry = read(service, proposal.data).failure(proposal.failure_id)
    assert entry is not None
    assert entry.draft
    commands = [command.text for step in entry.steps for command in step.commands]
    assert commands == [
        step.commands[0].text for step in lost.steps if step.commands and step.kind is not StepKind.WAIT
    ]

    before = [(one.rule, one.message) for one in lint(data, path_of(service)).diagnostics]
    new = [one for one in lint(proposal.data, path_of(service)).diagnostics if (one.rule, one.message) not in before]
    assert {one.rule for one in new} <= HUMAN, [one.message for one in new if one.rule not in HUMAN]


def test_the_next_incident_walks_the_steps_that_helped() -> None:
    data, lost = without("invoice-extract", "IX-04")
    files = {**samples(), "invoice-extract": data}
    story = night("invoice-extract", WORDS["IX-04"], lost, files)
    proposal = propose(story.stream, story.ended, data, path_of("invoice-extract"))
    assert isinstance(proposal, Proposal)
    files["invoice-extract"] = proposal.data
    again = Story("second")
    opening = Opening(service="invoice-extract", symptom=WORDS["IX-04"])
    again.say(intake(files).declare(opening, START).model_copy(update={"number": 52}), SAM)
    run = again.ended.run
    assert run is not None
    assert run.playbook.draft
    assert [command.text for step in run.playbook.steps for command in step.commands][:2] == [
        "agentctl queue head",
        "agentctl restart workers",
    ]
    assert run.current is not None


def test_the_diff_applies_with_git(tmp_path: Path) -> None:
    data, lost = without("support-triage", "ST-06")
    story = night("support-triage", WORDS["ST-06"], lost, {**samples(), "support-triage": data})
    proposal = propose(story.stream, story.ended, data, path_of("support-triage"))
    assert isinstance(proposal, Proposal)
    file = tmp_path / path_of("support-triage")
    file.parent.mkdir()
    file.write_bytes(data)
    subprocess.run(["git", "apply", "-"], input=proposal.diff.encode(), cwd=tmp_path, check=True, capture_output=True)
    assert file.read_bytes() == proposal.data
