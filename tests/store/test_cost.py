"""What the store costs, as ratios within one run. The goals are 1.5 and flat; the limits leave room for a busy host."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from tests.store.bench import command_cost, everyday, fill
from tests.store.server import valkey


@pytest.mark.machine
async def test_a_command_costs_little_more_than_its_writes(redis_client: Client) -> None:
    cost = await command_cost(redis_client, rounds=600)
    assert cost.ratio < 1.9, cost


@pytest.mark.machine
async def test_a_full_store_is_as_quick_as_an_empty_one(tmp_path: Path) -> None:
    folders = (tmp_path / "small", tmp_path / "large")
    servers = [EmbeddedServer(folder, binary=valkey(), fsync="everysec", die_with_parent=True) for folder in folders]
    with servers[0] as first, servers[1] as second:
        small, large = (Client(server.url, pool_size=50, answer_timeout=10) for server in (first, second))
        await fill(small, 0, 1000)  # twenty of each service, as many as a list shows
        await fill(large, 0, 10_000)
        for name, (before, after) in (await everyday(small, large, rounds=200)).items():
            assert after / before < 1.6, (name, before, after)
        await small.close()
        await large.close()
