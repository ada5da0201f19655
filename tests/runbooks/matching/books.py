"""Small runbooks for the matcher's tests."""

from __future__ import annotations

from bot.domain.base import Severity
from bot.domain.runbook import Command, FailureMode, Runbook, Signal, SignalKind, Step, StepKind, Text


def mode(
    id: str,
    title: str,
    *,
    alerts: tuple[str, ...] = (),
    metrics: tuple[str, ...] = (),
    logs: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    symptoms: tuple[str, ...] = (),
    cause: str = "",
    commands: tuple[str, ...] = (),
    severity: Severity | None = None,
    status: str = "",
) -> FailureMode:
    """An entry with just what a test is about."""
    kinds = (
        (SignalKind.ALERT, alerts),
        (SignalKind.METRIC, metrics),
        (SignalKind.LOG, logs),
        (SignalKind.WORDS, words),
    )
    steps = tuple(
        Step(number=number, kind=StepKind.ACT, text="Run it.", commands=(Command(text=command),))
        for number, command in enumerate(commands, 1)
    )
    return FailureMode(
        id=id,
        title=title,
        severity=severity,
        status=status,
        symptoms=tuple(Text(text=text) for text in symptoms),
        signals=tuple(Signal(kind=kind, value=value) for kind, values in kinds for value in values),
        cause=Text(text=cause),
        steps=steps,
    )


def book(service: str, *modes: FailureMode, aliases: tuple[str, ...] = ()) -> Runbook:
    """A runbook with just these entries."""
    return Runbook(path=f"{service}.md", service=service, aliases=aliases, failures=modes)


QUEUE = mode(
    "PR-01",
    "Print queue blocked",
    alerts=("PrintQueueAge",),
    metrics=("print_queue_age_minutes > 60", "paper_ratio < 0.05 for 10m"),
    words=("backlog", "nothing comes out"),
    symptoms=("oldest job waits longer than an hour",),
    cause="A damaged job blocks those behind it.",
)
TONER = mode(
    "PR-02",
    "Toner runs out",
    alerts=("TonerLow",),
    words=("pale pages", "toner"),
    symptoms=("pages are pale or empty",),
    cause="Nobody ordered a cartridge.",
)
DAEMON = mode(
    "KubeDaemonSetStuck",
    "KubeDaemonSetStuck",
    alerts=("KubeDaemonSetStuck",),
    symptoms=("The rollout of a DaemonSet does not progress.",),
)
PRINTERS = book("printers", QUEUE, TONER, aliases=("pr",))
CLUSTER = book("cluster", DAEMON)
