"""Items added to the lists of an entry: words of its signals, lines of *Confused with*. No line is taken away but the
one that words are written into."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.runbook import FailureMode, Signal, SignalKind, Text
from bot.runbooks.editing.lines import RawLines
from bot.runbooks.editing.markdown import one_line

MARKER = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
"""What a list item begins with."""

Added = tuple[RawLines, FailureMode, int]
"""The lines, what the entry should say then, and the first line (1-based) that changed."""


def with_words(raw: RawLines, mode: FailureMode, words: Sequence[str]) -> Added | None:
    """Words or phrases added to the signals; None when all of them are there."""
    known = {word.casefold() for word in mode.signals_of(SignalKind.WORDS)}
    clean = [" ".join(re.sub(r"[,;\"'`“”]", " ", one_line(word)).split()) for word in words]
    first: dict[str, str] = {}
    for word in clean:
        if word and word.casefold() not in known:
            first.setdefault(word.casefold(), word)
    fresh = list(first.values())
    if not fresh:
        return None
    spoken = [signal for signal in mode.signals if signal.kind is SignalKind.WORDS]
    if spoken:
        at, line = spoken[-1].span.end - 1, spoken[-1].span.end
        old = raw.text(at)
        body = old.rstrip()
        raw = raw.splice(at, at + 1, [f"{body.rstrip(',;')}, {', '.join(fresh)}{old[len(body) :]}"])
        index = mode.signals.index(spoken[-1]) + 1
    else:
        at, texts = _words_place(raw, mode, f"words: {', '.join(fresh)}")
        raw, index, line = raw.splice(at, at, texts), len(mode.signals), at + 2
    added = tuple(Signal(kind=SignalKind.WORDS, value=word) for word in fresh)
    wanted = mode.model_copy(update={"signals": (*mode.signals[:index], *added, *mode.signals[index:])})
    return raw, wanted, line


def _words_place(raw: RawLines, mode: FailureMode, text: str) -> tuple[int, list[str]]:
    """Where a line of words goes when the entry has none, and the lines to write there."""
    if mode.signals:
        return mode.signals[-1].span.end, [f"{_marker(raw, mode.signals[-1].span.start)}{text}"]
    if "signals" in mode.labels:
        return mode.labels["signals"].end, [f"- {text}"]
    at = _after(mode, ("symptoms", "impact", "severity"))
    return at, ["", "**Signals:**", f"- {text}", *([] if raw.blank(at) else [""])]


def with_confused(raw: RawLines, mode: FailureMode, lines: Sequence[str]) -> Added | None:
    """Lines (of Markdown, one line each) added to *Confused with*; None when all of them are there."""
    known = {text.text for text in mode.confused_with}
    fresh = [line for line in dict.fromkeys(lines) if line and line not in known]
    if not fresh:
        return None
    wanted = mode.model_copy(update={"confused_with": (*mode.confused_with, *(Text(text=line) for line in fresh))})
    if "confused with" in mode.labels:
        at = mode.labels["confused with"].end
        # A single one stands on the label's own line; a list may follow it there.
        marker = _marker(raw, mode.confused_with[-1].span.start) if mode.confused_with else "- "
        return raw.splice(at, at, [f"{marker}{line}" for line in fresh]), wanted, at + 1
    at = _after(mode, ("related changes", "escalate to", "roll back when", "verify", "steps", "likely cause"))
    items = (
        [f"**Confused with:** {fresh[0]}"]
        if len(fresh) == 1
        else ["**Confused with:**", *(f"- {one}" for one in fresh)]
    )
    return raw.splice(at, at, ["", *items, *([] if raw.blank(at) else [""])]), wanted, at + 2


def _marker(raw: RawLines, line: int) -> str:
    """How the item in that line (1-based) begins, for one that is to follow it."""
    found = MARKER.match(raw.text(line - 1))
    return found[0] if found else "- "


def _after(mode: FailureMode, labels: Sequence[str]) -> int:
    """The line (0-based) behind the first of these labels that the entry has, else behind its heading."""
    return next((mode.labels[label].end for label in labels if label in mode.labels), mode.heading.end)
