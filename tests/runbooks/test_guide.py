"""The guide: what an incident carries away from its runbook, gaps and trouble included."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.dossier import Verdict
from bot.runbooks.guide import Guide
from bot.runbooks.library.library import Library
from bot.runbooks.resources import sample_playbooks_dir

NOW = int(datetime(2026, 11, 20, 3, 0, tzinfo=UTC).timestamp() * 1000)


class Fixed:
    def now(self) -> int:
        return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(sample_playbooks_dir() / "invoice-extract.md", tmp_path)
    return tmp_path


def guide(folder: Path) -> Guide:
    return Guide(Library(folder, Fixed()))


def test_a_dossier_holds_what_the_night_needs(folder: Path) -> None:
    dossier = guide(folder).dossier("ix", NOW)
    assert dossier.service == "invoice-extract"
    assert dossier.contacts[0].phone.startswith("+44")
    assert dossier.rollback.command == "agentctl rollback invoice-extract"
    assert len(dossier.rollback.state) == 3
    assert dossier.gaps == ()


def test_changes_of_the_last_24_h_only(folder: Path) -> None:
    changes = guide(folder).dossier("invoice-extract", NOW).changes
    assert [change.kind for change in changes] == ["config"]


def test_an_unanswered_question_is_a_gap(folder: Path) -> None:
    file = folder / "invoice-extract.md"
    file.write_text(file.read_text().replace("| Queued requests |", "| Something else |"))
    assert guide(folder).dossier("invoice-extract", NOW).gaps == ("What does a rollback keep, and what is lost?",)


def test_a_broken_file_keeps_the_last_good_version_and_says_so(folder: Path) -> None:
    file = folder / "invoice-extract.md"
    library = Library(folder, Fixed())
    asked = Guide(library)
    file.write_bytes(b"\xff\xfe nothing of a runbook")
    library.reload()
    dossier = asked.dossier("invoice-extract", NOW)
    assert dossier.known
    assert any("stays in service: the newer file is broken" in gap for gap in dossier.gaps)


def test_an_unknown_service_is_said_to_be_unknown(folder: Path) -> None:
    dossier = guide(folder).dossier("nobody", NOW)
    assert not dossier.known
    assert dossier.gaps == ("No runbook of this service was found.",)


def test_a_playbook_is_the_entry(folder: Path) -> None:
    playbook = guide(folder).playbook("invoice-extract", "ix-04")
    assert playbook is not None
    assert [step.kind.value for step in playbook.steps] == ["check", "act", "wait", "branch", "rollback", "escalate"]
    assert playbook.line > 0


def test_a_match_names_its_verdict_and_reasons(folder: Path) -> None:
    found = guide(folder).match("queue is stuck, oldest message 70 min, workers idle", "invoice-extract")
    assert found.verdict is Verdict.DOCUMENTED
    assert found.best is not None
    assert (found.best.failure_id, bool(found.best.why)) == ("IX-04", True)


def test_where_nobody_is_named_the_fallback_phone_is(folder: Path) -> None:
    entry = "## 3. Common failures\n\n### BA-01 Stuck\n\n**Steps:**\n1. **Act:** restart.\n"
    (folder / "bare.md").write_text(f"---\nservice: bare\n---\n\n# Bare\n\n{entry}")
    asked = Guide(Library(folder, Fixed()), fallback_phone="+44 20 7946 0999")
    for service in ("bare", "nobody-knows"):
        assert [one.phone for one in asked.dossier(service, NOW).contacts] == ["+44 20 7946 0999"]
    assert asked.dossier("invoice-extract", NOW).contacts[0].phone == "+44 20 7946 0101"
    assert guide(folder).dossier("bare", NOW).contacts == ()
