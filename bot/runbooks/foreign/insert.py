"""Many entries into a person's runbook at once, by the same rule as every edit: all else stays byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.runbook import FailureMode, Section
from bot.runbooks.editing.base import Outcome, Refused, checked_entry, finish, open_file
from bot.runbooks.foreign.convert import ForeignEntry


def insert_entries(data: bytes, entries: Sequence[ForeignEntry]) -> Outcome:
    """Put the entries at the end of section 3, in their order; their ids must be free. One refusal refuses all."""
    before = open_file(data)
    if isinstance(before, Refused):
        return before
    section = before.runbook.sections.get(Section.FAILURES)
    if section is None:
        return Refused('There is no section "Common failures" to put the entries into.')
    modes: list[FailureMode] = []
    new: list[str] = []
    for entry in entries:
        checked = checked_entry(entry.text)
        if isinstance(checked, Refused):
            return Refused(f"{entry.id}: {checked.reason}")
        modes.append(checked[0])
        new += ["", *checked[1]]
    at = section.end
    if before.raw.blank(at - 1):
        new = new[1:]
    if not before.raw.blank(at):
        new.append("")
    failures = (*before.runbook.failures, *modes)
    return finish(before, before.raw.splice(at, at, new), {"failures": failures}, at + 1)
