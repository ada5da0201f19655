"""Minimal edits of a runbook file: new lines in the right place, every other line byte for byte as it was.

Each edit is tried on the text, read again and compared: when anything but the meant part says something else than
before, or the file would no longer be usable, the edit is refused with the reason.
"""

from __future__ import annotations

import re
from datetime import date

from bot.domain.runbook import Section
from bot.runbooks.editing.amend import (
    AddStep,
    AddWords,
    Amendment,
    ReplaceEntry,
    ReplaceStep,
    SetDrilled,
    SetStatus,
    amend_failure,
)
from bot.runbooks.editing.base import Edited, Outcome, Refused, checked_entry, finish, open_file
from bot.runbooks.editing.lines import unified_diff
from bot.runbooks.editing.rows import add_changes

__all__ = [
    "AddStep",
    "AddWords",
    "Amendment",
    "Edited",
    "Outcome",
    "Refused",
    "ReplaceEntry",
    "ReplaceStep",
    "SetDrilled",
    "SetStatus",
    "add_changes",
    "amend_failure",
    "insert_failure",
    "set_reviewed",
    "unified_diff",
]


def insert_failure(data: bytes, entry_markdown: str, after: str | None = None) -> Outcome:
    """Put a new entry into section 3: after the entry with the id `after`, or at the end of the section."""
    before = open_file(data)
    if isinstance(before, Refused):
        return before
    entry = checked_entry(entry_markdown)
    if isinstance(entry, Refused):
        return entry
    mode, lines = entry
    runbook = before.runbook
    section = runbook.sections.get(Section.FAILURES)
    if section is None:
        return Refused('There is no section "Common failures" to put the entry into.')
    taken = runbook.failure(mode.id)
    if taken is not None:
        return Refused(
            f"{mode.id} is already the id of an entry ({taken.title}). Take a free one.", taken.heading.start
        )
    if after is None:
        at, index = section.end, len(runbook.failures)
    else:
        place = runbook.failure(after)
        if place is None:
            return Refused(f"There is no entry {after} to put the new one after.")
        at, index = place.span.end, runbook.failures.index(place) + 1
    new = ([] if before.raw.blank(at - 1) else [""]) + lines + ([] if before.raw.blank(at) else [""])
    failures = (*runbook.failures[:index], mode, *runbook.failures[index:])
    return finish(before, before.raw.splice(at, at, new), {"failures": failures}, at + 1)


def set_reviewed(data: bytes, day: date) -> Outcome:
    """Write the date of the last review into the front matter."""
    before = open_file(data)
    if isinstance(before, Refused):
        return before
    runbook = before.runbook
    if runbook.front_matter is None:
        return Refused("The file has no front matter to write the review date into. Begin it with --- lines.", 1)
    line = runbook.front_lines.get("reviewed")
    if line is None:
        at = runbook.front_matter.end - 1
        raw = before.raw.splice(at, at, [f"reviewed: {day.isoformat()}"])
    else:
        at = line - 1
        text = re.sub(
            r"^(\s*[\"']?reviewed[\"']?\s*:)[ \t]*(?:\"[^\"]*\"|'[^']*'|[^#\s]?[^#]*?)([ \t]*(?:\s#.*)?)$",
            lambda found: f"{found[1]} {day.isoformat()}{found[2]}",
            before.raw.text(at),
        )
        raw = before.raw.splice(at, at + 1, [text])
    return finish(before, raw, {"reviewed": day}, at + 1)
