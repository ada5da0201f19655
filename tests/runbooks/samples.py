"""The runbooks that the tests of this folder read: the published ones and odd ones of our own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.domain.runbook import Runbook
from bot.runbooks.parsing.parse import parse

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Sample:
    """A runbook file as bytes."""

    name: str
    data: bytes

    def __str__(self) -> str:
        return self.name

    def runbook(self) -> Runbook:
        runbook = parse(self.data, self.name).runbook
        assert runbook is not None, self.name
        return runbook


def _load() -> tuple[Sample, ...]:
    files = [*(_ROOT / "playbooks").glob("*.md"), *(Path(__file__).parent / "data").glob("*.md")]
    return tuple(Sample(file.name, file.read_bytes()) for file in sorted(files) if file.name != "README.md")


SAMPLES = _load()


def variants(sample: Sample) -> tuple[Sample, ...]:
    """The same runbook in the encodings and line endings that editors leave behind."""
    text = sample.data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    crlf = text.replace("\n", "\r\n")
    forms = {
        "lf": text.encode(),
        "crlf": crlf.encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "bom-crlf": b"\xef\xbb\xbf" + crlf.encode(),
        "no-end": text.rstrip("\n").encode(),
        "crlf-no-end": crlf.rstrip("\r\n").encode(),
        "trailing": text.replace("\n\n", " \t\n\n").encode(),
        "formfeed": text.replace("\n\n## ", "\n\x0c\n## ").encode(),
        "u2028": re.sub(r"(?<=[a-z])\. ", ".\u2028", text).encode(),
        "latin1": text.replace("the", "th\xe9").encode("latin-1", "replace"),
    }
    return tuple(Sample(f"{sample.name}:{form}", data) for form, data in forms.items())
