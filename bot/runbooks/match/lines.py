"""Queries as JSON lines: one object a line, and an error that says what is wrong with a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.runbooks.match.model import Candidate, Match, Query

Q = TypeVar("Q", bound=Query)


class LineError(ValueError):
    """A line that is no query. The message is for a person."""


class Case(Query):
    """A query with its right answer, for an evaluation."""

    gold: str | None
    """Id of the right entry; null when no entry describes the failure. It must be given: forgetting it is not null."""


def read_query(line: str) -> tuple[Query, list[str]]:
    """The query in one line of JSON, and the names of fields that mean nothing here and were left out.

    Raises:
        LineError: it is not JSON, not an object, has a wrong field, or asks nothing.
    """
    return _read(line, Query)


def read_case(line: str) -> Case:
    """The query and its right answer (`"gold"`) in one line of JSON. Other fields may be there (an id, a remark).

    Raises:
        LineError: as `read_query`, or there is no `gold`.
    """
    return _read(line, Case)[0]


def _read(line: str, kind: type[Q]) -> tuple[Q, list[str]]:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        # Its own words end in "line 1 column 1", which beside the line's number in the file would mislead.
        raise LineError(f"not JSON: {error.msg[:1].lower()}{error.msg[1:]} at column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise LineError('not a JSON object: write {"text": "what you see"}')
    extra = [name for name in data if name not in kind.model_fields]
    try:
        query = kind.model_validate({name: value for name, value in data.items() if name not in extra})
    except ValidationError as error:
        raise LineError("; ".join(_said(one) for one in error.errors()[:3])) from None
    if query.blank:
        found = f", only {', '.join(extra)} was given" if extra else ""
        raise LineError(f'nothing to match: give "text" or "alert"{found}')
    return query, extra


def _said(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f'"{name}" is missing'
    return f'"{name}": {error["msg"][:1].lower()}{error["msg"][1:]}'


def write_match(match: Match, extra: Sequence[str] = ()) -> dict[str, Any]:
    """The answer as JSON data: the verdict, the candidates, and `elsewhere` and `note` when there is something.

    `extra` are the names of fields that were left out of the query: the note says so.
    """
    answer: dict[str, Any] = {
        "verdict": match.verdict.value,
        "candidates": [_write(candidate) for candidate in match.candidates],
    }
    if match.elsewhere is not None:
        answer["elsewhere"] = {"id": match.elsewhere.id, "service": match.elsewhere.service}
    notes = [match.note, f"Unknown fields were left out: {', '.join(extra)}." if extra else ""]
    if any(notes):
        answer["note"] = " ".join(note for note in notes if note)
    return answer


def _write(candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "service": candidate.service,
        "title": candidate.title,
        "score": candidate.score,
        "why": list(candidate.why),
    }
