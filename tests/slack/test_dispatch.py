"""Every button that can be drawn has a handler, and every modal a reader."""

from __future__ import annotations

from bot.slack.ids import MEANING, Form, Verb
from bot.slack.listening.actions import COMMANDS, DECISIONS, ELSEWHERE
from bot.slack.listening.forms import FIRST_FIELD, READERS
from bot.slack.listening.windows import WINDOWS

SHOWN_ONLY = {Form.ALL_STEPS, Form.MORE, Form.INFO}


def test_every_verb_has_exactly_one_handler() -> None:
    handled = [*COMMANDS, *DECISIONS, *ELSEWHERE, *WINDOWS]
    assert len(handled) == len(set(handled))
    # The verb of a menu travels in the chosen option; the menu itself asks for nothing.
    assert set(handled) == set(Verb) - {Verb.MENU}


def test_every_verb_says_what_it_asks_for() -> None:
    assert set(MEANING) == set(Verb)


def test_every_form_that_asks_is_read_and_shows_its_refusals() -> None:
    assert set(READERS) == set(Form) - SHOWN_ONLY
    assert set(FIRST_FIELD) == set(READERS)
