"""A query taken apart: its terms and their weights, the words nobody knows, the names and values in it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.runbooks.match import kinds, words
from bot.runbooks.match.asking import asks
from bot.runbooks.match.metrics import Reading, readings
from bot.runbooks.match.model import Query
from bot.runbooks.match.postings import Postings

LONGEST_TEXT = 20_000
"""Characters of a report that are read; a longer one is a pasted log, and its beginning says what it is."""

MOST_TERMS = 64
"""The most telling terms of a query that are looked up."""

JOINED_SHARE = 0.5
"""What a joined pair weighs beside a word: its words are counted already."""

MISSING_SHARE = 0.3
"""What a pair that no entry has counts of its weight in the best score a query could have: most pairs are chance."""

MAYBE_ALERT = 0.2
"""How sure a short name in camel case at the beginning of a text is an alert's: it may be a product (NetSuite)."""

LONG_WORD = 7
REPAIRED = 0.85
REPAIRED_SHORT = 0.4
"""What a repaired word counts, from LONG_WORD letters on and below."""

_CAMEL_NAME = re.compile(r"\b[A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*){1,}\b")
_LEADING_NAME = re.compile(
    r"\s*(?P<label>(?i:\[?firing(?::\d+)?\]?\s+|alert(?:name)?\s*[:=]?\s+))?(?P<name>[A-Za-z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]+)\b"
)
_EXCEPTIONS = ("Error", "Exception", "Warning")
_ENTRY_ID = re.compile(r"\b[A-Za-z]{2,6}-\d+\b")


@dataclass(slots=True)
class Question:
    """What the signals look at."""

    terms: dict[str, float] = field(default_factory=dict)
    """Words the index knows: stem -> weight (rarity, less for light words)."""
    pairs: dict[str, float] = field(default_factory=dict)
    """Joined pairs the index knows -> weight."""
    missing_pairs: float = 0.0
    """Weight of the joined pairs the index does not know."""
    kinds: dict[str, float] = field(default_factory=dict)
    """Kinds of things the words speak of -> rarity."""
    told: dict[str, str] = field(default_factory=dict)
    """Kind -> the stem, or the two stems, that tell it; "" when two numbers do."""
    unknown: dict[str, float] = field(default_factory=dict)
    """Words no entry uses -> weight."""
    repaired: dict[str, str] = field(default_factory=dict)
    """Known word -> what was typed instead."""
    surfaces: dict[str, str] = field(default_factory=dict)
    """Stem -> the word as typed."""
    names: dict[str, str] = field(default_factory=dict)
    """Alert names in the query, squeezed -> as written."""
    alert: str = ""
    """The alert the query is about, squeezed: given, or the text begins with its name."""
    alert_sure: float = 0.0
    """How sure it is that `alert` is an alert's name: a product or an exception may begin a text too."""
    ids: tuple[str, ...] = ()
    values: dict[str, Reading] = field(default_factory=dict)
    severity: str = ""
    words_total: float = 0.0
    """Weight of every word, known or not."""
    pairs_total: float = 0.0
    """Weight of every joined pair, known or not."""
    kinds_total: float = 0.0
    length: float = 0.0
    """The length of the query as a vector of its words' weights."""
    attainable: float = 0.0
    """The best lexical score the query could have anywhere."""
    asks: bool = False
    """It asks for something instead of reporting a failure."""
    cut: bool = False
    """The text was longer than is read."""

    def elsewhere(self, index: Postings, service: str | None) -> float:
        """How much is said about areas (certificates, printers, payroll) that no entry speaks of: rarity added up.

        With a service, its entries alone are asked.
        """
        areas = kinds.AREAS & self.told.keys()
        return sum([index.rarity(area) for area in areas if not index.describes(area, service)])

    @property
    def lookups(self) -> dict[str, float]:
        return {**self.pairs, **self.terms}


def read(query: Query, index: Postings) -> Question:
    """Take a query apart against the words the index knows."""
    text = query.text[:LONGEST_TEXT]
    question = Question(cut=len(query.text) > LONGEST_TEXT, severity=_severity(query), asks=asks(text))
    alert = query.alert_name
    whole = "\n".join((alert if alert not in text else "", text, *query.metrics))
    _words(question, whole, index)
    for name in _names(alert, text, index):
        question.names.setdefault(words.squeezed(name), name)
    _about(question, alert, text)
    question.ids = tuple(found.casefold() for found in _ENTRY_ID.findall(text) if found.casefold() in index.by_id)
    question.values = readings(text, index.by_metric)
    for name, value in query.metrics.items():
        question.values[name.casefold()] = Reading(value)
    return question


def _about(question: Question, alert: str, text: str) -> None:
    """Which alert the query is about: the one given, or the name that the text begins with."""
    leading = _LEADING_NAME.match(text)
    if alert.strip():
        question.alert, question.alert_sure = words.squeezed(alert), 1.0
    elif leading is not None:
        name = leading["name"]
        plain = not leading["label"] and (len(words.split_word(name)) < 3 or name.endswith(_EXCEPTIONS))
        question.alert, question.alert_sure = words.squeezed(name), MAYBE_ALERT if plain else 1.0


def _severity(query: Query) -> str:
    return (query.severity or query.labels.get("severity", "")).strip().casefold()


def _names(alert: str, text: str, index: Postings) -> Iterable[str]:
    """The names of alerts in what was said. A page called etcd or kube-proxy is about a thing, and text that speaks of
    the thing does not name an alert."""
    if alert.strip():
        yield alert
    yield from _CAMEL_NAME.findall(text)
    for word in text.split():
        bare = word.strip(".,;:!?()[]\"'`*")
        holders = index.by_alert.get(words.squeezed(bare), ()) if len(bare) > 3 else ()
        if ("_" in bare and holders) or any(index.entries[number].named for number in holders):
            yield bare


def _words(question: Question, text: str, index: Postings) -> None:
    known: dict[str, float] = {}
    for sentence in words.sentences(text):
        found = [_repaired(question, token, index) for token in words.tokens(sentence)]
        for token in found:
            base = words.weight(token.surface)
            if not base:
                continue
            question.surfaces.setdefault(token.stem, token.surface)
            weight = base * index.rarity(token.stem) * _trust(question, token.surface)
            (known if token.stem in index else question.unknown)[token.stem] = weight
        pairs = [*words.joined(found), *words.identifiers(sentence)]
        for kind, term in kinds.spoken([token for token in found if _trust(question, token.surface) > REPAIRED_SHORT]):
            question.told.setdefault(kind, term)
        for pair in pairs:
            if pair in index:
                question.pairs[pair] = JOINED_SHARE * index.rarity(pair)
            else:
                question.missing_pairs += JOINED_SHARE
    if words.shifted(text):
        question.told.setdefault(f"{kinds.MARK}amount", "")
    question.terms = _most(known, MOST_TERMS)
    question.pairs = _most({pair: weight for pair, weight in question.pairs.items() if pair not in known}, MOST_TERMS)
    question.unknown = {word: _unknown_weight(word, weight) for word, weight in question.unknown.items()}
    question.unknown = _most(question.unknown, MOST_TERMS)
    question.kinds = {kind: index.rarity(kind) for kind in question.told if kind in index}
    known_pairs = sum(question.pairs.values())
    question.words_total = sum(question.terms.values()) + sum(question.unknown.values())
    question.length = math.hypot(*question.terms.values(), *question.unknown.values())
    question.pairs_total = known_pairs + question.missing_pairs
    question.kinds_total = sum(question.kinds.values())
    question.attainable = question.words_total + known_pairs + MISSING_SHARE * question.missing_pairs


def _repaired(question: Question, token: words.Token, index: Postings) -> words.Token:
    known = token.stem in index or token.surface in index.vocabulary or kinds.known(token.stem)
    if known or words.weight(token.surface) < 1:
        return token
    better = index.vocabulary.repaired(token.surface)
    if better is None:
        return token
    question.repaired[better] = token.surface
    return words.Token(better, words.stem(better))


def _trust(question: Question, surface: str) -> float:
    """A repaired word may have been right as it was typed: the shorter, the likelier."""
    if surface not in question.repaired:
        return 1.0
    return REPAIRED if len(surface) >= LONG_WORD else REPAIRED_SHORT


def _unknown_weight(word: str, weight: float) -> float:
    """A word with digits in it is an id or a host: no entry could know it, so it speaks less against one."""
    return weight * (0.3 if any(letter.isdigit() for letter in word) else 1.0)


def _most(weights: dict[str, float], count: int) -> dict[str, float]:
    if len(weights) <= count:
        return weights
    return dict(sorted(weights.items(), key=lambda item: -item[1])[:count])
