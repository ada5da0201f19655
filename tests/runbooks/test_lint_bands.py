"""The cells of a health table: whatever stands in one is read or refused, and nothing else."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runbooks.lint.bands import UnreadableError, read

WORDS = ["5", "3", "10", "min", "or", ">", "<", "%", "x", "-", "/", ",", "USD", "(", ";"]


@pytest.mark.parametrize("cell", ["1 of 2 or 3 min", "1, 2 or 3 min", "10 / 5 or 5 min"])
def test_a_part_that_takes_no_unit_is_no_endless_question(cell: str) -> None:
    assert len(read(cell)) == 2


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join))
def test_every_cell_is_read_or_refused(cell: str) -> None:
    with suppress(UnreadableError):
        assert read(cell)
