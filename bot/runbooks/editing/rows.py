"""New rows of the change log."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.runbook import NOWHERE, Change, Section
from bot.runbooks.editing.base import Before, Edited, Outcome, Refused, finish, open_file
from bot.runbooks.editing.lines import RawLines
from bot.runbooks.editing.markdown import cell, one_line, table
from bot.runbooks.parsing.tables import is_rule, split_cells
from bot.runbooks.parsing.text import plain

_COLUMNS = {"when": "when", "kind": "kind", "what": "what", "from": "before", "to": "after", "by": "by"}
_ALSO = {"date": "when", "type": "kind", "change": "what", "before": "before", "after": "after", "who": "by"}


def add_changes(data: bytes, rows: Sequence[Change]) -> Outcome:
    """Add rows to the change log, in the order given, where its newest rows stand. Rows that it already holds are left
    out; a field that its table has no column for is not written."""
    before = open_file(data)
    if isinstance(before, Refused):
        return before
    runbook = before.runbook
    section = runbook.sections.get(Section.CHANGES)
    if section is None:
        return Refused('There is no section "Change log" to put the rows into.')
    head = _head(before.raw, section.start, section.end)
    fields = _fields(before.raw.text(head)) if head is not None else list(_COLUMNS.values())
    known = {_key(_only(change, fields)) for change in runbook.changes}
    fresh = [one for row in rows if _key(one := _only(row, fields)) not in known]
    if not fresh:
        return Edited(data, runbook, 0)
    if head is None and not runbook.changes:
        return _new_table(before, section.end, fresh)
    newest_first = len(runbook.changes) < 2 or runbook.changes[0].when >= runbook.changes[-1].when
    first = runbook.changes[0].span.start - 1 if runbook.changes else section.end
    if head is None:
        fresh = [change.model_copy(update={"by": ""}) for change in fresh]
        texts = [_item(change, before.raw.text(first)) for change in fresh]
    else:
        texts = [_row(change, fields) for change in fresh]
        first = head + 2
    at = first if newest_first or not runbook.changes else runbook.changes[-1].span.end
    changes = (*fresh, *runbook.changes) if newest_first else (*runbook.changes, *fresh)
    return finish(before, before.raw.splice(at, at, texts), {"changes": changes}, at + 1)


def _new_table(before: Before, at: int, fresh: list[Change]) -> Outcome:
    rows = [[getattr(change, field) for field in _COLUMNS.values()] for change in fresh]
    texts = ["", *table([title.capitalize() for title in _COLUMNS], rows)]
    if not before.raw.blank(at):
        texts.append("")
    return finish(before, before.raw.splice(at, at, texts), {"changes": tuple(fresh)}, at + 2)


def _head(raw: RawLines, start: int, end: int) -> int | None:
    """The 0-based line of the table's header among the section's lines."""
    lines = range(start, min(end, len(raw.lines)) - 1)
    return next((at for at in lines if "|" in raw.text(at) and is_rule(raw.text(at + 1))), None)


def _fields(header: str) -> list[str]:
    """The field that each column holds, "" for one that is none of ours."""
    titles = [plain(title).casefold() for title in split_cells(header)]
    return [_COLUMNS.get(title) or _ALSO.get(title, "") for title in titles]


def _only(change: Change, fields: list[str]) -> Change:
    """The change as the log can hold it: one-line values, of the fields that have a column."""
    values = {field: one_line(getattr(change, field)) if field in fields else "" for field in _COLUMNS.values()}
    return Change(**{**values, "kind": plain(values["kind"]), "span": NOWHERE})


def _key(change: Change) -> tuple[str, ...]:
    return change.when, change.kind.casefold(), change.what, change.before, change.after


def _row(change: Change, fields: list[str]) -> str:
    return "| " + " | ".join(cell(getattr(change, field)) if field else "" for field in fields) + " |"


def _item(change: Change, like: str) -> str:
    bullet = like.lstrip()[:1] if like.lstrip()[:1] in "-*+" else "-"
    arrow = f" {change.before} -> {change.after}" if change.before and change.after else ""
    return f"{bullet} {change.when} {change.kind} {change.what}{arrow}"
