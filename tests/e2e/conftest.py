"""A shift for each test, in both transports where the test asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store.client import Client
from tests.e2e.shift import TRANSPORTS, Shift, shift


@pytest.fixture(params=TRANSPORTS)
async def both(request: pytest.FixtureRequest, redis_server: str, redis_client: Client) -> AsyncIterator[Shift]:
    """The test runs once over signed HTTP and once over Socket Mode."""
    async with shift(request.param, redis_server) as running:
        yield running


@pytest.fixture
async def night(redis_server: str, redis_client: Client) -> AsyncIterator[Shift]:
    """One shift over signed HTTP."""
    async with shift("http", redis_server) as running:
        yield running
