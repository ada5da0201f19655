"""The proof that nothing was dropped: the entry compared with the page, line by line and code block by code block."""

from __future__ import annotations

import re
from collections import Counter

from bot.runbooks.foreign.page import blocks_of
from bot.runbooks.parsing.blocks import Block, Kind

_LEAD = re.compile(r"^[\s>]*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6})(?:\s+|$))*(?:\[[ xX]\]\s+)?")
_WORD = re.compile(r"\w")


def lost_code(blocks: list[Block], written: list[str]) -> list[Block]:
    """The fenced code blocks of the page whose content is not, unchanged, that of one in the entry."""
    present = Counter(block.text for block in _fences(blocks_of(written)))
    lost = []
    for block in _fences(blocks):
        if block.mark and present[block.text] < 1:
            lost.append(block)
        present[block.text] -= 1
    return lost


def _fences(blocks: list[Block]) -> list[Block]:
    return [inside for block in blocks for inside in block.walk() if inside.kind is Kind.FENCE]


def lost_lines(lines: list[str], written: list[str], told: list[str]) -> list[tuple[int, str]]:
    """The lines of a page (1-based) whose text is in no entry and not among the headings that were told."""
    cores = [_core(line) for line in written]
    # Most lines stay lines of their own; only the others are looked for in all of the text, which takes a while.
    unchanged, whole = {_flat(core) for core in cores}, _flat("\n".join(cores))
    known = {_flat(_core(f"# {text}")).strip(" #*_:") for text in told}
    lost = []
    for number, line in enumerate(lines, start=1):
        core = _flat(_core(line))
        if core in unchanged or not _WORD.search(core):
            continue
        if core not in whole and core.strip(" #*_:") not in known:
            lost.append((number, line.strip()))
    return lost


def _core(line: str) -> str:
    return _LEAD.sub("", line)


def _flat(text: str) -> str:
    return " ".join(re.sub(r"^(?:`{3,}|~{3,})", "", text).split())
