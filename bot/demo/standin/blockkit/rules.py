"""Small rules that say what is wrong with a JSON value, in the words and with the pointers Slack's validator uses.

The wording is measured: it is that of `response_metadata.messages` in answers of the real service, as developers have
reported them; the documentation names only the limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where (a JSON pointer)."""

    what: str
    at: str

    def __str__(self) -> str:
        return f"{self.what} [json-pointer:{self.at}]"


Rule = Callable[[Any, str], Iterator[Problem]]


def string(most: int, least: int = 1, pattern: str = "") -> Rule:
    """Text of a bounded length; with `pattern`, of that form as well."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("must provide a string", at)
            return
        if len(value) > most:
            yield Problem(f"must be less than {most + 1} characters", at)
        if len(value) < least:
            yield Problem(f"must be more than {least - 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem("must match the pattern " + pattern, at)

    return check


def whole(least: int, most: int) -> Rule:
    """A whole number within bounds."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem("must provide an integer", at)
        elif not least <= value <= most:
            yield Problem(f"must be between {least} and {most}", at)

    return check


def number(value: Any, at: str) -> Iterator[Problem]:
    """Any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem("must provide a number", at)


def boolean(value: Any, at: str) -> Iterator[Problem]:
    """true or false."""
    if not isinstance(value, bool):
        yield Problem("must provide a boolean", at)


def choice(*allowed: str) -> Rule:
    """One of a few words."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem("must be a valid enum value", at)

    return check


def array(of: Rule, most: int, least: int = 1) -> Rule:
    """A list of bounded length whose every item obeys `of`."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("must provide an array", at)
            return
        if len(value) > most:
            yield Problem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield Problem(f"no fewer than {least} items allowed", at)
        for number, item in enumerate(value):
            yield from of(item, f"{at}/{number}")

    return check


def anything(value: Any, at: str) -> Iterator[Problem]:
    """No rule of ours: `value` at `at` may be whatever it is."""
    del value, at
    yield from ()


@dataclass(frozen=True)
class Shape:
    """An object: which properties it must and may have.

    `also` checks what one property cannot see of another; it is asked only when each of them is right by itself.
    """

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    also: Callable[[dict[str, Any], str], Iterator[Problem]] | None = None

    def __call__(self, value: Any, at: str) -> Iterator[Problem]:
        """Every problem of `value`, found at `at`."""
        if not isinstance(value, dict):
            yield Problem("must provide an object", at)
            return
        alone = list(self._properties(value, at))
        yield from alone
        if self.also is not None and not alone:
            yield from self.also(value, at)

    def _properties(self, value: dict[str, Any], at: str) -> Iterator[Problem]:
        for name in self.required:
            if name not in value:
                yield Problem(f"missing required field: {name}", at)
        for name, item in value.items():
            rule = self.required.get(name) or self.optional.get(name)
            if rule is None:
                yield Problem(f"invalid additional property: {name}", at)
            else:
                yield from rule(item, f"{at}/{name}")


def typed(shapes: Mapping[str, Shape], allowed: frozenset[str] | None = None) -> Rule:
    """An object that names its own shape in `type`; only `allowed` types fit here, when given."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must provide an object", at)
            return
        kind = value.get("type")
        if kind is None:
            yield Problem("missing required field: type", at)
            return
        if not isinstance(kind, str) or kind not in shapes or (allowed is not None and kind not in allowed):
            yield Problem(f"unsupported type: {kind}", f"{at}/type")
            return
        yield from shapes[kind]({name: item for name, item in value.items() if name != "type"}, at)

    return check
