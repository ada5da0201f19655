"""The draft as a file that people go on writing in: made again from the stream, merged with what they wrote."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Sequence

from bot.domain.base import Value
from bot.domain.events import Fact
from bot.postmortem.drafting.draft import report
from bot.postmortem.drafting.merge import Merged, Stamp, merge_draft, stamp_of, stamped, unstamped
from bot.postmortem.drafting.render import Renderer
from bot.postmortem.drafting.report import Report


def digest(text: str) -> str:
    """What tells two drafts apart: 16 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def as_json(made: Report) -> str:
    """The report for programs: every field of `drafting.report.Report`, instants in ms since the epoch."""
    data = made.model_dump(mode="json")
    data["unfilled"] = [field.model_dump(mode="json") for field in made.unfilled]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def markdown(incident_id: str, facts: Sequence[Fact], renderer: Renderer) -> str:
    """The draft in Markdown with its stamp. It ends at the last fact, not now, so that it can be made again."""
    text = renderer.markdown(report(incident_id, facts, facts[-1].at))
    return stamped(text, incident_id, facts[-1].version, digest(unstamped(text)))


class Redrafted(Value):
    """What came of drafting again. `diff` is what is new and could not be put in; with `merged` False nothing was."""

    text: str
    diff: str = ""
    merged: bool = True


def redraft(incident_id: str, facts: Sequence[Fact], renderer: Renderer, present: str) -> Redrafted:
    """Draft anew over a file that people may have written in. The draft that they started from is made again from as
    many facts as its stamp names; when that does not give the same text (an older version, other templates), nothing
    can be merged safely and the file is left alone."""
    new = unstamped(markdown(incident_id, facts, renderer))
    stamp = stamp_of(present)
    earlier = _earlier(incident_id, facts, renderer, stamp)
    if earlier is None or stamp is None:
        if unstamped(present) == new:
            return Redrafted(text=present)
        return Redrafted(text=present, diff=_diff(unstamped(present), new), merged=False)
    merged: Merged = merge_draft(earlier, unstamped(present), new)
    text = stamped(merged.text, incident_id, facts[-1].version, digest(new))
    return Redrafted(text=text, diff=merged.diff)


def _earlier(incident_id: str, facts: Sequence[Fact], renderer: Renderer, stamp: Stamp | None) -> str | None:
    if stamp is None or stamp.incident_id != incident_id or not 0 < stamp.facts <= len(facts):
        return None
    text = unstamped(markdown(incident_id, facts[: stamp.facts], renderer))
    return text if digest(text) == stamp.digest else None


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), "this file", "new draft", n=2
    )
    return "".join(lines)
