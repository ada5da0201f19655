"""Which code in a step is a command to run, and which is a name, a metric or an expected line.

The rule, in order:

1. A code block is a command, unless its language says output or data (text, log, json, yaml, diff, mermaid ...).
2. Inline code that follows a word such as *shows*, *message* or *log* is something to see, not to run.
3. Inline code with a space is a command when its first word can be a program's name (lower case, a path, `NAME=value`
   before it, or an SQL verb) and the second is no comparison: `agentctl queue head` is one, `queue_depth > 60` and
   `Worker stall detected` are not.
4. Inline code of one word is a command only when a sentence says so (*run*, *execute*, *type*, *enter*, *invoke*
   before it), when it starts with `./`, or when it is all that the text holds: `queue_depth` alone is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.runbook import Command, Span
from bot.runbooks.parsing.blocks import Block
from bot.runbooks.parsing.text import code_spans

_DATA = re.compile(
    r"(?:te?xt|plain|plaintext|output|logs?|jsonc?|ya?ml|toml|ini|[ct]sv|diff|xml|html|mermaid|markdown|md|properties"
    r"|none)$",
    re.I,
)
_SHOWN = re.compile(
    r"\b(?:logs?|says?|shows?|contains?|messages?|errors?|prints?|reads?|reports?|returns?|outputs?|labels?|named|called"
    r"|status|shown|match(?:es)?|like|is|are|was|with the (?:text|line|error))\s*:?\s*[\"'(]?$",
    re.I,
)
_TOLD = re.compile(r"\b(?:run|execute|type|enter|invoke)(?:\s+(?:the\s+)?(?:command|script))?\s*:?\s*$", re.I)
_PROGRAM = re.compile(r"(?:\$\s+)?(?:[A-Z_][A-Z0-9_]*=\S*\s+)*[~.]?[a-z0-9_./][\w./+-]*$|[A-Z][a-z]+-[A-Z]\w+$")
_SQL = re.compile(r"(?:SELECT|INSERT|UPDATE|DELETE|ALTER|CREATE|DROP|SHOW|KILL|EXPLAIN|VACUUM|ANALYZE|TRUNCATE|SET)$")
_COMPARES = re.compile(r"[<>=!≤≥~+*/&|-]+$|(?:is|are|and|or|by|of|the|in|not)$|[<>≤≥=]")
_ASSIGNED = re.compile(r"(?:[A-Z_][A-Z0-9_]*=\S*\s+)+")


def reads_as_command(code: str, before: str = "", *, alone: bool = False) -> bool:
    """Whether inline code is a command. `before` is the text in front; `alone`: nothing else is there."""
    code = code.strip()
    if not code or _SHOWN.search(before[-40:]):
        return False
    words = _ASSIGNED.sub("", code.removeprefix("$ ")).split()
    if not words:
        return False
    if len(words) == 1:
        return alone or code.startswith("./") or bool(_TOLD.search(before[-40:]))
    if _SQL.match(words[0]):
        return True
    return bool(_PROGRAM.match(words[0])) and not _COMPARES.match(words[1])


def is_command_block(block: Block) -> bool:
    """Whether a code block is to be run, by its language."""
    return not _DATA.match(block.language)


def block_command(block: Block) -> Command:
    """A code block as a command, verbatim."""
    return Command(text=block.text, language=block.language, span=block.span)


def inline_commands(text: str, line: int) -> Iterable[Command]:
    """The commands among the inline code of a text whose first line is `line` (0-based)."""
    spans = code_spans(text)
    alone = len(spans) == 1 and not text[: spans[0][0]].strip() and not text[spans[0][1] :].strip(" \t\n.")
    for start, _, code in spans:
        if reads_as_command(code, text[:start], alone=alone):
            at = line + text.count("\n", 0, start) + 1
            yield Command(text=code, span=Span(start=at, end=at))
