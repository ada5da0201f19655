"""Facts and snapshots as JSON bytes.

Events written by an older version are brought up to date here, on the way in; a newer version's unknown fields are
dropped, so that two versions can run side by side during a rolling deploy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, overload
from zlib import crc32

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from bot.domain.events import EVENT_TYPES, FACT, SCHEMA, Fact
from bot.domain.incident import Incident

SNAPSHOT_SCHEMA = 3
"""Raised whenever a fold changes its meaning: snapshots of another schema are ignored and the stream is folded anew. A
new event, field or word is noticed without it (`snapshot_head`)."""

NEW_WORDS = frozenset({"enum", "literal_error"})
"""What pydantic calls a value that is not in a closed list of words."""

Raw = dict[str, Any]
M = TypeVar("M", bound=BaseModel)

UPCASTS: dict[int, Callable[[Raw], Raw]] = {}
"""Schema number -> the step that turns a raw fact of that schema into one of the next."""


class UnreadableFact(ValueError):
    """A fact that is damaged, or of a schema that this version has never heard of."""


def dump_fact(fact: Fact) -> bytes:
    """One fact as JSON, defaults left out to keep streams small."""
    raw = fact.model_dump(mode="json", exclude_defaults=True)
    event = {"type": fact.event.type, **raw["event"]}
    return to_json({**raw, "event": event, "v": fact.v})


def load_fact(data: bytes) -> Fact:
    """The fact, brought up to the present schema. A kind of event that only a newer version knows becomes
    `Unfamiliar`, which folds to nothing; so does an event in which only such a version's word stands, where ours has a
    closed list of words. Raises UnreadableFact."""
    try:
        raw = from_json(data)
        schema = raw.get("v", 1)
        while schema < SCHEMA:
            raw = UPCASTS[schema](raw)
            schema += 1
        kind = raw["event"]["type"]
        if kind not in EVENT_TYPES:
            return _unfamiliar(raw, kind)
        try:
            return FACT.validate_python(raw, extra="ignore")
        except ValidationError as error:
            if any(one["type"] not in NEW_WORDS or one["loc"][:1] != ("event",) for one in error.errors()):
                raise
            return _unfamiliar(raw, kind)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFact(f"cannot read the fact {data[:120]!r}: {error}") from error


def _unfamiliar(raw: Raw, kind: str) -> Fact:
    return FACT.validate_python({**raw, "event": {"type": "unfamiliar", "kind": kind}}, extra="ignore")


def load_facts(lines: Iterable[bytes]) -> tuple[Fact, ...]:
    """All facts, in order. Raises UnreadableFact at the first that cannot be read."""
    return tuple(load_fact(line) for line in lines)


def dump_snapshot(incident: Incident) -> bytes:
    """The state as JSON, with what it was folded by first."""
    return snapshot_head() + b":" + incident.model_dump_json(exclude_defaults=True).encode()


@cache
def snapshot_head() -> bytes:
    """The schema, and a digest of every name that facts and state are made of. While two versions run side by side,
    each ignores the snapshots of the other: they lack what only the newer one folds."""
    words = ",".join(_words((Incident, Fact), set()))
    return f"{SNAPSHOT_SCHEMA}.{crc32(words.encode()):08x}".encode()


def _words(kind: Any, seen: set[str]) -> Iterator[str]:
    if repr(kind) in seen:
        return
    seen.add(repr(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, about in kind.model_fields.items():
            yield f"{kind.__name__}.{name}"
            yield from _words(about.annotation, seen)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield f"{kind.__name__}:{'|'.join(str(one.value) for one in kind)}"
    elif isinstance(kind, str):
        yield kind
    for part in kind if isinstance(kind, tuple) else get_args(kind):
        yield from _words(part, seen)


@overload
def load_snapshot(data: bytes) -> Incident | None: ...
@overload
def load_snapshot(data: bytes, kind: type[M]) -> M | None: ...
def load_snapshot(data: bytes, kind: type[BaseModel] = Incident) -> BaseModel | None:
    """The state, or None when it is of another schema or unreadable: the caller folds the stream instead. `kind` may be
    a model with some of the fields of `Incident`: what it does not name is not even built."""
    schema, _, body = data.partition(b":")
    if schema != snapshot_head():
        return None
    try:
        return kind.model_validate_json(body, extra="ignore")
    except ValidationError:
        return None
