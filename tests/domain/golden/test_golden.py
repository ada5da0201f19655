"""Facts of earlier versions stay readable: the stream beside this file was written once and is never rewritten.

When an event was added, or has grown a field: `python -m tests.domain.golden.write`, and commit what it adds.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.codec import dump_fact, load_fact, load_facts
from bot.domain.events import Unfamiliar
from bot.domain.fold import fold
from bot.domain.incident import Phase
from tests.domain.golden.write import kinds, known, lines, name_of, shapes

HOW = "run: python -m tests.domain.golden.write"


def missing(old: Any, new: Any, where: str) -> list[str]:
    """What is in `old` and not the same in `new`."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [fault for key, value in old.items() for fault in missing(value, new.get(key), f"{where}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [fault for n, pair in enumerate(zip(old, new, strict=True)) for fault in missing(*pair, f"{where}[{n}]")]
    return [] if old == new else [f"{where}: {old!r} became {new!r}"]


def test_every_event_is_in_the_stream() -> None:
    there = {json.loads(line)["event"]["type"] for line in lines()}
    assert {name_of(kind) for kind in kinds()} <= there, HOW


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{json.loads(line)['event']['type']}")
def test_a_fact_of_an_earlier_version_keeps_all_it_said(line: bytes) -> None:
    fact = load_fact(line)
    assert not isinstance(fact.event, Unfamiliar), "this kind of event has been taken away or renamed"
    assert missing(json.loads(line), json.loads(dump_fact(fact)), "fact") == []


def test_the_stream_folds() -> None:
    facts = load_facts(lines())
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    incident = fold(facts, incident_id="golden")
    assert incident is not None
    assert (incident.version, incident.number, incident.service) == (len(facts), 1, "a service")
    assert incident.phase in Phase
    assert incident.runs and incident.proposal and incident.shown and incident.participants


def test_events_only_grow_and_what_they_grow_has_a_default() -> None:
    now = shapes()
    faults = []
    for name, fields in known().items():
        for field, required in fields.items():
            if field not in now.get(name, {}):
                faults.append(f"{name}.{field} is gone: older streams have it")
            elif now[name][field] and not required:
                faults.append(f"{name}.{field} is required now: older streams may lack it")
        grown = [field for field in now.get(name, {}).keys() - fields.keys() if now[name][field]]
        faults += [f"{name}.{field} is new and has no default: older streams lack it" for field in grown]
    assert faults == []
    assert known().keys() >= now.keys(), HOW


def test_the_guard_sees_what_was_lost() -> None:
    assert missing({"a": 1, "b": [{"c": 2}]}, {"a": 1, "b": [{}]}, "fact") == ["fact.b[0].c: 2 became None"]
