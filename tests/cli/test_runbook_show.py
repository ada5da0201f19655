"""`section3 list`, `show`, `phone`, `rollback`: for the night when Slack is what is down."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import in_terminal, section3
from tests.runbooks.lint_page import GOOD, swap


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with playbooks/invoice-extract.md and playbooks/search.md."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "invoice-extract.md").write_text(GOOD, encoding="utf-8")
    other = GOOD.replace("service: invoice-extract", "service: search").replace("[invoices, ix]", "[find]")
    (folder / "odd-name.md").write_text(other, encoding="utf-8")
    (folder / "README.md").write_text("# How to\n", encoding="utf-8")
    return tmp_path


def test_list(here: Path) -> None:
    result = section3("list")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Service          Failures  Reviewed    Owner                 Title",
        "invoice-extract  6         2026-11-21  ap-automation-oncall  Invoice extraction agent",
        "search           6         2026-11-21  ap-automation-oncall  Invoice extraction agent",
    ]


def test_the_runbooks_are_those_of_the_settings_and_never_samples_instead(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "playbooks").rename(here / "ours")
    monkeypatch.setenv("PLAYBOOKS_DIR", str(here / "ours"))
    assert "Dana Okoye" in section3("phone", "search").stdout
    monkeypatch.setenv("PLAYBOOKS_DIR", str(here / "nowhere"))
    lost = section3("phone", "invoice-extract")
    assert (lost.exit_code, lost.stdout, "nowhere: no such folder." in lost.stderr) == (2, "", True)
    assert "Dana Okoye" in section3("phone", "search", "--playbooks", "ours").stdout


def test_a_remote_that_has_gone_leaves_what_was_fetched(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = here / "origin"
    (here / "playbooks").rename(origin)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "runbooks"]):
        identity = ["-c", "user.name=Ana", "-c", "user.email=ana@localhost"]
        subprocess.run(["git", *identity, *words], cwd=origin, check=True, timeout=20)
    monkeypatch.setenv("PLAYBOOKS_GIT_URL", str(origin))
    monkeypatch.setenv("DATA_DIR", str(here / "data"))
    asked = section3("phone", "search")
    assert ("Dana Okoye" in asked.stdout, asked.stderr) == (True, "")
    origin.rename(here / "gone")
    kept = section3("phone", "search")
    assert "Dana Okoye" in kept.stdout
    assert "could not be read" in kept.stderr and "as they were fetched before" in kept.stderr
    monkeypatch.setenv("DATA_DIR", str(here / "other"))
    lost = section3("phone", "search")
    assert (lost.exit_code, lost.stdout, "--playbooks DIR" in lost.stderr) == (1, "", True)


def test_a_setting_that_cannot_be_read_does_not_hide_the_phones(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    told = section3("phone", "search")
    assert ("Dana Okoye" in told.stdout, told.stderr) == (True, ""), "it says nothing of where runbooks are"
    monkeypatch.setenv("PLAYBOOKS_GIT_SECONDS", "often")
    told = section3("phone", "search")
    assert "Dana Okoye" in told.stdout
    assert "PLAYBOOKS_GIT_SECONDS" in told.stderr and "./playbooks" in told.stderr


@pytest.mark.parametrize("name", ["invoice-extract", "ix", "INVOICES"])
def test_phone_by_id_or_alias(here: Path, name: str) -> None:
    assert section3("phone", name).stdout.splitlines() == [
        "Order  Who                              Phone             For",
        "1      Dana Okoye (on-call, primary)    +44 20 7946 0101  anything in section 3",
        "2      Engineering on-call: Priya Nair  +44 20 7946 0102  beyond on-call's scope",
    ]


def test_a_service_whose_file_has_another_name_is_found(here: Path) -> None:
    assert "+44 20 7946 0101" in section3("phone", "search").stdout
    assert "+44 20 7946 0101" in section3("phone", "find").stdout


def test_an_unknown_service_names_the_nearest(here: Path) -> None:
    result = section3("phone", "invoice-extrakt")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert 'no runbook for the service invoice-extrakt in playbooks. Did you mean "invoice-extract"?' in result.stderr
    assert "There are: invoice-extract, search." in section3("phone", "zzz").stderr


def test_many_services_are_not_all_named(here: Path) -> None:
    for number in range(20):
        text = GOOD.replace("service: invoice-extract", f"service: shop-{number:02}").replace("[invoices, ix]", "[]")
        (here / "playbooks" / f"shop-{number:02}.md").write_text(text, encoding="utf-8")
    said = section3("phone", "nothing").stderr
    assert said.endswith(
        "shop-00, shop-01, shop-02, shop-03, shop-04, shop-05, shop-06, shop-07, shop-08, shop-09 and 10 more.\n"
    )


def test_many_runbooks_are_parsed_once_and_follow_their_files(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(here / "home"))
    for number in range(60):
        text = GOOD.replace("service: invoice-extract", f"service: shop-{number:02}").replace("[invoices, ix]", "[]")
        (here / "playbooks" / f"shop-{number:02}.md").write_text(text, encoding="utf-8")
    first = section3("list").stdout
    kept = sorted((here / "home").rglob("??/*.json"))
    assert len(kept) == 62
    assert section3("list").stdout == first
    assert sorted((here / "home").rglob("??/*.json")) == kept
    path = here / "playbooks" / "shop-07.md"
    path.write_text(path.read_text(encoding="utf-8").replace("reviewed: 2026-11-21", "reviewed: 2026-11-22"))
    kept[0].write_text("not what was written")
    assert section3("list").stdout == re.sub(r"(shop-07 .*)2026-11-21", r"\g<1>2026-11-22", first)


def test_many_runbooks_without_a_place_to_keep_them(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/nowhere")
    for number in range(60):
        (here / "playbooks" / f"shop-{number:02}.md").write_text(f"---\nservice: shop-{number:02}\n---\n\n# Shop\n")
    result = section3("list")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 63)


def test_rollback_shows_the_one_command_alone_on_its_line(here: Path) -> None:
    lines = section3("rollback", "ix").stdout.splitlines()
    assert "  agentctl rollback invoice-extract" in lines
    assert "Authorised: the on-call engineer, alone, without a meeting" in lines
    assert "  - `doc_error_ratio > 0.05 for 10m`" in lines
    assert "Queued requests      survive" in lines


def test_show_an_entry(here: Path) -> None:
    lines = section3("show", "ix", "ix-04").stdout.splitlines()
    for line in (
        "IX-04  Queue backlog with idle workers",
        "SEV2 · owner ap-automation-oncall · last drilled 2026-10-02",
        " 1. CHECK  Does the same message fail again and again?",
        "      agentctl queue head",
        "    Expect: at most one id repeats.",
        "    If not: move it aside with",
        "      agentctl queue deadletter ID",
        " 2. ACT  Restart the workers.",
        "      agentctl restart workers",
        " 3. WAIT 10 min  Do nothing. Watch `queue_depth`.",
        " 4. BRANCH  Is the oldest message from before the last deploy?",
        "    Yes: go to step 5.",
        " 5. ROLL BACK  if workers stop again within 30 min and were released in the last 24 h.",
        " 6. ESCALATE  to engineering if the oldest age is > 4 h.",
        "Verify: oldest age < 10 min for 15 min",
        "Escalate to: engineering after 30 min",
        "  - IX-05: step 1 separates them",
    ):
        assert line in lines


def test_a_draft_says_that_it_is_one(here: Path) -> None:
    path = here / "playbooks" / "invoice-extract.md"
    head = "### IX-09 Field accuracy falls\n\n"
    path.write_text(swap(GOOD, head, f"{head}**Status:** draft\n\n"), encoding="utf-8")
    assert "Draft: nobody has reviewed this entry." in section3("show", "ix", "IX-09").stdout
    assert "Field accuracy falls (draft)" in section3("show", "ix").stdout


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("4", "2      Engineering on-call: Priya Nair  +44 20 7946 0102  beyond on-call's scope"),
        ("escalation", "2      Engineering on-call: Priya Nair  +44 20 7946 0102  beyond on-call's scope"),
        ("change log", "2026-11-20 01:38Z  prompt  routing prompt  v60   v61  Sam"),
        ("changes", "2026-11-20 01:38Z  prompt  routing prompt  v60   v61  Sam"),
        ("health", "Dashboard: https://grafana.acme.internal/d/invoice-extract"),
        ("summary", "Depends on: model provider, OCR service, broker"),
        ("Common", " 2. ACT  Restart the workers."),
        ("5", "Roll back when"),
    ],
)
def test_show_a_section(here: Path, part: str, line: str) -> None:
    assert line in section3("show", "ix", part).stdout.splitlines()


def test_show_everything_has_the_six_sections_in_order(here: Path) -> None:
    text = section3("show", "ix").stdout
    assert re.findall(r"^\d\. [A-Z][a-z ]+$", text, re.M) == [
        "1. Service summary",
        "2. Health",
        "3. Common failures",
        "4. Escalation",
        "5. Rollback",
        "6. Change log",
    ]


def test_an_unknown_part_names_the_nearest(here: Path) -> None:
    result = section3("show", "ix", "rolback")
    assert result.exit_code == 1
    assert 'neither a section nor a failure called rolback. Did you mean "rollback"?' in result.stderr


def test_a_broken_file_is_shown_as_far_as_it_can_be_read(here: Path) -> None:
    path = here / "playbooks" / "invoice-extract.md"
    path.write_text(GOOD + "\n```sh\nnever closed\n", encoding="utf-8")
    result = section3("phone", "invoice-extract")
    assert result.exit_code == 0
    assert "+44 20 7946 0101" in result.stdout
    assert "error P06" in result.stderr
    assert "(shown as far as it can be read)" in result.stderr


def test_a_file_that_is_no_runbook_is_not_proposed_in_its_own_place(here: Path) -> None:
    (here / "playbooks" / "garbage.md").write_bytes(b"\x00\xff")
    result = section3("show", "garbage")
    assert result.exit_code == 1
    assert "garbage.md cannot be read as a runbook. section3 lint " in result.stderr
    assert "Did you mean" not in result.stderr


def test_what_is_missing_is_called_unknown(here: Path) -> None:
    path = here / "playbooks" / "invoice-extract.md"
    path.write_text(
        "---\nservice: invoice-extract\n---\n\n## 3. Common failures\n\n### IX-01 It fails\n", encoding="utf-8"
    )
    everything = section3("show", "invoice-extract").stdout
    assert "No contacts are written down." in everything
    assert "Authorised: unknown" in everything
    entry = section3("show", "invoice-extract", "IX-01").stdout
    assert "severity unknown · owner unknown · last drilled never" in entry


def test_without_a_folder_the_samples_are_shown_and_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = section3("list")
    assert result.exit_code == 0
    assert {"invoice-extract", "research-rag", "support-triage"} <= {
        line.split()[0] for line in result.stdout.splitlines()
    }
    assert "these are the samples that came with section3" in result.stderr


def test_another_folder(here: Path, tmp_path: Path) -> None:
    assert section3("phone", "ix", "--playbooks", "playbooks").exit_code == 0
    result = section3("list", "--playbooks", "nowhere")
    assert result.exit_code == 2
    assert "nowhere: no such folder." in result.stderr


def test_commands_are_not_wrapped_in_a_narrow_terminal(here: Path) -> None:
    path = here / "playbooks" / "invoice-extract.md"
    long = "agentctl rollback invoice-extract --reason incident --to-version previous --wait"
    path.write_text(swap(GOOD, "agentctl rollback invoice-extract\n", f"{long}\n"), encoding="utf-8")
    code, seen = in_terminal("rollback", "ix", cwd=here, columns=40)
    assert code == 0
    assert long in re.sub(r"\x1b\[[0-9;]*m", "", seen)
    assert "\x1b[" in seen


def test_phone_numbers_are_not_wrapped_in_a_narrow_terminal(here: Path) -> None:
    _, seen = in_terminal("phone", "ix", cwd=here, columns=60)
    assert "+44 20 7946 0101" in seen


def test_where_a_table_would_break_words_its_rows_stand_one_below_the_other(here: Path) -> None:
    code, seen = in_terminal("phone", "ix", cwd=here, columns=36)
    assert code == 0
    assert re.sub(r"\x1b\[[0-9;]*m", "", seen).split("\r\n") == [
        "Order  1",
        "Who    Dana Okoye (on-call, primary)",
        "Phone  +44 20 7946 0101",
        "For    anything in section 3",
        "",
        "Order  2",
        "Who    Engineering on-call: Priya",
        "       Nair",
        "Phone  +44 20 7946 0102",
        "For    beyond on-call's scope",
        "",
    ]


def test_no_column_is_lost_in_a_narrow_terminal(here: Path) -> None:
    _, seen = in_terminal("list", cwd=here, columns=40)
    for line in ("Service   search", "Failures  6", "Reviewed  2026-11-21", "Title     Invoice extraction agent"):
        assert line in re.sub(r"\x1b\[[0-9;]*m", "", seen).split("\r\n")


def test_a_runbook_cannot_steer_the_terminal(here: Path) -> None:
    path = here / "playbooks" / "invoice-extract.md"
    text = swap(GOOD, "Invoices are late;", "Invoices \x1b[2J\x9b31m are [bold]late[/bold];")
    path.write_text(text.replace("Dana Okoye (", "[red]Dana\x07 ("), encoding="utf-8")
    for words in (["show", "ix", "IX-04"], ["phone", "ix"]):
        _, seen = in_terminal(*words, cwd=here)
        assert "\x1b[2J" not in seen and "\x9b" not in seen and "\x07" not in seen
        assert "[bold]late[/bold]" in seen or "[red]Dana" in seen


def test_the_start_is_light() -> None:
    heavy = "{'aiohttp', 'redis', 'slack_sdk', 'slack_bolt', 'markdown_it', 'jinja2'}"
    code = f"import sys; from bot.cli.app import build; build(); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_what_follows_an_incident_is_not_loaded_with_the_bot() -> None:
    later = "('jinja2', 'bot.postmortem.drafting', 'bot.postmortem.lessons', 'bot.postmortem.publish')"
    code = f"import sys, bot.wire; print([name for name in sys.modules if name.startswith({later})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_no_command_is_usage() -> None:
    result = section3()
    assert result.exit_code == 2
    assert section3("--version").stdout.startswith("section3 ")
    assert section3("nope").exit_code == 2


def test_an_entry_is_found_by_its_id_alone(here: Path) -> None:
    known = section3("show", "ix-04")
    assert (known.exit_code, "IX-04  " in known.stdout) == (0, True)
    assert known.stdout == section3("show", "invoice-extract", "IX-04").stdout
    unknown = section3("show", "IX-99")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "no runbook in playbooks has an entry IX-99" in unknown.stderr


def test_another_number_is_another_failure_and_is_not_suggested(here: Path) -> None:
    result = section3("show", "invoice-extract", "IX-99")
    assert result.exit_code == 1
    assert "invoice-extract has no failure IX-99. It has: IX-04, " in result.stderr
    assert "Did you mean" not in result.stderr


@pytest.mark.parametrize("command", ["show", "phone", "rollback"])
@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_told_as_such(here: Path, command: str, name: str) -> None:
    result = section3(command, name)
    assert (result.exit_code, "the service has no name" in result.stderr) == (2, True)


def test_an_empty_name_is_neither_the_present_folder_nor_a_new_service(here: Path) -> None:
    judged = section3("lint", "")
    assert (judged.exit_code, judged.stderr) == (
        2,
        "section3: a file or folder has an empty name. Nothing was judged.\n",
    )
    for name in ("", "search\n"):
        made = section3("new", name, "--no-ask")
        assert (made.exit_code, f"{name!r} is no service id" in made.stderr) == (2, True)
