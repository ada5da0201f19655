"""When a change of section 6 happened."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.domain.runbook import Change, Runbook

DAY_MS = 24 * 60 * 60 * 1000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?")


def changed_at(change: Change) -> datetime | None:
    """The instant of a change-log row; midnight UTC for a bare date, None when it names no date. A time without a zone
    is taken as UTC."""
    found = _DATE.search(change.when)
    if not found:
        return None
    text = found.group().replace("UTC", "Z").replace(" Z", "Z")
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def changes_since(runbook: Runbook, since_ms: int, until_ms: int) -> tuple[Change, ...]:
    """The rows between two instants, newest first. A bare date counts until the end of its day."""
    found = []
    for change in runbook.changes:
        when = changed_at(change)
        if when is None:
            continue
        latest = when + timedelta(days=1) if len(change.when.strip()) <= len("2026-01-01") else when
        if latest.timestamp() * 1000 >= since_ms and when.timestamp() * 1000 <= until_ms:
            found.append((when, change))
    return tuple(change for _, change in sorted(found, key=lambda pair: pair[0], reverse=True))
