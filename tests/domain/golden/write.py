"""Adds what is new to the golden stream: `python -m tests.domain.golden.write`.

It only ever adds lines. A line that is there was written by a released version, and every later version must read it.
"""

from __future__ import annotations

import enum
import json
import types
from dataclasses import is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from bot.domain.codec import dump_fact, load_fact
from bot.domain.events import Event, Fact, Unfamiliar
from bot.domain.vocabulary import Actor

STREAM = Path(__file__).with_name("stream.jsonl")
SHAPES = Path(__file__).with_name("shapes.json")
START = 1_800_000_000_000

Shapes = dict[str, dict[str, bool]]
"""Event type -> field -> whether it is required."""


def kinds() -> list[type[BaseModel]]:
    """Every kind of event that is written."""
    return [kind for kind in get_args(get_args(Event)[0]) if kind is not Unfamiliar]


def name_of(kind: type[BaseModel]) -> str:
    return str(kind.model_fields["type"].default)


def shapes() -> Shapes:
    """The shape of every event as the code has it now."""
    return {
        name_of(kind): {name: field.is_required() for name, field in sorted(kind.model_fields.items())}
        for kind in sorted(kinds(), key=name_of)
    }


def sample(wanted: Any, name: str) -> Any:
    """A value of a type, everything in it filled in, as JSON would have it."""
    origin, inside = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        return sample(inside[0], name)
    if origin is Literal:
        return inside[0]
    if origin in (Union, types.UnionType):
        return sample(next(one for one in inside if one is not type(None)), name)
    if origin in (tuple, list):
        return [sample(inside[0], name)]
    if origin is dict:
        return {sample(inside[0], name): sample(inside[1], name)}
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        # What equals its default is not written: a flag that is on by default has to be off to be seen.
        return {
            key: False if field.default is True else sample(field.annotation, key)
            for key, field in wanted.model_fields.items()
        }
    if is_dataclass(wanted):
        return {key: sample(one, key) for key, one in get_type_hints(wanted).items()}
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return list(wanted)[-1].value
    plain: dict[Any, Any] = {str: f"a {name}", int: 1, float: 1.5, bool: True}
    return plain[wanted]


def lines() -> list[bytes]:
    """The golden stream."""
    return STREAM.read_bytes().splitlines() if STREAM.exists() else []


def known() -> Shapes:
    """The shapes that were ever released."""
    found: Shapes = json.loads(SHAPES.read_text(encoding="utf-8")) if SHAPES.exists() else {}
    return found


def main() -> None:
    """Add a line for each event that is new or has grown."""
    old, now = known(), shapes()
    stream = lines()
    for kind in kinds():
        name = name_of(kind)
        # A stream begins once: how `declared` has grown is in the shapes alone.
        if old.get(name) == now[name] or (name == "declared" and stream):
            continue
        version = len(stream) + 1
        at = START + version * 60_000
        fact = Fact.model_validate(
            {
                "version": version,
                "at": at,
                "happened": at - 1000,
                "by": Actor(id="U1", name="Sam"),
                "via": "slack",
                "event": sample(kind, name),
            }
        )
        stream.append(dump_fact(fact))
        load_fact(stream[-1])
    STREAM.write_bytes(b"\n".join(stream) + b"\n")
    merged = {name: {**old.get(name, {}), **now.get(name, {})} for name in sorted({*old, *now})}
    SHAPES.write_text(json.dumps(merged, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
