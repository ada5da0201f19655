"""Repair of typing mistakes, for words no entry knows, against the words the entries use.

Two words one edit apart (a letter dropped, added, changed, or two swapped) share a form with one letter removed, so a
table of such forms finds the neighbours of a word without comparing it to the whole vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 4
"""Words shorter than this are never repaired: too many of their neighbours are words of their own."""

LONG = 6
"""In words shorter than this only a letter left out or two swapped are repaired: with another letter, or one more, most
of them are words of their own (want and wait, five and file)."""

TWO_EDITS_FROM = 9
"""From this length on, forms with one letter removed may also meet two edits apart."""


class Vocabulary:
    """The words of all entries with the number of entries that use each."""

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}
        self._forms: dict[str, list[str]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._uses

    def __len__(self) -> int:
        return len(self._uses)

    def add(self, words: Iterable[str]) -> None:
        """Count one entry's words in."""
        for word in words:
            uses = self._uses.get(word)
            if uses is not None:
                self._uses[word] = uses + 1
                continue
            self._uses[word] = 1
            if _repairable(word):
                for form in _forms(word):
                    self._forms.setdefault(form, []).append(word)

    def remove(self, words: Iterable[str]) -> None:
        """Count one entry's words out; a word nobody uses any more is forgotten."""
        for word in words:
            uses = self._uses.get(word, 0) - 1
            if uses > 0:
                self._uses[word] = uses
                continue
            self._uses.pop(word, None)
            for form in _forms(word) if _repairable(word) else ():
                kept = [other for other in self._forms.get(form, ()) if other != word]
                if kept:
                    self._forms[form] = kept
                else:
                    self._forms.pop(form, None)

    def repaired(self, word: str) -> str | None:
        """The known word that `word` was most probably meant to be, or None."""
        if not _repairable(word):
            return None
        near: dict[str, int] = {}
        for form in _forms(word):
            for known in self._forms.get(form, ()):
                if known not in near:
                    near[known] = distance(word, known)
        allowed = 2 if len(word) >= TWO_EDITS_FROM else 1
        close = [
            (edits, known[0] != word[0], -self._uses[known], known)
            for known, edits in near.items()
            if len(word) >= LONG or _slipped(word, known)
        ]
        best = min((item for item in close if item[0] <= allowed), default=None)
        return best[3] if best else None


def _slipped(typed: str, meant: str) -> bool:
    return len(meant) == len(typed) + 1 or sorted(typed) == sorted(meant)


def _repairable(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha()


def _forms(word: str) -> set[str]:
    return {word, *(word[:cut] + word[cut + 1 :] for cut in range(len(word)))}


def distance(left: str, right: str) -> int:
    """Edits between two words; swapping two neighbouring letters is one edit."""
    older: list[int] = []
    last: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, last, row = last, row, [i]
        for j, b in enumerate(right, 1):
            edits = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                edits = min(edits, older[j - 2] + 1)
            row.append(edits)
    return row[-1]
