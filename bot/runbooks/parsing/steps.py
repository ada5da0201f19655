"""Steps: one list item becomes one typed step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.domain.runbook import Choice, Command, Span, Step, StepKind
from bot.runbooks.parsing.blocks import TICK_BOX, Block, Kind, item_lines, source_span
from bot.runbooks.parsing.commands import block_command, inline_commands, is_command_block
from bot.runbooks.parsing.text import blank_comments, mask_code

KINDS: dict[str, StepKind] = {
    "check": StepKind.CHECK,
    "verify": StepKind.CHECK,
    "confirm": StepKind.CHECK,
    "look": StepKind.CHECK,
    "act": StepKind.ACT,
    "do": StepKind.ACT,
    "run": StepKind.ACT,
    "action": StepKind.ACT,
    "wait": StepKind.WAIT,
    "pause": StepKind.WAIT,
    "do nothing": StepKind.WAIT,
    "branch": StepKind.BRANCH,
    "decide": StepKind.BRANCH,
    "roll back": StepKind.ROLLBACK,
    "rollback": StepKind.ROLLBACK,
    "roll-back": StepKind.ROLLBACK,
    "revert": StepKind.ROLLBACK,
    "escalate": StepKind.ESCALATE,
    "escalation": StepKind.ESCALATE,
    "page": StepKind.ESCALATE,
}
"""The words that open a step, and the kind each means. The first of a kind is the one to write."""

_EXPECT = frozenset({"expect", "expected", "expected output", "expected result", "expects"})
_IF_NOT = frozenset({"if not", "otherwise", "if it does not", "if it doesn't", "else"})
_YES_NO = frozenset({"yes", "no", "if yes", "if no"})

_UNIT_MINUTES = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": 1440.0}
_DURATION = r"(\d{1,5}(?:[.,]\d{1,3})?)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b"
_DURATION_RE = re.compile(_DURATION, re.I)
_WAIT_TEXT = re.compile(
    rf"\b(?:for|wait|another|nothing)\s+(?:about\s+|at least\s+|up to\s+)?(?:\d+\s*[-–]\s*)?{_DURATION}", re.I
)
_WORDS = "|".join(sorted((re.escape(word) for word in KINDS), key=len, reverse=True))
_DASH = r"\s[–—-](?=\s)"
_KIND = re.compile(
    rf"\s*(?:(?P<e>\*\*|__|\*|_)\s?(?P<k>{_WORDS})(?P<rest>\s[^*_:\n]{{0,40}}?)?"
    rf"\s?(?:[:：]\s?(?P=e)|(?P=e)\s?[:：]|[.](?P=e)(?=\s)|(?P=e){_DASH})"
    rf"|(?P<pk>{_WORDS})(?P<prest>\s\d[^*_:\n]{{0,20}}?)?(?:[:：](?=\s|$)|{_DASH})"
    rf"|[\[(](?P<bk>{_WORDS})[\])][:：]?(?=\s))[ \t]*",
    re.I,
)
# A verb that is the kind and part of the sentence: it stays in the text.
_VERB = re.compile(
    rf"\s*(?:(?P<e>\*\*|__)(?P<k>{_WORDS})(?P<rest>\s[^*_:\n]{{0,40}}?)?(?P=e)(?=[\s.,;])"
    r"|(?P<pk>wait(?=\s+(?:(?:for|about|another|at least|up to)\s+){0,2}\d)|escalate(?=\s+to\s)"
    r"|roll back(?=\s+(?:if|when|to|the)\s)))",
    re.I,
)
_MARK = re.compile(
    r"(?:^[ \t]*[-*+][ \t]+)?"
    r"(?:(?P<e>\*\*|\*|__|_)(?P<l>[A-Za-z][^*_:\n`]{0,40}?)[ ]?(?:[:：][ ]?(?P=e)|(?P=e)[ ]?[:：])"
    r"|(?:^|(?<=\s))(?P<p>Expect(?:ed)?|If not|Yes|No):(?=\s))[ \t]*",
    re.M,
)
_GOTO = re.compile(
    r"\b(?:(?:go|jump|return|continue)(?:\s+back)?\s+(?:to|at|with)|goto)\s+(?:step\s+)?(\d{1,4})\b", re.I
)


def parse_minutes(text: str) -> float | None:
    """The first duration of a text in minutes ("10 min", "90 s", "1.5 h"); None when there is none."""
    found = _DURATION_RE.search(text)
    return _minutes(found) if found else None


def _minutes(found: re.Match[str]) -> float:
    return round(float(found[1].replace(",", ".")) * _UNIT_MINUTES[found[2][0].casefold()], 4)


@dataclass(slots=True)
class _Part:
    """What is gathered under one marker of a step: the instruction, *Expect*, *If not*, or a choice."""

    role: str
    label: str = ""
    text: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)

    def joined(self) -> str:
        text = "\n".join(piece.strip("\n") for piece in self.text)
        return re.sub(r"\n{3,}", "\n\n", text).strip()


def parse_step(item: Block, lines: list[str], number: int, extra: list[Block]) -> Step:
    """A list item, and blocks that the author forgot to indent (`extra`), as step `number`.

    `goto` of a choice is the number as written; the caller maps it to a position.
    """
    kind: StepKind | None = None
    wait: float | None = None
    parts = [_Part("text")]
    for at, chunk in enumerate(_chunks(item, lines, extra)):
        if isinstance(chunk, Block):
            _take_block(parts, chunk, lines)
            continue
        text, line = chunk
        if at == 0:
            kind, wait, text, line = _opening(text, line)
        _take_text(parts, text, line, branch=kind is StepKind.BRANCH)
    if kind is StepKind.WAIT and wait is None and (found := _WAIT_TEXT.search(parts[0].joined())):
        wait = _minutes(found)
    end = max(source_span(block, lines).end for block in (item, *extra))
    return _build(parts, number, kind, wait, Span(start=item.start + 1, end=end))


def _kind(word: str) -> StepKind:
    return KINDS[" ".join(word.casefold().split())]


def _opening(text: str, line: int) -> tuple[StepKind | None, float | None, str, int]:
    """Kind and minutes that a step's text opens with, the text after them, and its line. A tick box is no text."""
    if box := TICK_BOX.match(text):
        text = text[box.end() :]
    if label := _KIND.match(text):
        kind = _kind(label["k"] or label["pk"] or label["bk"])
        rest = (label["rest"] or label["prest"] or "").strip()
        wait = parse_minutes(rest) if kind is StepKind.WAIT else None
        line += text.count("\n", 0, label.end())
        return (
            kind,
            wait,
            text[label.end() :] if wait is not None or not rest else f"{rest}: {text[label.end() :]}",
            line,
        )
    if verb := _VERB.match(text):
        said = (verb["k"] or verb["pk"]) + (verb["rest"] or "")
        return _kind(verb["k"] or verb["pk"]), None, said + text[verb.end() :], line
    return None, None, text, line


def opens_with_kind(item: Block, lines: list[str]) -> bool:
    """Whether a list item begins with the kind of a step and a colon."""
    source = item_lines(item, lines)
    return bool(source and _KIND.match(TICK_BOX.sub("", source[0], count=1)))


def _build(parts: list[_Part], number: int, kind: StepKind | None, wait: float | None, span: Span) -> Step:
    def of(role: str) -> list[_Part]:
        return [part for part in parts if part.role == role]

    choices = tuple(
        Choice(label=part.label, text=text, goto=goto_number(text), commands=tuple(part.commands))
        for part in of("choice")
        for text in [part.joined()]
    )
    if_not = "\n".join(part.joined() for part in of("if_not")).strip()
    return Step(
        number=number,
        kind=kind or StepKind.CHECK,
        text=parts[0].joined(),
        commands=tuple(command for part in of("text") for command in part.commands),
        expect="\n".join(part.joined() for part in of("expect")).strip(),
        if_not=if_not,
        if_not_goto=goto_number(if_not),
        if_not_commands=tuple(command for part in of("if_not") for command in part.commands),
        wait_minutes=wait,
        choices=choices,
        labelled=kind is not None,
        span=span,
    )


def goto_number(text: str) -> int | None:
    """The N of `go to step N`."""
    found = _GOTO.search(mask_code(text))
    return int(found[1]) if found else None


def aim(text: str, position: int) -> str:
    """The text with its `go to step N` leading to a position."""
    found = _GOTO.search(mask_code(text))
    return text if found is None else f"{text[: found.start(1)]}{position}{text[found.end(1) :]}"


def _chunks(item: Block, lines: list[str], extra: list[Block]) -> list[tuple[str, int] | Block]:
    """The item in document order: texts (with their 0-based line) and code blocks."""
    fences = [block for child in item.children for block in child.walk() if block.kind is Kind.FENCE]
    source = item_lines(item, lines)
    chunks: list[tuple[str, int] | Block] = []
    at = item.start
    for fence in fences:
        chunks.append(("\n".join(source[at - item.start : fence.start - item.start]), at))
        chunks.append(fence)
        at = max(at, fence.end)
    chunks.append(("\n".join(source[at - item.start :]), at))
    chunks += [
        block if block.kind is Kind.FENCE else ("\n".join(lines[block.start : block.end]), block.start)
        for block in extra
    ]
    return chunks


def _take_block(parts: list[_Part], block: Block, lines: list[str]) -> None:
    """A code block belongs to what stands before it; after *Expect* it is output unless its language is a shell's."""
    part = parts[-1]
    shown = part.role == "expect" and not block.language
    if is_command_block(block) and not shown:
        owner = parts[0] if part.role == "expect" else part
        owner.commands.append(block_command(block))
    else:
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", block.text)), 3)
        part.text.append(f"{fence}{block.language}\n{block.text}\n{fence}")


def _take_text(parts: list[_Part], text: str, line: int, *, branch: bool) -> None:
    """Add text to the open part, opening new ones at *Expect:*, *If not:*, *Yes:* and the like."""
    text = blank_comments(text)
    masked = mask_code(text)
    at = 0
    for found in _MARK.finditer(masked):
        label = " ".join((found["l"] or found["p"]).split())
        role = _role(label, branch=branch)
        if role is None:
            continue
        _add(parts[-1], text[at : found.start()], line + text.count("\n", 0, at))
        parts.append(_Part(role, label))
        at = found.end()
    _add(parts[-1], text[at:], line + text.count("\n", 0, at))


def _role(label: str, *, branch: bool) -> str | None:
    word = label.casefold()
    if word in _EXPECT:
        return "expect"
    if word in _IF_NOT and not branch:
        return "if_not"
    return "choice" if branch or word in _YES_NO else None


def _add(part: _Part, text: str, line: int) -> None:
    if not text.strip():
        return
    part.text.append(text)
    if part.role != "expect":
        part.commands.extend(inline_commands(text, line))
