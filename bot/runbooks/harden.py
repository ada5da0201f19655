"""Text from anywhere (a chat message, a foreign page) made safe to stand in an entry: it can be nothing but text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain.runbook import Choice, FailureMode, Signal, SignalKind, Step, Text
from bot.runbooks.markdown import escape, one_line

Good = Callable[[FailureMode], bool]
"""Whether an entry, written, reads back as itself."""


def hardened(mode: FailureMode, good: Good) -> FailureMode:
    """The entry with those texts hardened that would not read back; the others stay as written."""
    base = FailureMode(id=mode.id, title=mode.title)
    if not good(base):
        base = base.model_copy(update={"title": escape(mode.title)})
    kept = base
    for update in _updates(mode):
        for value in (update, _escaped(update)):
            probe = base.model_copy(update=value)
            if value is not update or good(probe):
                kept = kept.model_copy(update=value)
                break
    steps = tuple(_step(step) for step in mode.steps)
    for at, step in enumerate(mode.steps):
        tried = (*steps[:at], step, *steps[at + 1 :])
        if good(base.model_copy(update={"steps": tried})):
            steps = tried
    return kept.model_copy(update={"steps": steps})


_FIELDS = ("severity_text", "owner", "status", "impact", "cause", "verify", "roll_back_when", "escalate_to")
_MORE_FIELDS = ("related_changes", "symptoms", "signals", "confused_with", "notes", "last_drilled")


def _updates(mode: FailureMode) -> list[dict[str, Any]]:
    updates = [{name: value} for name in (*_FIELDS, *_MORE_FIELDS) if (value := getattr(mode, name))]
    for update in updates:
        if "severity_text" in update:
            update["severity"] = mode.severity
    if mode.severity and not mode.severity_text:
        updates.append({"severity": mode.severity})
    return updates


def _escaped(value: Any) -> Any:
    """The same value with every text in it escaped; code stays code."""
    if isinstance(value, dict):
        return {name: _escaped(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(part for part in map(_escaped, value) if part is not None)
    if isinstance(value, Text):
        return Text(text=escape(value.text)) if value.text.strip() else None
    if isinstance(value, Signal):
        return _signal(value)
    if type(value) is str:
        return escape(value)
    return value


def _signal(signal: Signal) -> Signal | None:
    text = one_line(signal.value)
    if signal.kind is SignalKind.OTHER:
        text = escape(text)
    elif signal.kind is SignalKind.WORDS:
        text = " ".join(re.sub(r"[^\w\s.%/+-]", " ", text).split())
    return replace(signal, value=text) if text else None


def _step(step: Step) -> Step:
    return step.model_copy(
        update={
            "text": escape(step.text),
            "expect": escape(step.expect),
            "if_not": escape(step.if_not),
            "choices": tuple(_choice(choice) for choice in step.choices),
        }
    )


def _choice(choice: Choice) -> Choice:
    label = " ".join(re.sub(r"[^A-Za-z0-9 ]", " ", choice.label).split()).lstrip("0123456789 ")[:30].strip()
    return replace(choice, label=label or "Else", text=escape(choice.text))
