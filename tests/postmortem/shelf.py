"""The sample runbooks, whole or without one entry, and what the bot knows from them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from bot.domain.runbook import FailureMode, Runbook
from bot.runbooks.guide import Guide
from bot.runbooks.intake import Intake
from bot.runbooks.parsing.parse import parse
from bot.runbooks.resources import sample_playbooks_dir

SERVICES = ("invoice-extract", "research-rag", "support-triage")


class Shelf:
    """Runbooks by service, from bytes."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.books = {service: read(service, data) for service, data in files.items()}

    @property
    def runbooks(self) -> Iterable[Runbook]:
        return self.books.values()

    def find(self, name: str) -> Runbook | None:
        return self.books.get(name)

    def for_channel(self, *names: str) -> Runbook | None:
        return None

    def trouble(self, service: str) -> tuple[str, ...]:
        return ()


def path_of(service: str) -> str:
    return f"playbooks/{service}.md"


@cache
def read(service: str, data: bytes) -> Runbook:
    runbook = parse(data, path_of(service)).runbook
    assert runbook is not None
    return runbook


def sample(service: str) -> bytes:
    return (Path(sample_playbooks_dir()) / f"{service}.md").read_bytes()


def samples() -> dict[str, bytes]:
    return {service: sample(service) for service in SERVICES}


def without(service: str, failure_id: str) -> tuple[bytes, FailureMode]:
    """The runbook with one entry cut out, and that entry."""
    data = sample(service)
    mode = read(service, data).failure(failure_id)
    assert mode is not None
    lines = data.split(b"\n")
    return b"\n".join(lines[: mode.heading.start - 1] + lines[mode.span.end :]), mode


@cache
def sample_intake() -> Intake:
    """The samples as they are. Nothing writes to it."""
    return intake(samples())


def intake(files: dict[str, bytes]) -> Intake:
    return Intake(Guide(Shelf(files)))
