"""From what a person or an alert says to the failure mode, or an honest "not documented".

`Index(runbooks).match(Query(text="…"))` is the whole of it. Pure: no clock, no files, no network.
"""

from __future__ import annotations

from bot.runbooks.match.index import Index
from bot.runbooks.match.model import Candidate, Match, Query, Verdict

__all__ = ["Candidate", "Index", "Match", "Query", "Verdict"]
