"""Lines that serve as headings ("**Diagnosis**", "How to fix it:") and labels that open a section in mid-paragraph."""

from __future__ import annotations

import re

from bot.runbooks.foreign.headings import STEPS, Role, plain_role
from bot.runbooks.parsing.blocks import Block, Kind

PSEUDO = 7
"""The level of a line that serves as a heading: below every real one."""
DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S")
_BOLD = re.compile(r"(\*{1,3}|_{1,3})[^*_\n]+\1:?$")
_SERVES = re.compile(r"(?:(\*{1,3}|_{1,3})[^*_\n]+\1:?|[^\n]*:(?:\*\*|__)?)$")
_LONGEST = 6
"""Words of a line that is a heading and no sentence."""

_NAME = r"(?P<name>[^*_\n:：]{2,50}?)"
_LABEL = re.compile(
    rf"[ \t]*(?:[^\w\s*]\ufe0f?[ \t]*)?(?P<m>\*{{1,3}}|__)[ ]?{_NAME}[ ]?"
    r"(?:[:：.][ ]?(?P=m)|(?P=m)[ ]?[:：]|(?P=m)[ ][–—-](?=[ ])|(?P=m)(?=[ \t]*\\?$))[ \t]*"
)
_PLAIN = re.compile(r"[ \t]*(?P<name>[A-Z][A-Za-z /&-]{2,30}):(?:[ \t]+|$)")


def bold_line(block: Block) -> bool:
    """Whether a paragraph is one line and nothing but bold."""
    return block.kind is Kind.PARAGRAPH and bool(_BOLD.match(block.text.strip()))


def serves_as_heading(block: Block, *, notes: bool) -> bool:
    """Whether a paragraph is a heading in all but its mark. `notes`: also one that begins notes, which elsewhere would
    take the rest of its section with it."""
    if block.kind is not Kind.PARAGRAPH or len(block.text.split()) > _LONGEST:
        return False
    role = plain_role(block.text) if _SERVES.match(block.text.strip()) else None
    return role is not None and (notes or role is not Role.NOTE)


_FOOTER = re.compile(r"(?:see also|references?|related|last |authors?|maintainers?|(?:useful )?links?)", re.I)
"""Labels that end a page: what they hold is no step, also where no heading ends the steps."""

Piece = tuple[str, list[Block]]
"""A label ("" for text without one) and what it holds."""


def cut_labels(block: Block, lines: list[str], parent: Role | None, *, bare: bool) -> list[Piece]:
    """A paragraph, or a list of labelled items, as label and text; [] when its labels open no section.

    Below a heading with a role its text is the heading's, whatever it looks like; in steps only a change of their kind
    counts ("**Fix:**" after "**Diagnosis:**"). `bare`: no heading of the page says what stands under it, so labels
    without bold count too. The labels are blanked in `lines`.
    """
    if block.kind is Kind.LIST:
        items = [item.children for item in block.children]
        opens = [bool(item) and bool(_labels(item[0], parent, bare=False)) for item in items]
        labelled = all(item and item[0].kind is Kind.PARAGRAPH and _LABEL.match(item[0].text) for item in items)
        if not labelled or not any(opens) or (parent in STEPS and not all(opens)):
            return []
    elif block.kind is Kind.PARAGRAPH:
        items = [[block]]
    else:
        return []
    found = [_labels(item[0], parent, bare=bare and block.kind is Kind.PARAGRAPH) for item in items]
    names = [label["name"] for labels in found for label in labels.values()]
    if not any(bare or plain_role(name) is not Role.NOTE or _FOOTER.match(name) for name in names):
        return []
    pieces: list[Piece] = []
    for item, labels in zip(items, found, strict=True):
        pieces += _pieces(item[0], labels, lines)
        pieces[-1][1].extend(item[1:])
    return pieces


def _labels(block: Block, parent: Role | None, *, bare: bool) -> dict[int, re.Match[str]]:
    """The labels of a paragraph that open a section, by the number of their line in it."""
    if block.kind is not Kind.PARAGRAPH:
        return {}
    matches = ((at, _LABEL.match(text) or (_PLAIN.match(text) if bare else None)) for at, text in _numbered(block))
    return {at: found for at, found in matches if found and _opens(found["name"], parent)}


def _numbered(block: Block) -> list[tuple[int, str]]:
    return list(enumerate(block.text.split("\n")))


def _opens(name: str, parent: Role | None) -> bool:
    role = plain_role(name)
    if role is None or parent in (None, Role.SYMPTOMS, Role.NOTE):
        return role is not None
    return parent in STEPS and (
        (role in STEPS and role is not parent) or (role is Role.NOTE and bool(_FOOTER.match(name)))
    )


def _pieces(block: Block, labels: dict[int, re.Match[str]], lines: list[str]) -> list[Piece]:
    """The paragraph cut before each label."""
    texts = [text for _, text in _numbered(block)]
    cuts = sorted({0, *labels})
    pieces: list[Piece] = []
    for start, end in zip(cuts, [*cuts[1:], len(texts)], strict=True):
        label = labels.get(start)
        inside = texts[start:end]
        first = block.start + start
        if label:
            written = label[0].strip()
            lines[first] = lines[first].replace(written, " " * len(written), 1)
            inside[0] = inside[0][label.end() :]
            if not inside[0].strip():
                inside, first = inside[1:], first + 1
        text = "\n".join(inside)
        held = [Block(Kind.PARAGRAPH, first, first + len(inside), text)] if text.strip() else []
        pieces.append((label["name"].strip() if label else "", held))
    return pieces
