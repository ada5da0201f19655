"""The stores on a real server keep the contract."""

from __future__ import annotations

import pytest

from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.store.contract import JournalContract, MarksContract, Stores
from tests.store.contract_work import WorkContract


@pytest.fixture(params=[1, 5], ids=["one partition", "five partitions"])
def stores(request: pytest.FixtureRequest, redis_client: Client) -> Stores:
    keys = Keys(partitions=request.param)
    return Stores(RedisJournal(redis_client, keys), RedisWork(redis_client, keys), RedisMarks(redis_client, keys))


class TestRedisJournal(JournalContract):
    """On the embedded server."""


class TestRedisWork(WorkContract):
    """On the embedded server."""


class TestRedisMarks(MarksContract):
    """On the embedded server."""
