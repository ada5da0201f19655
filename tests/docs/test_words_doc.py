"""docs/words.md lists every word as help does, and states the limits that the code has."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.decide.notes import LONGEST_PROMISE_MINUTES
from bot.domain.limits import LONGEST_TEXT
from bot.domain.words import WORDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "words.md").read_text()
ROW = re.compile(r"^\| `(.+)` \| (.+) \|$", re.MULTILINE)


def test_the_table_is_the_code() -> None:
    rows = [(usage.replace("\\|", "|"), meaning) for usage, meaning in ROW.findall(TEXT)]
    assert rows == [(word.usage, word.meaning) for word in WORDS.values()]


def test_the_limits_are_those_of_the_code() -> None:
    assert f"at most {LONGEST_TEXT:,} characters" in TEXT
    assert LONGEST_PROMISE_MINUTES == 24 * 60 and "within a day" in TEXT
