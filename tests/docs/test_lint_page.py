"""docs/lint.md, the pre-commit hook and the GitHub Action say what the code does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from bot.cli.app import build
from bot.runbooks.lint import RULES
from bot.runbooks.parsing.diagnose import RULES as PARSER_RULES
from tests.cli.terminal import section3
from tests.runbooks.lint_page import GOOD, splice

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")


def rows(first: str) -> list[list[str]]:
    """The cells of every table row whose first cell matches."""
    found = []
    for line in PAGE.splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and re.fullmatch(first, cells[0]):
            found.append(cells)
    return found


def options() -> set[str]:
    """The options `section3 lint` has."""
    command = typer.main.get_command(build()).get_command(None, "lint")  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts if option.startswith("--")} - {"--help"}


def test_the_table_is_the_rule_table() -> None:
    wanted = [[rule.id, str(rule.level), rule.meaning, rule.why, rule.fix] for rule in RULES.values()]
    assert rows(r"[EW]\d\d") == wanted


def test_the_parsers_table_is_the_parsers() -> None:
    assert rows(r"P\d\d") == [[name, str(level), meaning] for name, (level, meaning) in PARSER_RULES.items()]


def test_every_option_is_on_the_page_and_no_other() -> None:
    assert {row[0].strip("`") for row in rows(r"`--[a-z]+`")} == options()


def test_the_finding_on_the_page_is_a_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbooks").mkdir()
    text = splice(GOOD, 3, "Verify", "**Verify:** it works again\n")
    (tmp_path / "playbooks" / "invoice-extract.md").write_text(text, encoding="utf-8")
    shown = re.search(r"```text\n(.*)\n```", PAGE)
    assert shown
    assert shown[1] in section3("lint", "--today=2026-11-23").stdout.splitlines()


def test_the_hook_runs_lint_on_runbooks() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == "section3-lint" and "`section3-lint`" in PAGE
    assert hook["language"] == "python"
    assert hook["entry"].split() == ["section3", "lint"]

    def taken(path: str) -> bool:
        return bool(re.search(hook["files"], path)) and not re.search(hook["exclude"], path)

    assert taken("playbooks/invoice-extract.md")
    assert taken("playbooks/eu/search.md")
    assert not taken("playbooks/README.md")
    assert not taken("docs/lint.md")


def test_the_action_calls_lint_with_options_it_has() -> None:
    action = yaml.safe_load((ROOT / "deploy" / "github-action-lint.yml").read_text(encoding="utf-8"))
    steps = action["jobs"]["lint"]["steps"]
    calls = [step["run"] for step in steps if step.get("run", "").startswith("section3 lint")]
    assert len(calls) == 2
    for call in calls:
        words = shlex.split(call)
        assert words[:3] == ["section3", "lint", "playbooks/"]
        assert {word for word in words if word.startswith("--")} <= options()
