"""Every verb has a button somewhere: a handler for something that nobody can click would be dead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bot.domain.dossier import Verdict
from bot.domain.runbook import Section
from bot.runbooks.guide import Found
from bot.slack.drawing.answers import Sharing, entry_answer, section_answer, symptom_answer
from bot.slack.drawing.blocks import Json
from bot.slack.drawing.home import HomeState, home
from bot.slack.ids import Verb, decode
from tests.slack.drawn import CANDIDATES, START, night, sample, sample_playbook, small_dossier
from tests.slack.hostile import Hostile
from tests.slack.test_gate import actions_of, messages, views

DRAWN_BY_HANDLERS = {Verb.SEPARATE, Verb.PICK}
"""Buttons of answers that only a handler makes."""
SEEDS = range(100)


WANTED = set(Verb) - {Verb.MENU} - DRAWN_BY_HANDLERS


def answers() -> Iterator[list[Json]]:
    sharing = Sharing(question="q", incident=night().incident, channel=True)
    for verdict in Verdict:
        found = Found(verdict=verdict, candidates=CANDIDATES)
        asked = ("q", "invoice-extract", found, sample_playbook(), small_dossier(), START)
        yield symptom_answer(*asked, sharing).blocks
        yield symptom_answer(*asked).blocks
    yield entry_answer(sample_playbook()).blocks
    yield section_answer(sample(), Section.HEALTH, START).blocks
    yield home(HomeState(user_id="U1", incidents=[night().incident]), START)["blocks"]


def states() -> Iterator[list[Json]]:
    for seed in SEEDS:
        hostile = Hostile(seed)
        incident = hostile.incident()
        yield from (message.blocks for message in messages(incident, hostile))
        yield from (view["blocks"] for view in views(incident, hostile))


def verbs(blocks: list[Json]) -> Iterator[Verb]:
    for element in actions_of(blocks):
        for value in [element.get("value"), *(option["value"] for option in element.get("options", []))]:
            if value is not None:
                yield decode(element["action_id"], value).verb


def test_every_verb_can_be_clicked_somewhere() -> None:
    seen: set[Verb] = set()
    for blocks in chain(answers(), states()):
        seen.update(verbs(blocks))
        if seen >= WANTED:
            break
    assert seen == WANTED
