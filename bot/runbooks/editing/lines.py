"""A file as raw lines with their endings, and the cuts that change some of them and no others."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class RawLines:
    """The lines of a file, each with its ending; a BOM is kept apart so that line 1 is what a person sees."""

    lines: tuple[bytes, ...]
    bom: bytes
    newline: bytes
    """The ending that most lines have."""

    @classmethod
    def of(cls, data: bytes) -> RawLines:
        bom = _BOM if data.startswith(_BOM) else b""
        lines = tuple(_LINE.findall(data[len(bom) :]))
        crlf = sum(line.endswith(b"\r\n") for line in lines)
        lone = sum(line.endswith(b"\r") for line in lines)
        newline = max(((len(lines) - crlf - lone, b"\n"), (crlf, b"\r\n"), (lone, b"\r")))[1]
        return cls(lines, bom, newline)

    def data(self) -> bytes:
        return self.bom + b"".join(self.lines)

    def text(self, at: int) -> str:
        """A line (0-based) without its ending."""
        return self.lines[at].rstrip(b"\r\n").decode("utf-8", "surrogateescape")

    def blank(self, at: int) -> bool:
        """Whether a line is blank; what lies outside the file is."""
        return not (0 <= at < len(self.lines)) or not self.lines[at].strip()

    def splice(self, start: int, end: int, texts: Iterable[str]) -> RawLines:
        """Replace the lines [start, end) by new ones in the file's own line ending.

        A file without a final newline keeps having none: when the cut is at its end, the line before gets the ending
        that its successor needs, and the new last line gets none.
        """
        new = [text.encode("utf-8", "surrogateescape") + self.newline for text in texts]
        before, after = list(self.lines[:start]), self.lines[end:]
        open_end = bool(self.lines) and not self.lines[-1].endswith((b"\n", b"\r"))
        if open_end and not after:
            if new:
                new[-1] = new[-1].removesuffix(self.newline)
            if before and new and not before[-1].endswith((b"\n", b"\r")):
                before[-1] += self.newline
            if before and not new:
                before[-1] = before[-1].rstrip(b"\r\n")
        return RawLines((*before, *new, *after), self.bom, self.newline)

    def replace(self, start: int, end: int, texts: Sequence[str]) -> RawLines:
        """Like `splice`, but lines that are the same before and after keep their bytes."""
        old = [self.text(at) for at in range(start, end)]
        raw = self
        matcher = difflib.SequenceMatcher(None, old, list(texts), autojunk=False)
        for tag, low, high, first, last in reversed(matcher.get_opcodes()):
            if tag != "equal":
                raw = raw.splice(start + low, start + high, texts[first:last])
        return raw


def unified_diff(before: bytes | None, after: bytes, path: str) -> str:
    """A diff that `git apply` takes, for any line endings; "" when nothing changed. `before` is None for a new file.

    Bytes that are not UTF-8 come out as surrogate escapes: write it with `encode("utf-8", "surrogateescape")`.
    """
    if before == after:
        return ""
    # git's lines end at LF alone: a CR is part of its line.
    old, new = _git_lines(before or b""), _git_lines(after)
    # git wants a tab after a name with a space in it.
    tab = "\t" if " " in path else ""
    head = [f"diff --git a/{path} b/{path}\n"]
    if before is None:
        head += ["new file mode 100644\n", "--- /dev/null\n"]
    else:
        head.append(f"--- a/{path}{tab}\n")
    head.append(f"+++ b/{path}{tab}\n")
    body = list(difflib.unified_diff(old, new, n=3))[2:]
    marked = [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in body]
    return "".join(head + marked)


def _git_lines(data: bytes) -> list[str]:
    return [line.decode("utf-8", "surrogateescape") for line in re.findall(rb"[^\n]*\n|[^\n]+", data)]
