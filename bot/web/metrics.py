"""The bot's own numbers, for Prometheus. One registry per bot: nothing is global, so tests and replicas stay apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.domain.refusals import Refusal
from bot.engine.orders import Accepted, Order, Outcome
from bot.engine.ports import Lease

ACK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds; the last is Slack's own deadline."""
LATE_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0)


@dataclass(slots=True)
class Metrics:
    """Every metric, with its help text; docs/metrics.md lists them and a test compares."""

    version: str = ""
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    ack_seconds: Histogram = field(init=False)
    acks: Counter = field(init=False)
    commands: Counter = field(init=False)
    alone: Counter = field(init=False)
    effects: Counter = field(init=False)
    lateness: Histogram = field(init=False)
    slack_calls: Counter = field(init=False)

    def __post_init__(self) -> None:
        own = self.registry
        ProcessCollector(registry=own)
        Gauge("section3_build_info", "1, with the version as a label.", ["version"], registry=own).labels(
            self.version
        ).set(1)
        self.ack_seconds = Histogram(
            "section3_ack_seconds",
            "Seconds from a delivery to its acknowledgement, which means recorded.",
            ["transport"],
            buckets=ACK_BUCKETS,
            registry=own,
        )
        self.acks = Counter(
            "section3_acks_total",
            "Deliveries answered, by transport and HTTP status.",
            ["transport", "status"],
            registry=own,
        )
        self.commands = Counter(
            "section3_commands_total",
            "Commands, by kind and outcome: recorded, duplicate, or the name of the refusal.",
            ["command", "outcome"],
            registry=own,
        )
        self.alone = Counter(
            "section3_saved_on_one_server_total",
            "Facts that no replica confirmed in time although REDIS_REPLICAS asks for it.",
            registry=own,
        )
        self.effects = Counter(
            "section3_effects_total",
            "Pieces of due work, by kind and outcome: done, retried, buried, lost (somebody else took it over).",
            ["kind", "outcome"],
            registry=own,
        )
        self.lateness = Histogram(
            "section3_timer_lateness_seconds",
            "Seconds between when a wait or a reminder was due and when it was performed.",
            ["kind"],
            buckets=LATE_BUCKETS,
            registry=own,
        )
        self.slack_calls = Counter(
            "section3_slack_calls_total",
            "Calls of Slack's Web API, by method and status: ok, ratelimited, unreachable, or Slack's error.",
            ["method", "status"],
            registry=own,
        )

    def gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """A number that is read whenever somebody asks."""
        Gauge(name, meaning, registry=self.registry).set_function(read)

    def acknowledged(self, transport: str, seconds: float, status: int) -> None:
        """A delivery was answered."""
        self.ack_seconds.labels(transport).observe(seconds)
        self.acks.labels(transport, str(status)).inc()

    def decided(self, incident_id: str, order: Order, outcome: Outcome) -> None:
        """A command was recorded or refused."""
        self.commands.labels(type(order.command).__name__, result(outcome)).inc()
        if isinstance(outcome, Accepted) and outcome.alone:
            self.alone.inc()

    def performed(self, lease: Lease, outcome: str, late_ms: int, error: str) -> None:
        """A piece of due work was dealt with."""
        kind = lease.key.partition(":")[0]
        self.effects.labels(kind, outcome).inc()
        if outcome == "done" and kind in ("wait", "remind"):
            self.lateness.labels(kind).observe(late_ms / 1000)

    def called(self, method: str, status: str) -> None:
        """Slack was called."""
        self.slack_calls.labels(method, status).inc()


def result(outcome: Outcome) -> str:
    """recorded, duplicate, or the name of the refusal."""
    match outcome:
        case Refusal():
            return outcome.reason.value
        case Accepted(duplicate=True):
            return "duplicate"
        case _:
            return "recorded"
