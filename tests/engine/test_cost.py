"""What the desk costs, as ratios within one run; limits with room for a busy host. The figures are in docs/store.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from tests.engine.bench import command_cost, fill, one_round
from tests.store.bench import everyday
from tests.store.server import valkey


@pytest.mark.machine
async def test_a_command_costs_little_more_than_its_writes(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "store", binary=valkey(), die_with_parent=True) as server:
        client = Client(server.url)
        cost = await command_cost(client, rounds=200)
        await client.close()
    assert cost.ratio < 2.4, cost


@pytest.mark.machine
async def test_a_full_store_is_as_quick_as_an_empty_one(tmp_path: Path) -> None:
    folders = (tmp_path / "small", tmp_path / "large")
    servers = [EmbeddedServer(folder, binary=valkey(), fsync="everysec", die_with_parent=True) for folder in folders]
    with servers[0] as first, servers[1] as second:
        small, large = (Client(server.url, pool_size=50, answer_timeout=10) for server in (first, second))
        await fill(small, 0, 1000)
        await fill(large, 0, 10_000)
        for name, (before, after) in (await everyday(small, large, 150, one_round)).items():
            assert after / before < 1.6, (name, before, after)
        await small.close()
        await large.close()
