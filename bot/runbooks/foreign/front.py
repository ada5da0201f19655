"""The front matter of a foreign page: how far it goes, and what is broken in it."""

from __future__ import annotations

import re
import tomllib

from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.frontmatter import yaml_pairs

_MARKS = {"---": ("---", "..."), "+++": ("+++",)}
_LIKE = re.compile(r"\s|#|-|[\w\"'.-]+\s*[:=]")
_KEY = re.compile(r"[a-z_][\w.-]*\s*[:=](?:\s|$)")
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


def front_matter(path: str, lines: list[str]) -> tuple[int, list[str]]:
    """How many lines at the top are front matter (YAML or TOML), marks included, and `path:line: …` for what is broken
    in it. A line of three hyphens may also be a rule: what follows one is front matter when it looks like keys, or when
    it begins with a key and goes on to the closing mark without a gap."""
    mark = lines[0].rstrip()
    if mark not in _MARKS:
        return 0, []
    begins = len(lines) > 1 and _KEY.match(lines[1]) is not None
    close = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() in _MARKS[mark]), None)
    if close is None:
        never = (
            f"{path}:1: The front matter is never closed, so it is text. Write a line with {mark} after its last key."
        )
        return 0, [never] if begins else []
    body = lines[1:close]
    if not all(_LIKE.match(line) for line in body if line.strip()) and not (begins and all(map(str.strip, body))):
        return 0, []
    return close + 1, _toml(path, body) if mark == "+++" else _yaml(path, body)


def _yaml(path: str, body: list[str]) -> list[str]:
    log = Log(path)
    yaml_pairs("\n".join(body), 1, log)
    return [f"{path}:{one.line}: {one.message}" for one in log.found]


def _toml(path: str, body: list[str]) -> list[str]:
    try:
        tomllib.loads("\n".join(body))
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        line = int(found[1]) + 1 if found else len(body) + 1
        return [f"{path}:{line}: The front matter is not TOML: {_PLACE.sub('', str(error))}."]
    except RecursionError:
        return [f"{path}:2: The front matter is nested too deeply."]
    return []
