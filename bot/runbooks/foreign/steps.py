"""From the blocks under "Diagnosis" and "Mitigation" to steps, each with the commands that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.runbooks.foreign.headings import Role
from bot.runbooks.foreign.verbatim import Source, bold, indent, joined
from bot.runbooks.parsing.blocks import TICK_BOX, Block, Kind
from bot.runbooks.parsing.commands import inline_commands, is_command_block
from bot.runbooks.parsing.text import blank_comments

_FOLLOWS_ON = re.compile(
    r"\W*(?:(?:(?:the|this|these|an?|your|example|sample|expected|typical) )*(?:output|result|response|command)s?\b"
    r"|(?:for )?example\b|in (?:this|that|the|such a) (?:example|case|output)|it (?:should|will|may|can|is)\b"
    r"|you (?:should|will|can) see|if (?:the (?:output|command|result)|this|it|that|not)\b"
    r"|(?:where|note|otherwise|here|which|and|or|expected)\b)",
    re.I,
)
"""How a paragraph begins that speaks of the command before it."""
_READS_OFF = re.compile(r"\W*(?:look|watch|check) (?:out )?for\b|\W*expected\b", re.I)
"""How one begins that says what to see in its output, although a list may follow."""
_HEADING = re.compile(r"\s*\*\*[^*]+\*\*:?$")
_LOOKS = re.compile(
    r"(?:(?:first|then|next|now|also|please|start by|begin by|try to|you (?:can|should|may)|login to \S+ and),? )*"
    r"(?:check|verif|look|inspect|confirm|review|see\b|find|identif|determin|examin|investigat|compare|list|quer|watch"
    r"|monitor|search|view|observe|test|diagnos|get\b|show|describe|tail|grep|ensure|make sure|validat|understand"
    r"|take a look|open|read|note|analy|collect|gather|measure|count"
    r"|(?:is|are|does|do you|has|have|which|what)\b)",
    re.I,
)
"""How a step begins that only looks."""
_CHANGES = re.compile(
    r"(?:re-?)?(?:start|boot|deploy|creat|appl|build|index)|delet|remov|scal|increas|decreas|reduc|rais|lower|add\b|kill"
    r"|stop|roll|revert|run\b|execut|fix|set\b|mov|drain|cordon|fail ?over|contact|call|tell|notif|escalat|page\b"
    r"|disabl|enabl|flush|purg|clear|clean|upgrad|updat|chang|edit|replac|free\b|promot|rotat|renew|silenc|isolat|trigger|resum|paus"
    r"|unlock|expand|resiz|install|configur|adjust|us[ei]\b|ssh\b|turn\b",
    re.I,
)
"""How a step begins that changes something."""
_READS = re.compile(
    r"(?:\$ |sudo )*(?:(?:kubectl|oc|k) (?:-\S+ (?:\w\S* )??)*(?:get|describe|logs|top|explain"
    r"|rollout (?:status|history))\b"
    r"|(?:df|du|top|ps|free|uptime|iostat|vmstat|netstat|ss|dig|nslookup|ping|grep|tail|cat|less|head|journalctl|dmesg"
    r"|lsof|curl -[sIiv]+ )\b|systemctl status|docker (?:ps|logs|inspect|stats)|helm (?:list|status|history|get)"
    r"|SELECT\b|SHOW\b|EXPLAIN\b)"
)
"""Commands that change nothing."""


@dataclass(slots=True)
class StepDraft:
    """A step to be written: groups of lines with a blank line between them."""

    role: Role
    groups: list[list[str]] = field(default_factory=list)
    has_command: bool = False
    opened_by_heading: bool = False
    """Only headings so far: what follows belongs to it."""
    from_list: bool = False
    expects_more: bool = False
    """Its text ends in a colon: a list below carries it on."""

    def written(self, number: int) -> list[str]:
        """The step as a numbered list item."""
        marker = f"{number}. "
        body = joined(self.groups)
        first = f"{marker}**{'Check' if self._checks(body) else 'Act'}:**"
        if body and not re.match(r"(?:[-*+]|\d{1,9}[.)])(?:\s|$)|`{3}|~{3}|[|>#<]|\s", body[0]):
            return [f"{first} {body[0]}", *indent(body[1:], len(marker))]
        return [first, "", *indent(body, len(marker))]

    def _checks(self, body: list[str]) -> bool:
        """Whether the step looks and changes nothing. Its section says so; where that is open, its first words do, then
        its commands; a sentence with neither is something to know before one acts."""
        if self.role is not Role.WORK:
            return self.role is Role.CHECK
        lines = [re.sub(r"^[\s*_`>\[\]-]+|^\d+[.)]\s+", "", line) for line in body if not _HEADING.match(line)]
        said = next((line for line in lines if line), "")
        commands = [line for line in lines if _READS.match(line)] + re.findall(r"`([^`\n]+ [^`\n]+)`", " ".join(body))
        if _LOOKS.match(said):
            return True
        if self.has_command and commands and all(_READS.match(command) for command in commands):
            return True
        return not (self.has_command or self.from_list or _CHANGES.match(said))


def draft_steps(role: Role, blocks: list[Block], source: Source) -> list[StepDraft]:
    """The steps of one section. Every block is in exactly one of them."""
    cutter = _Cutter(role, source)
    for block in blocks:
        cutter.take(block)
    return [step for step in cutter.steps if step.groups]


class _Cutter:
    def __init__(self, role: Role, source: Source) -> None:
        self._role = role
        self._source = source
        self._folded = 0
        self.steps: list[StepDraft] = []

    def _new(self) -> StepDraft:
        self.steps.append(StepDraft(self._role))
        return self.steps[-1]

    def _open(self) -> StepDraft:
        return self.steps[-1] if self.steps else self._new()

    def take(self, block: Block) -> None:
        if block.kind is Kind.RULE:
            return
        if self._folded > 0:
            self._add(self._open(), block)
        elif block.kind is Kind.HEADING:
            step = self._open() if self.steps and self.steps[-1].opened_by_heading else self._new()
            step.groups.append([bold(block.text)])
            step.opened_by_heading = True
        elif block.kind is Kind.HTML and not blank_comments(block.text).strip():
            self._comment(block)
        elif block.kind is Kind.LIST and self._is_steps(block):
            self._take_items(block)
        elif block.kind is Kind.PARAGRAPH:
            self._add(self._for_text(block), block)
        else:
            self._add(self._open(), block)
        self._folded = max(0, self._folded + folds(block))

    def _comment(self, block: Block) -> None:
        """A comment is no step: it goes with the one before it, or with what follows when it is the first."""
        step = self._open()
        step.opened_by_heading = step.opened_by_heading or not step.groups
        step.groups.append(self._source.lines(block))

    def _add(self, step: StepDraft, block: Block) -> None:
        step.groups.append(self._source.lines(block))
        step.has_command = step.has_command or has_command(block)
        step.opened_by_heading = False
        step.expects_more = ends_in_colon(block)

    def _for_text(self, block: Block) -> StepDraft:
        """The step that a paragraph belongs to: the open one until that has its command."""
        step = self._open()
        if not step.groups or step.opened_by_heading:
            return step
        if step.has_command or step.from_list:
            return step if _speaks_of_before(block) else self._new()
        return step

    def _is_steps(self, block: Block) -> bool:
        """Whether the items of a list are steps and not an enumeration inside one."""
        step = self.steps[-1] if self.steps else None
        fresh = step is None or step.opened_by_heading or step.from_list
        return block.ordered or fresh or any(has_command(item) for item in block.children)

    def _take_items(self, block: Block) -> None:
        for item in block.children:
            step = self._open() if self._continues_intro() else self._new()
            lines = self._source.inside(item)
            step.groups.append([TICK_BOX.sub("", lines[0], count=1), *lines[1:]] if lines else lines)
            step.has_command = step.has_command or has_command(item)
            step.opened_by_heading = step.expects_more = False
            step.from_list = True

    def _continues_intro(self) -> bool:
        """Whether the first item joins a heading or a sentence such as "Do the following:"."""
        step = self.steps[-1] if self.steps else None
        return step is not None and (step.opened_by_heading or (step.expects_more and not step.has_command))


def _speaks_of_before(block: Block) -> bool:
    """Whether a paragraph goes on about the command before it."""
    text = block.text
    if _READS_OFF.match(text):
        return True
    return not text.rstrip().endswith(":") and bool(
        _FOLLOWS_ON.match(text) or (text.startswith("`") and not has_command(block))
    )


def folds(block: Block) -> int:
    """How many `<details>` a block opens and does not close; what lies between them must stay together."""
    text = block.text.casefold() if block.kind is Kind.HTML else ""
    return text.count("<details") - text.count("</details")


def ends_in_colon(block: Block) -> bool:
    """Whether a block is a sentence that what follows carries on."""
    return block.kind is Kind.PARAGRAPH and block.text.rstrip(" *_").endswith((":", "："))


def has_command(block: Block) -> bool:
    """Whether a block holds something to run, in a code block or inline."""
    for inside in block.walk():
        if inside.kind is Kind.FENCE and is_command_block(inside):
            return True
        # A single word in backticks is more often a metric or a name than something to run.
        if inside.kind is Kind.PARAGRAPH and any(" " in one.text for one in inline_commands(inside.text, 0)):
            return True
    return False
