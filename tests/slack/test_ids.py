"""What a click carries comes back whole, whatever was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.vocabulary import StepRef
from bot.slack.ids import (
    MEANING,
    METADATA_LIMIT,
    Click,
    Meta,
    Verb,
    decode,
    decode_meta,
    encode,
    encode_meta,
    encode_option,
)

STEPS = st.builds(StepRef, run=st.integers(0, 9), number=st.integers(1, 99)) | st.none()
CLICKS = st.builds(
    Click,
    verb=st.sampled_from([verb for verb in Verb if verb is not Verb.MENU]),
    incident_id=st.sampled_from(("", "01JABC")),
    step=STEPS,
    argument=st.text(max_size=60) | st.sampled_from(("a|b|c", "menu:x", "0.3", "|", "service/IX-04/words")),
)


def test_every_verb_says_what_it_means() -> None:
    assert set(MEANING) == set(Verb)
    assert all("." not in verb.value and ":" not in verb.value for verb in Verb)


@given(CLICKS)
def test_a_button_comes_back_whole(click: Click) -> None:
    action_id, value = encode(click)
    assert decode(action_id, value) == click
    assert len(action_id) <= 255


@given(CLICKS)
def test_an_option_of_a_menu_carries_its_own_verb(click: Click) -> None:
    assert decode("menu.step", encode_option(click)) == click


@given(CLICKS, CLICKS)
def test_different_clicks_of_an_incident_have_different_action_ids(one: Click, other: Click) -> None:
    same = (one.verb, one.step, one.argument) == (other.verb, other.step, other.argument)
    assert (encode(one)[0] == encode(other)[0]) == same


@pytest.mark.parametrize("action_id", ["", "unknown", "answers.worked", "menu.step"])
def test_an_id_of_another_version_is_an_error(action_id: str) -> None:
    with pytest.raises(ValueError):
        decode(action_id, "x")


@given(
    st.builds(
        Meta,
        incident_id=st.text(max_size=30),
        step=STEPS,
        extra=st.dictionaries(st.text(max_size=5), st.text(max_size=40), max_size=4),
    )
)
def test_what_a_modal_remembers_comes_back_whole(meta: Meta) -> None:
    assert decode_meta(encode_meta(meta)) == meta


def test_a_memory_that_is_too_long_loses_its_longest_text_only() -> None:
    meta = Meta("01J", StepRef(run=0, number=1), "C1", "1.2", {"declared": "17", "text": "x" * 5000})
    packed = encode_meta(meta)
    assert len(packed) <= METADATA_LIMIT
    assert decode_meta(packed) == Meta("01J", StepRef(run=0, number=1), "C1", "1.2", {"declared": "17"})


@pytest.mark.parametrize("text", ["[]", "1", "{", "nonsense"])
def test_a_memory_that_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        decode_meta(text)
