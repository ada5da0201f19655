"""From text to index terms: words split at case and punctuation, stemmed, neighbours joined.

"DaemonSet", "daemon set", "daemon-set" and "daemonset" must meet. Each word is split where its case or punctuation
changes, each part is stemmed, and neighbouring parts are also joined into one term, which doubles as a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import Stemmer  # type: ignore[import-not-found, import-untyped, unused-ignore]  # ships no type information

_CHUNK = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:['’_\-./:=][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+")
_HUMP = re.compile(r"[a-z0-9][A-Z]|_")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_LETTER = re.compile(r"[^\W\d_]")
_STATUS_CODE = re.compile(r"[1-5]\d\d")
_STATUS_CODES = re.compile(r"\b([1-5]\d\d)s\b")
_PRICE = re.compile(r"[$€£](?=\s?\d|[/$€£\s]|$)")
_FIGURE = re.compile(r"(?<![\w.,'])\d+(?:[.,' ]\d+)*(?![\w:%])")
_NO_DIGIT = re.compile(r"\D")
_CONTRACTED_NOT = re.compile(r"n['’]t\b")
_POSSESSIVE = re.compile(r"['’](?:s|re|ve|ll|d|m)\b")

MAX_WORD = 40
"""Longer runs of letters are hashes and encoded blobs: no reader's word, so they are not indexed."""


MOST_FIGURES = 12
"""A text with more numbers than this is a table or a log, not a report about two of them."""


def listed(text: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(text.split())


STOP = listed(
    """
a about above after again all also am an and any are as at be because been before being below between both but by can
could did do does doing done during each else ever every few for from further get gets getting got had has have having
he her here hers him his how i if in into is it its itself just let lets like lol many may me might more most much
must my of on once one only or other our ours own per please really said same say says seem seems she should so some
such than that the their theirs them then there these they thing things this those though through to too until upon us
very via was we were what when where whether which while who whom whose why will with within would yes yet you your
yours im ive dont thats
"""
)
"""Words that carry no evidence about a failure, in either direction."""

LIGHT = listed(
    """
no not never none without down up out off over under already always anyone anybody back everybody everyone everything
going guy help hey hi know look looks looking make makes need new nobody nothing now old people right see seen show
shows since somebody someone something still sure take tell today tonight try two three use used uses using want way
well went whole yesterday morning night minute minutes min mins hour hours day days week weeks month second seconds
sec last first next ago around come comes coming far long think thought maybe alert alerts fired firing fire issue
issues problem problems happen happens happening example following check found e g etc
"""
)
"""Words that count little: negations and time words mean something beside another word, hardly alone."""

LIGHT_WEIGHT = 0.25

_WRITTEN_SHORT = """
account acct accts, application app apps, attribute attr attrs, authentication auth authn, authorization authz,
certificate cert certs, config cfg conf configuration, connection conn conns, conversation convo convos,
credential cred creds, customer cust custs, daemonset ds, database db dbs, document doc docs,
duplicate dup dups dupe dupes, embedding emb embs, environment env envs, error err errs, filesystem fs, image img imgs,
invoice inv invs, kubernetes k8s, language lang, memory mem, message msg msgs, namespace ns, parameter param params,
password pw pwd, permission perm perms, persistentvolume pv, persistentvolumeclaim pvc, picture pic pics,
postgres postgresql pg, priority prio, reference ref refs, replicaset rs, repository repo, request req reqs,
response resp, service svc, source src, statefulset sts, ticket tix tkt, token tok toks, vector vec vecs
"""

SHORT_FOR: dict[str, str] = {
    short: word for word, *shorts in map(str.split, _WRITTEN_SHORT.split(",")) for short in shorts
}
"""How people who type in a hurry shorten the words of operations: short form -> word."""


class Token(NamedTuple):
    """One word of a text. `surface` is as typed (lower case), `stem` is what the index knows it by."""

    surface: str
    stem: str


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball English stem of a lower-case word, written out if it is short for one; words with digits are
    left alone."""
    word = SHORT_FOR.get(word, word)
    return word if len(word) < 4 or not word.isalpha() else str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    return Stemmer.Stemmer("english")


def sentences(text: str) -> list[str]:
    """The text cut at sentence ends and line ends; blank parts dropped."""
    return [part for part in _SENTENCE_END.split(text) if part and not part.isspace()]


@lru_cache(maxsize=65536)
def split_word(chunk: str) -> tuple[str, ...]:
    """The lower-case parts of one written word: "KubeNode_not-Ready" -> kube, node, not, ready."""
    parts: list[str] = []
    for piece in _PIECE.findall(chunk):
        if piece.islower() or piece.isdigit() or not piece.isascii():
            parts.append(piece.casefold())
        else:
            parts.extend(part.casefold() for part in _CAMEL.findall(piece))
    return tuple(parts)


@lru_cache(maxsize=65536)
def _chunk_tokens(chunk: str) -> tuple[Token, ...]:
    if chunk[0].isdigit() and not _STATUS_CODE.fullmatch(chunk) and not _LETTER.search(chunk):
        return ()
    return tuple(
        Token(part, stem(part))
        for part in split_word(chunk)
        if len(part) <= MAX_WORD and not (part.isdigit() and not _STATUS_CODE.fullmatch(part))
    )


def tokens(text: str) -> list[Token]:
    """Every word worth indexing, in order. Numbers are dropped, except status codes (429, 503s).

    A currency sign before an amount is the word "dollars": that money is spoken of counts, not which.
    """
    if "$" in text or "€" in text or "£" in text:
        text = _PRICE.sub(" dollars ", text)
    text = _STATUS_CODES.sub(r"\1", text)
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub("", _CONTRACTED_NOT.sub(" not", text))
    return [token for chunk in _CHUNK.findall(text) for token in _chunk_tokens(chunk)]


def shifted(text: str) -> bool:
    """Whether two numbers in the text have the same digits and another size: 1.234,56 and 1.23, 98,00 and 9800."""
    written = {found for found in _FIGURE.findall(text) if len(_digits(found)) > 1}
    if len(written) > MOST_FIGURES:
        return False
    pairs = ((one, other) for one in written if not one.isdigit() for other in written - {one})
    return any(_same(_digits(one), _digits(other)) for one, other in pairs)


def _digits(number: str) -> str:
    return "".join(_NO_DIGIT.split(number)).strip("0")


def _same(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def joined(words: Iterable[Token]) -> Iterator[str]:
    """Neighbouring words as one term each ("daemon", "set" -> "daemonset"). Stop words break the chain."""
    before: Token | None = None
    for word in words:
        if word.surface in STOP:
            before = None
            continue
        if before is not None and not (before.surface in LIGHT and word.surface in LIGHT):
            yield before.surface + word.stem
        before = word


def identifiers(text: str) -> list[str]:
    """The written names in a text that are made of three words or more, squeezed: KubePodNotReady, kube_pod_info."""
    if not _HUMP.search(text):
        return []
    return [
        squeezed(chunk)
        for chunk in _CHUNK.findall(text)
        if len(chunk) > 8 and _HUMP.search(chunk) and len(split_word(chunk)) > 2
    ]


def weight(surface: str) -> float:
    """How much a word counts by itself, before its rarity is known: 0, LIGHT_WEIGHT or 1."""
    if surface in STOP or len(surface) < 2:
        return 0.0
    return LIGHT_WEIGHT if surface in LIGHT else 1.0


def squeezed(name: str) -> str:
    """A name for exact comparison: letters and digits only, lower case ("KubePod-NotReady" -> "kubepodnotready")."""
    return "".join(_PIECE.findall(name)).casefold()
