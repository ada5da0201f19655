"""The inverted index: which entries hold a term, and how strongly. Entries come and go one at a time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from operator import itemgetter

from bot.runbooks.match.entry import SEEN, Entry
from bot.runbooks.match.typos import Vocabulary

ENOUGH = 60
"""Entries that rarer terms must have found before a common one stops finding more."""


class Postings:
    """Every entry's terms, the vocabulary, and the names that hit exactly. Shared by all signals."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.vocabulary = Vocabulary()
        self.by_service: dict[str, set[int]] = {}
        self.by_alert: dict[str, set[int]] = {}
        self.by_id: dict[str, set[int]] = {}
        self.by_metric: dict[str, set[int]] = {}
        self._lists: dict[str, dict[int, float]] = {}
        self._rarity: list[float] = []

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, term: str) -> bool:
        return term in self._lists

    def add(self, entry: Entry) -> None:
        """Index one entry."""
        number = entry.number
        self.entries[number] = entry
        for term, impact in entry.impacts.items():
            holders = self._lists.get(term)
            if holders is None:
                self._lists[term] = {number: impact}
            else:
                holders[number] = impact
        self.vocabulary.add(entry.surfaces)
        for table, keys in self._tables(entry):
            for key in keys:
                table.setdefault(key, set()).add(number)
        self._rarity = []

    def remove(self, number: int) -> None:
        """Forget one entry."""
        entry = self.entries.pop(number)
        for term in entry.impacts:
            holders = self._lists[term]
            del holders[number]
            if not holders:
                del self._lists[term]
        self.vocabulary.remove(entry.surfaces)
        for table, keys in self._tables(entry):
            for key in keys:
                table[key].discard(number)
                if not table[key]:
                    del table[key]
        self._rarity = []

    def rarity(self, term: str) -> float:
        """How telling a term is, 0 (in every entry) to 1 (in none): BM25's idf over its largest value."""
        if not self._rarity:
            self._rarity = _rarities(len(self.entries))
        return self._rarity[len(self._lists.get(term, ()))]

    def describes(self, term: str, service: str | None) -> bool:
        """Whether an entry (of this service) says this about what is seen or why, not only in its steps."""
        own = self.entries if service is None else self.by_service.get(service, ())
        return any(number in own and self.entries[number].fields[term] & SEEN for number in self._lists.get(term, ()))

    def scores(
        self, terms: Mapping[str, float], most: int, found_before: Mapping[int, float] | None = None
    ) -> dict[int, float]:
        """Entry number -> sum of weight x impact over the terms it holds, on top of what was found before.

        Terms that more than `most` entries hold only add to entries that a rarer term has found: what nearly
        everything holds finds nothing.
        """
        totals = defaultdict(float, found_before or {})
        lists = [(len(found), weight, found) for term, weight in terms.items() if (found := self._lists.get(term))]
        lists.sort(key=itemgetter(0))
        for count, weight, found in lists:
            if count > most and len(totals) >= ENOUGH:
                for number in totals.keys() & found.keys():
                    totals[number] += weight * found[number]
                continue
            for number, impact in found.items():
                totals[number] += weight * impact
        return totals

    def _tables(self, entry: Entry) -> Iterator[tuple[dict[str, set[int]], set[str]]]:
        yield self.by_service, {entry.service.casefold()}
        yield self.by_alert, set(entry.alerts)
        yield self.by_id, {entry.id.casefold()}
        yield self.by_metric, {condition.metric for condition in entry.conditions}


def _rarities(size: int) -> list[float]:
    top = math.log(1 + (size + 0.5) / 0.5)
    return [math.log(1 + (size - uses + 0.5) / (uses + 0.5)) / top for uses in range(size + 1)]
