"""docs/metrics.md lists every metric, the runbook of section3 asks only for what exists, and unknown is not zero."""

from __future__ import annotations

import math
import re
from pathlib import Path

from bot.demo.standin.clock import OffsetClock
from bot.domain.commands import Note
from bot.engine.orders import Accepted, Order
from bot.engine.ports import Append, Appended, Index, Lease, StoreUnavailable
from bot.store.client import Client
from bot.store.numbers import numbers
from bot.web.gauges import Gauges
from bot.web.metrics import Metrics
from tests.domain.story import SAM, declaration
from tests.web.parts import NOTE, Runbooks, exercised, families, full, gauges

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
OURS = re.compile(r"section3_\w+")


def value(metrics: Metrics, name: str) -> float:
    found = metrics.registry.get_sample_value(name)
    assert found is not None, f"{name} is not in the registry"
    return found


def test_the_page_lists_every_metric_and_nothing_else() -> None:
    wanted = {}
    for name, family in families(exercised()).items():
        if not name.startswith("section3_") or name.endswith("_created"):
            continue
        shown = f"{name}_total" if family.type == "counter" else name
        labels = sorted({label for sample in family.samples for label in sample.labels} - {"le"})
        wanted[shown] = (family.type, ", ".join(f"`{label}`" for label in labels), family.documentation)
    rows = re.findall(r"^\| `(section3_\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \|$", PAGE, re.M)
    assert {name: (kind, labels.strip(), meaning) for name, kind, labels, meaning in rows} == wanted


def test_the_runbook_of_section3_asks_for_metrics_that_exist() -> None:
    runbook = (ROOT / "playbooks" / "section3.md").read_text(encoding="utf-8")
    known = {sample.name for family in families(exercised()).values() for sample in family.samples}
    rules = (ROOT / "deploy" / "prometheus-rules.yml").read_text(encoding="utf-8")
    recorded = set(re.findall(r"record: (\w+)", rules))
    asked = set(OURS.findall(runbook))
    assert asked
    assert asked - known - recorded == set()


async def test_gauges_read_the_store_the_runbooks_and_coverage() -> None:
    metrics = Metrics()
    read = gauges(metrics)
    desk = read.desk
    opened = await desk.open(Order(declaration(), SAM, "test", "d1"))
    assert isinstance(opened, Accepted)
    late = read.clock.now() - 90_000
    await read.work.put("remind:i1:update", late)
    await read.read()
    await read.read_coverage()
    assert value(metrics, "section3_open_incidents") == 1
    assert 90 <= value(metrics, "section3_due_work_oldest_seconds") < 120
    assert value(metrics, "section3_redis_up") == 1
    assert value(metrics, "section3_redis_free_memory_ratio") == 0.04
    assert value(metrics, "section3_clock_skew_seconds") == 2.5
    assert (value(metrics, "section3_runbooks"), value(metrics, "section3_runbooks_broken")) == (2, 1)
    assert value(metrics, "section3_coverage_incidents") == 0
    assert math.isnan(value(metrics, "section3_coverage_ratio"))
    assert math.isnan(value(metrics, "section3_socket_up"))


class Away:
    """A journal whose server is gone."""

    async def members(self, index: Index, key: str = "", *, limit: int = 1000, newest: bool = True) -> list[str]:
        raise StoreUnavailable("Redis at redis://nowhere cannot be reached.")

    async def append(self, append: Append) -> Appended:
        raise StoreUnavailable("Redis at redis://nowhere cannot be reached.")


async def test_what_a_lost_store_said_is_unknown_and_not_zero() -> None:
    metrics = Metrics()
    read = gauges(metrics)
    await read.read()
    assert value(metrics, "section3_open_incidents") == 0
    told: list[str] = []
    read.on_store = told.append
    here, read.desk.journal = read.desk.journal, Away()  # type: ignore[assignment]
    await read.read()
    await read.read()
    await read.read_coverage()
    assert value(metrics, "section3_redis_up") == 0
    for name in ("open_incidents", "due_work_oldest_seconds", "dead_letters", "redis_free_memory_ratio"):
        assert math.isnan(value(metrics, f"section3_{name}")), name
    read.desk.journal = here
    await read.read()
    await read.read()
    assert told == ["Redis at redis://nowhere cannot be reached.", ""], "each change is told once"


def test_a_store_that_nobody_asked_yet_is_neither_up_nor_down() -> None:
    metrics = Metrics()
    gauges(metrics)
    assert math.isnan(value(metrics, "section3_redis_up"))


async def test_a_real_server_measures_itself(redis_client: Client) -> None:
    found = await numbers(redis_client, OffsetClock())
    assert 0 < found.free_memory_ratio < 1
    assert (found.evicted_keys, found.replicas) == (0, 0)
    assert (found.noeviction, found.append_only_file) == (1, 1)
    assert found.clock_skew_seconds < 2


async def test_a_clock_that_is_off_is_measured(redis_client: Client) -> None:
    class Late:
        def now(self) -> int:
            return OffsetClock().now() - 90_000

    assert 89 < (await numbers(redis_client, Late())).clock_skew_seconds < 92


async def test_the_socket_is_asked() -> None:
    async def connected() -> bool:
        return True

    metrics = Metrics()
    over_memory = gauges(Metrics())
    read = Gauges(over_memory.desk, over_memory.work, OffsetClock(), metrics, full, Runbooks(), socket=connected)
    await read.read()
    assert value(metrics, "section3_socket_up") == 1


def test_only_what_went_well_counts_as_late_and_only_timers() -> None:
    metrics = Metrics()
    for key, outcome in (("wait:i:1", "done"), ("wait:i:2", "retried"), ("draw:i", "done")):
        metrics.performed(Lease(key, token=1, due_at=0, until=9, attempts=0), outcome, 40_000, "")
    name = "section3_timer_lateness_seconds_count"
    assert metrics.registry.get_sample_value(name, {"kind": "wait"}) == 1
    assert metrics.registry.get_sample_value(name, {"kind": "draw"}) is None


async def test_a_fact_on_one_server_only_is_counted() -> None:
    metrics = Metrics()
    opened = await gauges(Metrics()).desk.open(Order(declaration(), SAM, "test", "d1"))
    assert isinstance(opened, Accepted)
    for replicas in (None, 0, 1):
        outcome = Accepted(opened.incident, opened.facts, replicas=replicas)
        metrics.decided("i", NOTE, outcome)
    assert value(metrics, "section3_saved_on_one_server_total") == 1
    assert isinstance(NOTE.command, Note)
    labels = {"command": "Note", "outcome": "recorded"}
    assert metrics.registry.get_sample_value("section3_commands_total", labels) == 3
