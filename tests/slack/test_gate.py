"""The gate: whatever is drawn from whatever state is taken by a validator that knows nothing of the gate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.standin.blockkit.surfaces import check_blocks, check_view
from bot.domain.due import Reminder
from bot.domain.events import AlsoAffects, Fact, HandoverOffered, UpdatePosted
from bot.domain.incident import Incident
from bot.postmortem.drafting.report import Field
from bot.slack.drawing import cards, modals
from bot.slack.drawing.blocks import Choice, Json, Message, actions, button, context, section, select_input
from bot.slack.drawing.card import head
from bot.slack.drawing.cards.facts import question
from bot.slack.drawing.gate import gate
from bot.slack.drawing.home import HomeState, home
from bot.slack.drawing.show import Options
from bot.slack.drawing.step import step_message
from bot.slack.ids import Click, Meta, Verb, decode
from tests.slack.hostile import EVIL, Hostile

OPTIONS = Options(contacts={"plain words": "U0MEI"}, authorised=("U0MEI", "<@U0EVIL>"), notes=("<!channel>",))
SHARED = Options(shared=True)


def messages(incident: Incident, hostile: Hostile, options: Options = OPTIONS) -> Iterator[Message]:
    """Every message that can be drawn of a state."""
    now = hostile.now
    yield head(incident, now, options)
    yield step_message(incident, now, options)
    yield cards.call_card(incident, now, options)
    yield cards.rollback_card(incident, now, options)
    yield cards.rollback_warning(incident, options)
    yield cards.close_summary(incident, now, options)
    yield cards.catch_up(incident, now, options)
    yield cards.incident_list([incident] * 30)
    yield cards.digest([incident] * 30, now, options)
    told = (
        UpdatePosted(text=hostile.text(), next_minutes=30),
        HandoverOffered(to=hostile.actor()),
        AlsoAffects(service=hostile.text()),
    )
    for event in told:
        fact = Fact(version=9, at=now, happened=now, by=hostile.actor(), via="slack", event=event)
        drawn = cards.fact_message(incident, fact, now, options)
        assert drawn is not None
        yield drawn
    asked = (question(incident, f"{kind.value}:{now}", now, options) for kind in Reminder)
    yield from (one for one in asked if one is not None)


def views(incident: Incident, hostile: Hostile) -> Iterator[Json]:
    """Every modal of a state."""
    now = hostile.now
    yield modals.declare([hostile.text() for _ in range(120)], "x", None, Meta(), hostile.text())
    yield modals.declare([f"s{n}" for n in range(90)], "s3", incident.severity, Meta(), hostile.text(), [], "", True)
    for draw in (
        modals.update,
        modals.note,
        modals.severity,
        modals.lead,
        modals.handover,
        modals.rollback,
        modals.make_private,
        modals.rematch,
        modals.all_steps,
        modals.more,
        modals.cancel,
        modals.proposal_edit,
        modals.proposal_decline,
        modals.proposal_copy,
        modals.improvise,
    ):
        yield draw(incident)
    keys = ("impact_start", "ended_by", "documented", "impact", *(f"state_{n}" for n in range(120)))
    yield modals.fill(incident, [Field(key=key, owner=hostile.text(), ask=hostile.text()) for key in keys])
    yield modals.close(incident, now)
    yield modals.over_at(incident, now)
    yield modals.facts(incident, now, OPTIONS)
    yield modals.also_affects(incident, [hostile.text() for _ in range(50)])
    yield modals.mark([incident] * 3, "", hostile.text(), Meta(extra={"message": "C1:1", "link": hostile.text()}))
    if incident.current:
        yield modals.skip(incident, incident.current)
        yield modals.change(incident, incident.current)
        yield modals.cut_short(incident, incident.current)
        yield modals.ask_again(incident, incident.current, now)


def marked_texts(value: Any) -> Iterator[str]:
    """Every mrkdwn text of a payload."""
    if isinstance(value, list):
        for item in value:
            yield from marked_texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield str(value["text"])
        for item in value.values():
            yield from marked_texts(item)


ALLOWED = re.compile(
    r"<(?:!date\^\d+\^\{[a-z_]+\}(?: \{time\})?\^[^<>]*|tel:\+?\d+[\d+]*\|[^<>]*|@U0DANA|@U0MEI|https://ok\.example/p1(?:\|[^<>]*)?)>"
)


def assert_harmless(payload: Json) -> None:
    """Only our own tokens are in it: no mention, link or broadcast that somebody typed."""
    texts = list(marked_texts(payload))
    for text in [*texts, str(payload.get("text", ""))]:
        rest = ALLOWED.sub("", text)
        assert "<" not in rest and ">" not in rest, text
        assert not re.search(r"@(here|channel|everyone)\b", re.sub(r"`[^`]*`", "", rest)), text
    assert all(EVIL not in token for text in texts for token in re.findall(r"<[^>]*>", text))


def actions_of(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory")]:
            if isinstance(element, dict) and "action_id" in element:
                yield element


def assert_understood(blocks: list[Json]) -> None:
    """Every button and every option of a menu can be read back."""
    for element in actions_of(blocks):
        for value in [element.get("value"), *(option["value"] for option in element.get("options", []))]:
            if value is not None:
                assert decode(element["action_id"], value).verb is not Verb.MENU


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_every_message_of_every_state_is_taken(seed: int) -> None:
    hostile = Hostile(seed)
    incident = hostile.incident()
    for message in messages(incident, hostile):
        payload = gate({"channel": "C0AP", "text": message.text, "blocks": message.blocks})
        check_blocks(payload["blocks"])
        assert 0 < len(payload["text"]) <= 40_000
        assert_harmless(payload)
        assert_understood(payload["blocks"])
        assert gate(payload) == payload, "what fits is left alone"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_no_number_is_shown_where_another_organisation_reads(seed: int) -> None:
    hostile = Hostile(seed)
    incident = hostile.incident()
    for message in messages(incident, hostile, SHARED):
        payload = gate({"channel": "C0AP", "text": message.text, "blocks": message.blocks})
        check_blocks(payload["blocks"])
        assert "7946" not in json.dumps(payload)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_every_view_of_every_state_is_taken(seed: int) -> None:
    hostile = Hostile(seed)
    incident = hostile.incident()
    for view in views(incident, hostile):
        fitted = gate(view)
        check_view(fitted, ("modal",))
        assert_harmless(fitted)
        assert_understood(fitted["blocks"])
    state = HomeState(user_id="U0DANA", incidents=[Hostile(seed + n).incident() for n in range(4)])
    check_view(gate(home(state, hostile.now)), ("home",))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("text", "type", "elements", "options", "value", "blocks", "confirm", "view", "initial_option", "x")
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(("text", "blocks", "view", "type", "channel")), JSON, max_size=5))
def test_the_gate_never_raises(payload: dict[str, Any]) -> None:
    before = repr(payload)
    gate(payload)
    assert repr(payload) == before, "the gate works on a copy"


def fitted(blocks: list[Json]) -> list[Json]:
    taken = gate({"text": "t", "blocks": blocks})["blocks"]
    check_blocks(taken)
    return list(taken)


def test_blocks_beyond_fifty_are_counted_in_their_place_and_the_buttons_stay() -> None:
    row = actions(button("Go", Click(Verb.MORE, "i")))
    blocks = fitted([*(section(f"line {n}") for n in range(60)), row])
    assert len(blocks) == 50
    assert blocks[-1]["elements"][0]["text"]["text"] == "Go"
    notes = [block for block in blocks if block["type"] == "context"]
    assert [note["elements"][0]["text"] for note in notes] == ["… 12 more parts do not fit here."]


def test_a_message_that_is_too_long_in_all_keeps_its_short_texts_whole() -> None:
    blocks = fitted([*(section("x" * 3000) for _ in range(6)), section("keep me whole")])
    assert blocks[-1]["text"]["text"] == "keep me whole"
    assert all(block["text"]["text"].endswith("…") for block in blocks[:-1])
    assert sum(len(block["text"]["text"]) for block in blocks) > 11_500


def test_fewer_blocks_are_kept_when_their_texts_cannot_be_cut_enough() -> None:
    row = [button(f"Button number {n} of a long row", Click(Verb.MORE, "i", argument=str(n))) for n in range(20)]
    blocks = fitted([actions(*row) for _ in range(45)])
    assert 1 < len(blocks) < 45
    assert any(block["type"] == "context" and "do not fit here" in block["elements"][0]["text"] for block in blocks)


def test_a_token_is_never_cut_in_half() -> None:
    token = "<!date^1795144260^{time}^03:11 UTC>"
    blocks = fitted([section("x" * 2980 + token)])
    assert blocks[0]["text"]["text"] == "x" * 2980 + "…"
    assert fitted([section("x" * 2992 + "&lt;&lt;&lt;")])[0]["text"]["text"] == "x" * 2992 + "…"


def test_repeated_ids_get_a_number_that_decoding_ignores() -> None:
    twice = button("Go", Click(Verb.MORE, "i"))
    elements = fitted([actions(twice, twice, twice)])[0]["elements"]
    assert len({element["action_id"] for element in elements}) == 3
    assert {decode(element["action_id"], element["value"]) for element in elements} == {Click(Verb.MORE, "i")}


def test_options_that_do_not_fit_are_counted_and_the_chosen_one_stays() -> None:
    choices = [Choice(f"service {n}", f"s{n}") for n in range(130)]
    block = select_input("service", "Service", choices, initial="s120")
    view = gate(modals.info("x", [block], Meta()) | {"submit": {"type": "plain_text", "text": "Go"}})
    check_view(view, ("modal",))
    element = view["blocks"][0]["element"]
    assert element["initial_option"]["value"] == "s120"
    assert element["options"][-1]["text"]["text"].endswith("(and 30 not shown)")


@pytest.mark.parametrize("bad", ["\ud800", "a\x00b", "\x1b[0m"])
def test_characters_that_json_readers_refuse_are_replaced_visibly(bad: str) -> None:
    block = fitted([context(f"before{bad}after")])[0]
    assert "\ufffd" in block["elements"][0]["text"]
