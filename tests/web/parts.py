"""A registry with everything in it that a running bot has."""

from __future__ import annotations

from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.demo.standin.clock import OffsetClock
from bot.domain.commands import Note
from bot.domain.refusals import Refusal, Refused
from bot.domain.vocabulary import Actor
from bot.engine.desk import Desk
from bot.engine.memory import MemoryJournal, MemoryWork
from bot.engine.orders import Order
from bot.engine.ports import Lease
from bot.store.numbers import Numbers
from bot.web.gauges import Gauges
from bot.web.metrics import Metrics

NOTE = Order(Note(text="a private word"), Actor(id="U1", name="alice"), "slack", "click:1")


class Runbooks:
    """Two in service; one file cannot be used."""

    runbooks: tuple[object, ...] = ("one", "two")
    problems: tuple[object, ...] = ("broken.md",)


async def full() -> Numbers:
    """A store that is nearly full."""
    return Numbers(
        free_memory_ratio=0.04,
        evicted_keys=0,
        noeviction=1,
        append_only_file=1,
        replicas=1,
        clock_skew_seconds=2.5,
    )


def gauges(metrics: Metrics) -> Gauges:
    """Gauges over a store in memory."""
    work = MemoryWork()
    clock = OffsetClock()
    return Gauges(Desk(MemoryJournal(work), clock), work, clock, metrics, full, Runbooks())


def exercised() -> Metrics:
    """Each metric moved once, so that its labels show."""
    metrics = Metrics("1.2.3")
    gauges(metrics)
    metrics.acknowledged("http", 0.004, 200)
    metrics.decided("i1", NOTE, Refusal(reason=Refused.INCIDENT_CLOSED))
    lease = Lease("wait:i1:3", token=1, due_at=0, until=9, attempts=0)
    metrics.performed(lease, "done", 40, "")
    metrics.called("chat.update", "ratelimited")
    return metrics


def families(metrics: Metrics) -> dict[str, Metric]:
    """What /metrics says, by name."""
    return {one.name: one for one in text_string_to_metric_families(generate_latest(metrics.registry).decode())}
