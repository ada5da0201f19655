"""A shift for each test, in both transports where the test asks for it. Every shift ends with nothing refused by Slack:
what is sent fits Slack's limits and uses only what the manifest asks for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store.client import Client
from tests.e2e.shift import HTTP, TRANSPORTS, Shift, shift


@pytest.fixture(params=TRANSPORTS)
async def both(request: pytest.FixtureRequest, redis_server: str, redis_client: Client) -> AsyncIterator[Shift]:
    """The test runs once over signed HTTP and once over Socket Mode."""
    async with shift(request.param, redis_server) as running:
        yield running
        assert running.refusals == []


@pytest.fixture
async def night(redis_server: str, redis_client: Client) -> AsyncIterator[Shift]:
    """One shift over signed HTTP."""
    async with shift(HTTP, redis_server) as running:
        yield running
        assert running.refusals == []


@pytest.fixture
async def grouped(redis_server: str, redis_client: Client) -> AsyncIterator[Shift]:
    """A shift in which only @oncall (dana) decides rollbacks and lowers severities."""
    async with shift(HTTP, redis_server, rollback_group="@oncall", severity_group="@oncall") as running:
        yield running
        assert running.refusals == []
