"""Facts and snapshots as JSON bytes.

Events written by an older version are brought up to date here, on the way in; a newer version's unknown fields are
dropped, so that two versions can run side by side during a rolling deploy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, overload

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from bot.domain.events import EVENT_TYPES, FACT, SCHEMA, Fact
from bot.domain.incident import Incident

SNAPSHOT_SCHEMA = 3
"""Raised whenever `Incident` changes its meaning: older snapshots are then ignored and the stream is folded anew."""

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
    `Unfamiliar`, which folds to nothing. Raises UnreadableFact."""
    try:
        raw = from_json(data)
        schema = raw.get("v", 1)
        while schema < SCHEMA:
            raw = UPCASTS[schema](raw)
            schema += 1
        if raw["event"]["type"] not in EVENT_TYPES:
            raw["event"] = {"type": "unfamiliar", "kind": raw["event"]["type"]}
        return FACT.validate_python(raw, extra="ignore")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFact(f"cannot read the fact {data[:120]!r}: {error}") from error


def load_facts(lines: Iterable[bytes]) -> tuple[Fact, ...]:
    """All facts, in order. Raises UnreadableFact at the first that cannot be read."""
    return tuple(load_fact(line) for line in lines)


def dump_snapshot(incident: Incident) -> bytes:
    """The state as JSON, with the schema number first."""
    return f"{SNAPSHOT_SCHEMA}:".encode() + incident.model_dump_json(exclude_defaults=True).encode()


@overload
def load_snapshot(data: bytes) -> Incident | None: ...
@overload
def load_snapshot(data: bytes, kind: type[M]) -> M | None: ...
def load_snapshot(data: bytes, kind: type[BaseModel] = Incident) -> BaseModel | None:
    """The state, or None when it is of another schema or unreadable: the caller folds the stream instead. `kind` may be
    a model with some of the fields of `Incident`: what it does not name is not even built."""
    schema, _, body = data.partition(b":")
    if schema != str(SNAPSHOT_SCHEMA).encode():
        return None
    try:
        return kind.model_validate_json(body, extra="ignore")
    except ValidationError:
        return None
