"""The stores in memory keep the contract."""

from __future__ import annotations

import pytest

from bot.engine.memory import MemoryJournal, MemoryMarks, MemoryWork
from tests.store.contract import JournalContract, MarksContract, Stores
from tests.store.contract_work import WorkContract


@pytest.fixture
def stores() -> Stores:
    work = MemoryWork()
    return Stores(MemoryJournal(work), work, MemoryMarks())


class TestMemoryJournal(JournalContract):
    """In memory."""


class TestMemoryWork(WorkContract):
    """In memory."""


class TestMemoryMarks(MarksContract):
    """In memory."""
