"""A failure mode as Markdown in the runbook format: what is written reads back as what was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.domain.runbook import FailureMode, Runbook, Signal, SignalKind, Text, content
from bot.runbooks.editing.harden import hardened
from bot.runbooks.editing.markdown import code, indent
from bot.runbooks.editing.render_steps import step_lines
from bot.runbooks.parsing.parse import parse
from bot.runbooks.parsing.text import slug

_ID = re.compile(r"([A-Z]{2,6})-([0-9]+)$")


def render_entry(mode: FailureMode) -> str:
    """One entry of section 3, with a final newline.

    Text that came from a runbook is written as it stood. A text that would not read back (a heading or a label typed
    into a chat message, say) is written as one escaped line, so that nothing in it can become structure.

    Raises ValueError when the id can stand in no heading: it must be like AB-01, or the title itself, or its slug.
    """
    written = _entry(mode)
    if _reads_back(mode):
        return written
    return _entry(hardened(mode, _reads_back))


def _reads_back(mode: FailureMode) -> bool:
    read = read_entry(_entry(mode))
    return read is not None and entry_content(read) == entry_content(mode)


def entry_content(mode: FailureMode) -> object:
    """What an entry says, without places. A severity given without its text counts as written; no title, as the id."""
    severity = mode.severity_text or (mode.severity.value if mode.severity else "")
    return content(mode.model_copy(update={"severity_text": severity, "title": mode.title or mode.id}))


_BEFORE = "---\nservice: probe\n---\n\n# Probe\n\n## 3. Common failures\n\n"
_AFTER = "\n\n## 4. Escalation\n\n1. Probe, +44 20 7946 0101 (all)\n"


def read_entry(markdown: str) -> FailureMode | None:
    """The one failure mode that a piece of Markdown holds when it stands in section 3; None when it holds none or
    several, or when it would swallow or change what stands around it."""
    parsed = parse((_BEFORE + markdown.strip("\r\n") + _AFTER).encode("utf-8", "replace"), "entry.md")
    runbook = parsed.runbook
    if runbook is None or parsed.error or len(runbook.failures) != 1 or len(runbook.contacts) != 1:
        return None
    # A section that stands twice or is unknown, or text before the heading: something fell out of the entry.
    if any(one.rule in ("P07", "P08", "P14") for one in parsed.diagnostics):
        return None
    return runbook.failures[0]


def _heading(mode: FailureMode) -> str:
    # A trailing # would be read as the end of the heading.
    title = re.sub(r"#+$", lambda run: "\\" + run[0], " ".join(mode.title.split()))
    if _ID.match(mode.id):
        return f"### {mode.id}" if title in ("", mode.id) else f"### {mode.id} {title}"
    if mode.id and (mode.id == title or slug(title) == mode.id) and not _ID.match(title.split(" ")[0]):
        return f"### {title}"
    raise ValueError(f'The id "{mode.id}" must be like AB-01, or the same word as the title.')


def _entry(mode: FailureMode) -> str:
    """The entry as Markdown, taking every text as it is."""
    parts = [
        [_heading(mode)],
        _scalars(mode),
        _text("Impact", mode.impact),
        _list("Symptoms", [text.text for text in mode.symptoms]),
        _list("Signals", signal_lines(mode.signals)),
        _text("Likely cause", mode.cause),
        ["**Steps:**", *(line for step in mode.steps for line in step_lines(step))] if mode.steps else [],
        _text("Verify", mode.verify),
        _text("Roll back when", mode.roll_back_when),
        _text("Escalate to", mode.escalate_to),
        _text("Related changes", mode.related_changes),
        _confused(mode.confused_with),
        _notes(mode.notes),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _scalars(mode: FailureMode) -> list[str]:
    severity = mode.severity_text or (mode.severity.value if mode.severity else "")
    pairs = {
        "Severity": severity,
        "Owner": mode.owner,
        "Last drilled": mode.last_drilled.isoformat() if mode.last_drilled else "",
        "Status": mode.status,
    }
    written = [f"**{label}:** {' '.join(value.split())}" for label, value in pairs.items() if value.strip()]
    return [" · ".join(written)] if written else []


def _text(label: str, text: Text) -> list[str]:
    if not text:
        return []
    if "\n" not in text.text:
        return [f"**{label}:** {text.text}"]
    return [f"**{label}:**", "", *text.text.split("\n")]


def _list(label: str, items: Sequence[str]) -> list[str]:
    if not items:
        return []
    lines = [f"**{label}:**"]
    for item in items:
        first, *rest = item.split("\n")
        lines += [f"- {first}", *indent(rest, 2)]
    return lines


def signal_lines(signals: Sequence[Signal]) -> list[str]:
    """The items of a signals list; words that stand together share a line."""
    lines: list[str] = []
    words: list[str] = []
    for signal in signals:
        if signal.kind is SignalKind.WORDS:
            words.append(signal.value)
            continue
        if words:
            lines.append(f"words: {', '.join(words)}")
            words = []
        lines.append(signal.value if signal.kind is SignalKind.OTHER else f"{signal.kind.value}: {code(signal.value)}")
    return lines + ([f"words: {', '.join(words)}"] if words else [])


def _confused(texts: Sequence[Text]) -> list[str]:
    if len(texts) == 1 and "\n" not in texts[0].text:
        return _text("Confused with", texts[0])
    return _list("Confused with", [text.text for text in texts])


_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")


def _notes(notes: Sequence[Text]) -> list[str]:
    lines = ["**Notes:**"] if notes else []
    before = ""
    for note in notes:
        # Two lists that touch would read as one; a comment between them keeps them apart.
        touching = _LIST_ITEM.match(note.text) and _LIST_ITEM.match(before)
        lines += ["", "<!-- -->", ""] if touching else [""]
        lines += note.text.split("\n")
        before = note.text
    return lines


def next_id(runbook: Runbook, reserved: set[str]) -> str:
    """The next free id of a runbook's prefix, one above the highest number that was ever used.

    `reserved` holds ids that are taken outside the file (history, open proposals). Numbers are never used again, so
    gaps are not filled. Without an entry the prefix comes from the service's name: `invoice-extract` gives `IE-01`.
    """
    found = [match for mode in runbook.failures if (match := _ID.match(mode.id))]
    prefixes = Counter(match[1] for match in found)
    prefix = prefixes.most_common(1)[0][0] if prefixes else _prefix(runbook.service)
    taken = [match for match in map(_ID.match, reserved) if match] + found
    numbers = [match[2] for match in taken if match[1] == prefix]
    width = max((len(number) for number in numbers), default=2)
    return f"{prefix}-{max((int(number) for number in numbers), default=0) + 1:0{width}d}"


def _prefix(service: str) -> str:
    words = [word for word in re.split(r"[^a-z]+", service.casefold()) if word]
    letters = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:2]
    return letters[:6].upper().ljust(2, "X")
