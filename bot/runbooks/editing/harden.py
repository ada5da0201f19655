"""Text from anywhere (a chat message, a foreign page) made safe to stand in an entry: it can be nothing but text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain.runbook import Choice, FailureMode, Signal, SignalKind, Step, Text
from bot.runbooks.editing.markdown import escape, one_line

Good = Callable[[FailureMode], bool]
"""Whether an entry, written, reads back as itself."""


def hardened(mode: FailureMode, good: Good) -> FailureMode:
    """The entry with those texts hardened that would not read back; the others stay as written."""
    base = FailureMode(id=mode.id, title=mode.title)
    if not good(base):
        base = base.model_copy(update={"title": escape(mode.title)})
    kept = base
    for name in _FIELDS:
        value = getattr(mode, name)
        if isinstance(value, tuple):
            kept = kept.model_copy(update={name: _items(base, name, value, good)})
        elif value:
            whole = base.model_copy(update={name: value})
            kept = kept.model_copy(update={name: value if good(whole) else _escaped(value)})
    return kept.model_copy(update={"severity": mode.severity})


_FIELDS = (
    *("severity_text", "owner", "last_drilled", "status", "impact", "symptoms", "signals", "cause", "steps"),
    *("verify", "roll_back_when", "escalate_to", "related_changes", "confused_with", "notes"),
)


def _items(base: FailureMode, name: str, values: tuple[Any, ...], good: Good) -> tuple[Any, ...]:
    """A field with several values: all as they are, else each as it is where it reads back among the others."""
    if not values or good(base.model_copy(update={name: values})):
        return values
    kept = list(map(_escaped, values))
    for at, value in enumerate(values):
        tried = [*kept[:at], value, *kept[at + 1 :]]
        if good(base.model_copy(update={name: tuple(one for one in tried if one is not None)})):
            kept = tried
    return tuple(one for one in kept if one is not None)


def _escaped(value: Any) -> Any:
    """The same value with every text in it escaped; None for one that has none. Code stays code."""
    if isinstance(value, Text):
        return Text(text=escape(value.text)) if value.text.strip() else None
    if isinstance(value, Signal):
        return _signal(value)
    if isinstance(value, Step):
        return _step(value)
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
