"""`section3 lint` as a compiler: places, formats, exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import __version__
from bot.runbooks.lint import RULES
from tests.cli.sarif import Sarif
from tests.cli.terminal import in_terminal, section3
from tests.runbooks.lint_page import GOOD, line_of, splice, swap

DAY = "--today=2026-11-23"
BAD = splice(GOOD, 3, "Verify", "**Verify:** it works again\n")
BAD = swap(BAD, "| +44 20 7946 0101 |", "| @dana |")
LINES = [line_of(BAD, "it works again"), line_of(BAD, "@dana")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in, with playbooks/ in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbooks").mkdir()
    yield tmp_path


def put(folder: Path, text: str, name: str = "invoice-extract.md") -> Path:
    path = folder / "playbooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_folder_is_clean(folder: Path) -> None:
    put(folder, GOOD)
    put(folder, "# How to write a runbook\n", "README.md")
    result = section3("lint", DAY)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "",
        "service          working  broken  paged  playbook  roll back  state",
        "invoice-extract  yes      yes     yes    yes       yes        yes",
        "",
        "Production-grade (all six questions answered): 1 of 1.",
        "1 file, 0 errors, 0 warnings.",
    ]
    assert result.stderr == ""


def test_errors_are_placed_like_a_compilers(folder: Path) -> None:
    put(folder, BAD)
    result = section3("lint", DAY, "playbooks/invoice-extract.md")
    assert result.exit_code == 1
    first, second, *rest = result.stdout.splitlines()
    assert first.startswith(f"playbooks/invoice-extract.md:{LINES[0]}:13: error E09 IX-04: 'it works again' is neither")
    assert second.startswith(f"playbooks/invoice-extract.md:{LINES[1]}:39: error E11 '@dana' cannot be dialled")
    assert "invoice-extract  yes      yes     no E11  no E09    yes        yes" in rest
    assert rest[-1] == "1 file, 2 errors, 0 warnings."


def test_warnings_alone_are_no_failure(folder: Path) -> None:
    put(folder, swap(GOOD, "reviewed: 2026-11-21", "reviewed: 2026-01-01"))
    result = section3("lint", DAY)
    assert result.exit_code == 0
    assert re.match(r"playbooks/invoice-extract\.md:6:1: warning W16 Last reviewed 326 days ago", result.stdout)


def test_json_is_a_list_of_objects(folder: Path) -> None:
    put(folder, BAD)
    result = section3("lint", DAY, "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [(one["rule"], one["line"]) for one in found] == [("E09", LINES[0]), ("E11", LINES[1])]
    assert set(found[0]) == {"rule", "severity", "path", "line", "column", "message", "service", "silenced"}
    assert found[0]["severity"] == "error"
    assert found[0]["silenced"] is None


def test_json_of_a_clean_folder_is_an_empty_list(folder: Path) -> None:
    put(folder, GOOD)
    assert json.loads(section3("lint", DAY, "--format=json").stdout) == []


def test_a_silenced_error_never_vanishes(folder: Path) -> None:
    text = swap(BAD, "lint: {}", 'lint: {E09: "by hand until May", E11: "no phone yet"}')
    put(folder, text)
    plain = section3("lint", DAY)
    assert plain.exit_code == 0
    assert "silenced E09 IX-04: 'it works again'" in plain.stdout
    assert "(silenced because: by hand until May)" in plain.stdout
    assert "Production-grade (all six questions answered): 0 of 1." in plain.stdout
    assert plain.stdout.splitlines()[-1] == "1 file, 0 errors, 0 warnings, 2 silenced."
    found = json.loads(section3("lint", DAY, "--format=json").stdout)
    assert [one["silenced"] for one in found] == ["by hand until May", "no phone yet"]
    github = section3("lint", DAY, "--format=github").stdout.splitlines()
    assert [line.split(" ")[0] for line in github] == ["::notice", "::notice"]
    sarif = Sarif.model_validate_json(section3("lint", DAY, "--format=sarif").stdout)
    reasons = [result.suppressions[0].justification for result in sarif.runs[0].results]
    assert reasons == ["by hand until May", "no phone yet"]


def test_github_annotations_are_escaped(folder: Path) -> None:
    put(folder, splice(GOOD, 3, "Verify", "**Verify:** works 100% like before, see: us\n").replace("100%", "like"))
    path = folder / "playbooks" / "a,b:c.md"
    (folder / "playbooks" / "invoice-extract.md").rename(path)
    (line,) = section3("lint", DAY, "--format=github").stdout.splitlines()
    assert line.startswith("::error file=playbooks/a%2Cb%3Ac.md,line=")
    assert re.search(r",line=\d+,col=\d+,title=E09::IX-04: 'works like", line)


def test_sarif_has_the_shape_of_2_1_0(folder: Path) -> None:
    put(folder, BAD, "in voice.md")
    result = section3("lint", DAY, "--format=sarif")
    assert result.exit_code == 1
    sarif = Sarif.model_validate_json(result.stdout)
    assert sarif.version == "2.1.0"
    (run,) = sarif.runs
    driver = run.tool.driver
    assert (driver.name, driver.version) == ("section3", __version__)
    assert [rule.id for rule in driver.rules][: len(RULES)] == list(RULES)
    assert len({rule.id for rule in driver.rules}) == len(driver.rules)
    for one in run.results:
        assert driver.rules[one.ruleIndex].id == one.ruleId
        assert one.level in ("error", "warning")
        place = one.locations[0].physicalLocation
        assert place.artifactLocation.uri == "playbooks/in%20voice.md"
    assert [one.locations[0].physicalLocation.region.startLine for one in run.results] == LINES
    assert run.properties["readiness"][0]["paged"] == "no E11"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.md"], "nowhere.md: no such file or folder. Nothing was judged."),
        (["--format", "xml"], "Invalid value for '--format'"),
        (["--today", "tomorrow"], "Invalid value for '--today'"),
        (["--deployed", "v61"], "--deployed v61: write SERVICE=VERSION."),
        (["--explain", "E99"], "there is no rule E99. Did you mean"),
        (["empty"], "no runbook (*.md other than README.md) in empty."),
    ],
)
def test_wrong_use_exits_2_and_says_so_on_stderr(folder: Path, arguments: list[str], said: str) -> None:
    put(folder, GOOD)
    (folder / "empty").mkdir()
    result = section3("lint", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


def test_a_link_that_leads_nowhere_is_a_runbook_that_is_missing(folder: Path) -> None:
    put(folder, GOOD)
    (folder / "playbooks" / "search.md").symlink_to("moved-away.md")
    result = section3("lint", DAY)
    assert result.exit_code == 2
    assert "playbooks/search.md was not judged, it cannot be read: No such file or directory." in result.stderr
    assert section3("lint", DAY, "playbooks/search.md").exit_code == 2
    assert "playbooks/search.md is left out, it cannot be read: No such file" in section3("list").stderr


def test_the_folder_one_stands_in_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert section3("lint", ".").stderr.endswith(f"no runbook (*.md other than README.md) in {tmp_path}.\n")


def test_without_a_folder_it_asks_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = section3("lint")
    assert result.exit_code == 2
    assert "there is no folder playbooks/ here" in result.stderr


def test_a_commit_of_only_the_readme_is_fine(folder: Path) -> None:
    put(folder, "# How to\n", "README.md")
    result = section3("lint", "playbooks/README.md")
    assert result.exit_code == 0
    assert "no runbook among these files" in result.stderr


def test_a_file_that_cannot_be_read_does_not_hide_the_others(folder: Path) -> None:
    put(folder, BAD)
    result = section3("lint", DAY, "/proc/self/mem", "playbooks/invoice-extract.md")
    assert result.exit_code == 2
    assert "error E09" in result.stdout
    assert "/proc/self/mem was not judged, it cannot be read: Input/output error." in result.stderr


def test_a_page_that_is_no_runbook_is_an_error(folder: Path) -> None:
    put(folder, "# Notes\n\nhello\n", "notes.md")
    result = section3("lint", DAY)
    assert result.exit_code == 1
    assert "playbooks/notes.md:1:1: error P01" in result.stdout
    assert "playbooks/notes.md  no P01" in result.stdout


def test_two_files_for_one_service_are_told(folder: Path) -> None:
    put(folder, GOOD)
    put(folder, GOOD, "copy.md")
    result = section3("lint", DAY)
    assert result.exit_code == 0
    files = "playbooks/copy.md, playbooks/invoice-extract.md"
    assert f"2 files are for the service invoice-extract: {files}. One can serve." in result.stderr


def test_hidden_folders_are_left_alone(folder: Path) -> None:
    put(folder, GOOD)
    hidden = folder / "playbooks" / ".cache"
    hidden.mkdir()
    (hidden / "old.md").write_text("# old\n", encoding="utf-8")
    assert section3("lint", DAY).exit_code == 0


def test_many_files_are_judged_in_order(folder: Path) -> None:
    for number in range(70):
        put(folder, "# Notes\n", f"page-{number:03}.md")
    result = section3("lint", DAY, "--format=json")
    assert result.exit_code == 1
    assert [one["path"] for one in json.loads(result.stdout) if one["rule"] == "P01"] == [
        f"playbooks/page-{number:03}.md" for number in range(70)
    ]


def test_production_and_deployed(folder: Path) -> None:
    put(folder, GOOD)
    result = section3("lint", DAY, "--production", "--deployed=invoice-extract=v62")
    assert result.exit_code == 1
    assert {line.split(" ")[2] for line in result.stdout.splitlines() if ": error " in line} == {"E20", "W10"}


@pytest.mark.parametrize("rule", RULES)
def test_explain_says_why_and_shows_both_examples(rule: str) -> None:
    result = section3("lint", "--explain", rule.lower())
    assert result.exit_code == 0
    wanted = RULES[rule]
    for text in (wanted.meaning, wanted.why, wanted.fix):
        assert text in result.stdout
    for example in (wanted.example.bad, wanted.example.good):
        for line in example.splitlines():
            assert f"    {line}" in result.stdout or not line


def test_explain_knows_the_parsers_rules_too() -> None:
    result = section3("lint", "--explain", "P06")
    assert result.stdout.startswith("P06 (error, from reading the file): ")


def test_a_terminal_sees_colours_a_table_and_a_bar(folder: Path) -> None:
    for number in range(24):
        put(folder, BAD, f"page-{number:02}.md")
    code, seen = in_terminal("lint", DAY, cwd=folder)
    assert code == 1
    assert "Judging runbooks" in seen
    assert "\x1b[1;31m error " in seen
    assert "┃" in seen and "working" in seen


def test_a_narrow_terminal_sees_which_questions_are_open(folder: Path) -> None:
    put(folder, BAD)
    _, seen = in_terminal("lint", DAY, cwd=folder, columns=40)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", seen).split("\r\n")
    at = lines.index("invoice-extract: 4 of 6 answered")
    assert lines[at + 1 : at + 4] == ["  paged: no E11", "  playbook: no E09", ""]
    assert any(line.startswith(f"playbooks/invoice-extract.md:{LINES[1]}:") for line in lines)
    assert "…" not in seen


def test_a_pipe_sees_neither(folder: Path) -> None:
    put(folder, BAD)
    result = section3("lint", DAY)
    assert "\x1b" not in result.stdout + result.stderr
    assert result.stdout.isascii()
