"""Whom a sentence names, and whether section 4 knows them."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.domain.runbook import Contact
from bot.runbooks.lint.page import words

_OPENING = re.compile(
    r"^(?:please|always|escalate|page|call|phone|ring|tell|ask|then|whoever|anyone|who|is|are|to|the|our|an?|[*_`]+|\s)+\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"\s(?:if|when|once|after|unless|at|for|with|within|in|always|immediately|before|until|as|who|alone|may|can|decides?|to)\b"
    r"|[,;.:(—–]|\s-\s",
    re.IGNORECASE,
)
_EMPTY = frozenset({"the", "a", "an", "our", "team", "rota", "person", "duty"})
_ON_DUTY = frozenset({"on-call", "oncall", "primary"})
EVERYBODY = frozenset({"everyone", "everybody", "all"})
_ANYBODY = frozenset({"engineer", "responder", "operator"})
NOBODY = re.compile(r"^[\s\-–—?.]*$|^(?:tbd|n/?a|none|unknown)$", re.IGNORECASE)
_POINTER = re.compile(r"\b(?:contact|row|order|number|no\.?|#)\s*(\d+)|\bsection 4\b", re.IGNORECASE)


def addressees(text: str) -> list[str]:
    """The people or roles a sentence sends the reader to: `engineering on-call` of `to engineering on-call if ...`."""
    names = []
    sentence = re.split(r"\.\s", text.strip(), maxsplit=1)[0]
    for clause in sentence.split(";"):
        head = _OPENING.sub("", clause.strip())
        head = _END.split(head, maxsplit=1)[0]
        names += [_OPENING.sub("", name).strip(" *_`") for name in re.split(r"\s+(?:and|or)\s+|\s*[/&]\s*", head)]
    return [name for name in names if name]


def known(name: str, contacts: tuple[Contact, ...]) -> bool:
    """Whether some row of section 4 stands for that person or role, by name, role, order or subject."""
    pointer = _POINTER.search(name)
    if pointer:
        return pointer.group(1) is None or pointer.group(1) in {contact.order.strip(" .") for contact in contacts}
    wanted = _terms(name)
    if wanted & _ON_DUTY:
        wanted -= _ANYBODY
    if wanted <= EVERYBODY:
        # A row that is called for everything does not make everybody a role.
        return False
    return any(
        all(_among(term, _terms(text)) for term in wanted)
        for contact in contacts
        for text in (contact.who, contact.for_what)
    )


def one_is_unnamed(contacts: tuple[Contact, ...]) -> bool:
    """Whether a row of section 4 has lost its name (E12 says so): any role may be the one it stands for."""
    return any(NOBODY.match(contact.who) for contact in contacts)


@lru_cache(maxsize=4096)
def _terms(text: str) -> frozenset[str]:
    spelled = re.sub(r"\bon[ -]?call(?:'s)?\b", "on-call", text, flags=re.IGNORECASE)
    return frozenset(words(spelled)) - _EMPTY


def _among(term: str, terms: frozenset[str]) -> bool:
    """`engineer` is found in `engineering`; `primary` and `on-call` are the same person."""
    if term in _ON_DUTY:
        return bool(terms & _ON_DUTY)
    stem = term[: max(5, len(term) - 3)]
    return any(other == term or (len(stem) > 4 and other.startswith(stem)) for other in terms)
