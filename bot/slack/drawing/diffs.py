"""Unified diffs as people read and edit them."""

from __future__ import annotations

from bot.slack.drawing.mrkdwn import size

PIECE = 2900
"""A text input holds 3,000 characters (Slack, plain-text input element), so a long entry is edited in pieces."""


def diff_counts(diff: str) -> tuple[int, int]:
    """Lines added and removed by a unified diff."""
    lines = [line for line in diff.splitlines() if not line.startswith(("+++", "---"))]
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)


def added_lines(diff: str) -> str:
    """What a unified diff adds."""
    lines = [line[1:] for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    return "\n".join(lines)


def cut_in_pieces(text: str) -> list[str]:
    """Text cut between lines so that each piece fits a field; joined by line breaks it is the text again. A single
    line that is too long is cut where it must be."""
    pieces: list[str] = []
    current: list[str] = []
    room = PIECE
    for line in text.split("\n"):
        for part in _parts(line):
            if current and size(part) + 1 > room:
                pieces.append("\n".join(current))
                current, room = [], PIECE
            current.append(part)
            room -= size(part) + 1
    return [*pieces, "\n".join(current)] if current else pieces


def _parts(line: str) -> list[str]:
    half = PIECE // 2
    return [line[start : start + half] for start in range(0, len(line), half)] or [""]
