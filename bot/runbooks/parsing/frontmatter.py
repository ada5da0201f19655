"""The YAML head of a runbook, read node by node: every key keeps its line, and nothing is guessed from YAML's types."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import PurePath
from zoneinfo import ZoneInfo

import yaml

from bot.domain.runbook import Span
from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.text import slug

_CLOSE = re.compile(r"(?:---|\.\.\.)\s*$")
_MAX_LINES = 200
_MAX_BRACKETS = 500


@dataclass(slots=True)
class FrontMatter:
    """The head as data. `end` is the number of lines it takes, both fences included; 0 when there is none."""

    end: int = 0
    service: str = ""
    aliases: tuple[str, ...] = ()
    owner: str = ""
    channels: tuple[str, ...] = ()
    reviewed: date | None = None
    timezone: str = "UTC"
    private: bool = False
    silenced: dict[str, str] = field(default_factory=dict)
    span: Span | None = None
    lines: dict[str, int] = field(default_factory=dict)


def read_front_matter(lines: list[str], path: str, log: Log) -> FrontMatter:
    """Read the head of a file; whatever is wrong with it goes into the log."""
    front = FrontMatter()
    start = next((at for at, line in enumerate(lines) if line.strip()), None)
    if start is None or lines[start].rstrip() != "---":
        front.service = _fallback(path)
        return front
    window = range(start + 1, min(len(lines), start + _MAX_LINES))
    close = next((at for at in window if _CLOSE.match(lines[at])), None)
    if close is None:
        log.add("P03", start + 1, "The front matter is never closed. Write a line with --- after its last key.")
        front.service = _fallback(path)
        return front
    front.end = close + 1
    front.span = Span(start=start + 1, end=close + 1)
    known = len(log.found)
    for key, line, node in yaml_pairs("\n".join(lines[start + 1 : close]), start + 1, log):
        if earlier := front.lines.get(key):
            log.add("P05", line, f"{key}: stands here again, first on line {earlier}. The last one is used: keep one.")
        front.lines[key] = line
        _take(front, key, node, line, log)
    if not front.service:
        front.service = _fallback(path)
        if all(one.rule != "P03" for one in log.found[known:]):
            log.add("P04", front.lines.get("service", start + 1), f'No service id; "{front.service}" is used.')
    return front


def _fallback(path: str) -> str:
    return slug(PurePath(path).stem) or "unnamed"


def yaml_pairs(text: str, first: int, log: Log) -> list[tuple[str, int, yaml.Node]]:
    """Key, line (1-based) and value node of each top-level key. `first` lines stand before the text. Whatever is wrong
    with it goes into the log."""
    if text.count("[") + text.count("{") > _MAX_BRACKETS:
        log.add("P03", first + 1, "The front matter is nested too deeply.")
        return []
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        log.add("P03", first + 1, "The front matter is nested too deeply.")
        return []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = mark.index if mark is not None else int(getattr(error, "position", 0))
        before = text[:at].split("\n")
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        log.add("P03", first + len(before), f"The front matter is not YAML: {problem}.", len(before[-1]) + 1)
        return []
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        log.add("P03", first + 1, "The front matter must be lines of the form key: value.")
        return []
    pairs = []
    for key, value in root.value:
        if isinstance(key, yaml.ScalarNode):
            pairs.append(
                (str(key.value).strip().casefold(), first + text.count("\n", 0, key.start_mark.index) + 1, value)
            )
    return pairs


def _scalar(node: yaml.Node) -> str | None:
    """The text of a scalar as written, "" for null; None when it is a list or a mapping."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value).strip()


def _words(node: yaml.Node) -> tuple[str, ...] | None:
    """A list of scalars, or one scalar as a list of one; None for anything else."""
    if isinstance(node, yaml.SequenceNode):
        found = [_scalar(child) for child in node.value]
        return None if None in found else tuple(word for word in found if word)
    one = _scalar(node)
    return None if one is None else tuple(word for word in re.split(r"\s*,\s*", one) if word)


def _take(front: FrontMatter, key: str, node: yaml.Node, line: int, log: Log) -> None:
    match key:
        case "service":
            _take_service(front, node, line, log)
        case "owner":
            front.owner = _text(key, node, line, log)
        case "aliases":
            front.aliases = _list(key, node, line, log)
        case "channels":
            front.channels = _list(key, node, line, log)
        case "reviewed":
            text = _text(key, node, line, log)
            front.reviewed = parse_date(text)
            if text and front.reviewed is None:
                log.add("P05", line, f'reviewed: "{text}" is no date. Write it as YYYY-MM-DD.')
        case "timezone":
            _take_timezone(front, _text(key, node, line, log), line, log)
        case "private":
            _take_private(front, _text(key, node, line, log), line, log)
        case "lint":
            _take_lint(front, node, line, log)


def _take_service(front: FrontMatter, node: yaml.Node, line: int, log: Log) -> None:
    text = _text("service", node, line, log)
    front.service = slug(text)
    if front.service != text:
        log.add("P05", line, f'service: "{text}" must be lower case letters, digits and hyphens.')


def _take_timezone(front: FrontMatter, text: str, line: int, log: Log) -> None:
    if text and not _is_timezone(text):
        log.add("P05", line, f'timezone: "{text}" is unknown, UTC is used. Write it as Europe/London.')
    else:
        front.timezone = text or "UTC"


def _take_private(front: FrontMatter, text: str, line: int, log: Log) -> None:
    front.private = text.casefold() in ("true", "yes", "on")
    if not front.private and text.casefold() not in ("", "false", "no", "off"):
        # A typo must not make public what was meant to be private.
        front.private = True
        log.add("P05", line, f'private: "{text}" is neither true nor false; true is used.')


def _take_lint(front: FrontMatter, node: yaml.Node, line: int, log: Log) -> None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else None
    if pairs is None:
        if _scalar(node) != "":
            log.add("P05", line, 'lint: must name rules with a reason, such as {W13: "one extra page"}.')
        return
    front.silenced = {}
    for rule, reason in pairs:
        name, why = _scalar(rule), _scalar(reason)
        if name and name.upper() in front.silenced:
            log.add("P05", line, f"lint: {name.upper()} stands twice. The last reason is used: keep one.")
        if name:
            front.silenced[name.upper()] = why or ""


def _text(key: str, node: yaml.Node, line: int, log: Log) -> str:
    text = _scalar(node)
    if text is None:
        log.add("P05", line, f"{key}: must be one value, not a list or a mapping.")
    return text or ""


def _list(key: str, node: yaml.Node, line: int, log: Log) -> tuple[str, ...]:
    words = _words(node)
    if words is None:
        log.add("P05", line, f'{key}: must be a list of words, such as ["a", "b"].')
    return words or ()


def parse_date(text: str) -> date | None:
    """An ISO date at the start of a text; None when there is none."""
    found = re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", text.strip(), re.A)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True
