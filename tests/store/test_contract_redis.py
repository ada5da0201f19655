"""The stores on a real server keep the contract."""

from __future__ import annotations

import pytest

from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.store.contract import JournalContract, MarksContract, Stores, WorkContract


@pytest.fixture
def stores(redis_client: Client) -> Stores:
    return Stores(RedisJournal(redis_client), RedisWork(redis_client), RedisMarks(redis_client))


class TestRedisJournal(JournalContract):
    """On the embedded server."""


class TestRedisWork(WorkContract):
    """On the embedded server."""


class TestRedisMarks(MarksContract):
    """On the embedded server."""
