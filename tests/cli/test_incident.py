"""The night from the terminal: the same words, the same desk, no Slack."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.cli.app import build
from bot.cli.desk import me, with_core
from bot.cli.people import USAGE
from bot.core import Core
from bot.domain import commands as c
from bot.domain.refusals import Refusal
from bot.domain.vocabulary import MarkKind, ProposalKind
from bot.engine.orders import Order
from bot.runbooks.resources import sample_playbooks_dir
from bot.store.client import Client
from tests.store.server import ServerProcess, valkey

STUCK = "queue is stuck, oldest message 70 min, workers idle"
Section3 = Callable[..., Result]


@pytest.fixture
def section3(redis_server: str, redis_client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Section3:
    """Runs a command on an empty store with the sample runbooks."""
    monkeypatch.setenv("REDIS_URL", redis_server)
    monkeypatch.setenv("PLAYBOOKS_DIR", str(sample_playbooks_dir()))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(build(), [*arguments])

    return run


def ok(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def test_a_night_in_the_terminal(section3: Section3) -> None:
    opened = ok(section3("incident", "open", "ix", STUCK))
    assert "INC-1 is open." in opened
    assert "agentctl queue head" in opened
    assert "+44 20 7946 0101" in opened
    assert "Step 2 of 6" in ok(section3("incident", "done", "INC-1", "looks fine"))
    assert "Waiting until" in ok(section3("incident", "failed", "2", "workers came back and hung"))
    ok(section3("incident", "ran", "agentctl queue deadletter 8812"))
    ok(section3("incident", "note", "payload too large, <!channel>"))
    assert "Lead:" in ok(section3("incident", "ack"))
    assert "SEV1" in ok(section3("incident", "sev", "1", "the payment run is tomorrow"))
    assert "mitigated" in ok(section3("incident", "over"))
    assert "closed" in ok(section3("incident", "close", "wrong", "the poison message"))
    told = ok(section3("incident", "timeline", "1"))
    for words in (
        "SEV2 opened for",
        "IX-04 step 1: as expected",
        "agentctl queue deadletter 8812",
        "<!channel>",
        "closed",
    ):
        assert words in told


def told(*commands: c.Command) -> None:
    """Records what no word of the terminal says."""

    async def work(core: Core) -> None:
        for command in commands:
            incident = await core.desk.by_number(1)
            assert incident is not None
            outcome = await core.desk.handle(incident.id, Order(command, me(), "cli"))
            assert not isinstance(outcome, Refusal), outcome

    with_core(work)


def test_a_proposal_is_answered_in_the_terminal(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert section3("incident", "accept", "INC-1").exit_code != 0, "nothing is proposed yet"
    ok(section3("incident", "close", "wrong", "2"))
    made = c.MakeProposal(kind=ProposalKind.AMEND, failure_id="IX-04", title="step 2", path="ix.md", diff="+a")
    told(made)
    shown = ok(section3("incident", "show", "INC-1"))
    assert 'Proposed: IX-04 "step 2", made' in shown
    assert "section3 incident accept INC-1 | decline INC-1 <why>" in shown
    assert "Recorded in INC-1" in ok(section3("incident", "accept", "INC-1"))
    assert 'Proposed: IX-04 "step 2", accepted' in ok(section3("incident", "show", "INC-1"))
    again = section3("incident", "accept", "INC-1")
    assert again.exit_code == 1 and "on its way" in again.output
    unsaid = section3("incident", "decline", "INC-1")
    assert unsaid.exit_code == USAGE and "Say why: decline <why>" in unsaid.output
    ok(section3("incident", "decline", "INC-1", "once", "only"))
    assert json.loads(ok(section3("incident", "show", "INC-1", "--json")))["proposal"]["status"] == "declined"


def test_action_items_are_listed_and_closed_in_the_terminal(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert "INC-1 has no action item." in ok(section3("incident", "actions"))
    told(
        c.MarkMessage(message="m1", kind=MarkKind.ACTION, text="alert on [stalls]", author="U1"),
        c.MarkMessage(message="m2", kind=MarkKind.ACTION, text="raise the limit", author="U1"),
    )
    listed = ok(section3("incident", "actions", "INC-1")).splitlines()
    assert [line[:7] for line in listed] == ["1  open", "2  open"]
    assert listed[0].endswith("alert on [stalls]")
    left = json.loads(ok(section3("incident", "actions", "INC-1", "--close", "2", "--json")))
    assert [one["closed"] for one in left] == [False, True]
    assert section3("incident", "actions", "INC-1", "--close", "2").exit_code == 1
    assert section3("incident", "actions", "INC-1", "--close", "3").exit_code == USAGE


def test_the_terminal_says_whom_to_phone_what_was_recorded_and_what_to_say_next(section3: Section3) -> None:
    opened = ok(section3("incident", "open", "ix", STUCK))
    assert "done 1 (as expected) | failed 1 (not as expected)" in opened
    assert "If not: move it aside with" in opened
    ok(section3("incident", "ack"))
    called = ok(section3("incident", "call"))
    assert "called Primary on-call" in called
    assert "+44 20 7946 0101" in called, "the number is what the command is for"
    ok(section3("incident", "done", "1"))
    ok(section3("incident", "done", "2"))
    waited = ok(section3("incident", "done", "3", "it fell by 200"))
    assert "it fell by 200" in waited, "a note at a wait is kept"
    assert "3 wait: as expected" in waited
    assert "done 4 yes | done 4 no" in waited
    assert "4 branch: Yes" in ok(section3("incident", "done", "4", "yes"))
    assert "rollback decide" in ok(section3("incident", "done", "5"))
    decided = ok(section3("incident", "rollback", "decide"))
    assert "agentctl rollback invoice-extract" in decided
    assert "rollback done | rollback failed" in decided
    assert "rollback verified | rollback unverified" in ok(section3("incident", "rollback", "done"))


def test_what_was_typed_can_neither_steer_the_terminal_nor_pass_for_a_fact(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", "\x1b[2J" + STUCK))
    ok(section3("incident", "note", "one\n03:11 UTC  root  closed\x1b[1A"))
    for words in (("timeline",), ("show",), ("list",)):
        assert "\x1b" not in ok(section3("incident", *words))
    assert "\n    03:11 UTC  root  closed" in ok(section3("incident", "timeline"))


def test_a_wait_that_goes_wrong_is_not_called_done(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    ok(section3("incident", "done", "1"))
    ok(section3("incident", "done", "2"))
    nonsense = section3("incident", "wait", "abc")
    assert (nonsense.exit_code, "Say how many minutes" in nonsense.output) == (2, True)
    ok(section3("incident", "wait", "5", "min"))
    ok(section3("incident", "failed", "3", "still 2,000"))
    assert "3 wait: not as expected, then it did not work" in ok(section3("incident", "failed", "3b"))


def test_a_check_that_was_not_as_expected_does_not_read_as_one_that_was(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert "done 1b | failed 1b | skip 1b" in ok(section3("incident", "failed"))
    assert "1 check: not as expected, then it worked" in ok(section3("incident", "done", "1b"))
    told = ok(section3("incident", "timeline"))
    assert "IX-04 step 1: started" in told
    assert "IX-04 step 1 (instead): started: move it aside" in told


def test_who_was_reached_has_a_moment_before_the_next_is_called(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    ok(section3("incident", "call"))
    assert "Call: Secondary on-call: Piotr Zielinski" in ok(section3("incident", "noanswer"))
    ok(section3("incident", "call"))
    reached = ok(section3("incident", "reached"))
    assert "Reached " in reached and "Next, if need be: Engineering on-call: Mei Tan, +44" in reached
    assert "Call: " not in reached
    assert "Reached " not in ok(section3("incident", "ack"))


def test_all_lists_an_incident_whose_runbook_is_gone(
    section3: Section3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert "Closed: " in ok(section3("incident", "close", "this"))
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PLAYBOOKS_DIR", str(empty))
    assert "INC-1" in ok(section3("incident", "list", "--all"))
    assert "INC-1" not in ok(section3("incident", "list"))


def test_json_is_for_programs(section3: Section3) -> None:
    made = json.loads(ok(section3("incident", "open", "invoice-extract", STUCK, "--sev", "3", "--json")))
    assert (made["number"], made["severity"], made["verdict"]) == (1, "SEV3", "documented")
    rows = json.loads(ok(section3("incident", "list", "--json")))
    assert [(row["name"], row["lead"]) for row in rows] == [("INC-1", None)]
    assert json.loads(ok(section3("incident", "show", "--json")))["version"] == made["version"]


def test_a_second_open_is_a_report(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert "Added to INC-1." in ok(section3("incident", "open", "ix", "still stuck"))
    assert "INC-2 is open." in ok(section3("incident", "open", "ix", "another thing", "--separate"))


def test_refusals_and_mistakes_say_what_to_do(section3: Section3, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = section3("incident", "open", "invoce-extract", STUCK)
    assert (unknown.exit_code, 'Did you mean "invoice-extract"?' in unknown.output) == (1, True)
    monkeypatch.setenv("PLAYBOOKS_DIR", "nowhere")
    bare = section3("incident", "open", "ix", STUCK)
    assert (bare.exit_code, "There is no runbook at all" in bare.output) == (1, True)
    monkeypatch.setenv("PLAYBOOKS_DIR", str(sample_playbooks_dir()))
    nothing = section3("incident", "done")
    assert (nothing.exit_code, "no incidents are open" in nothing.output) == (1, True)
    ok(section3("incident", "open", "ix", STUCK))
    wordless = section3("incident", "note")
    assert (wordless.exit_code, "Say what to note" in wordless.output) == (2, True)
    for other in ("1", "77"):
        alone = section3("incident", "cancel", "duplicate", "of", f"INC-{other}")
        assert (alone.exit_code, f"There is no other INC-{other}." in alone.output) == (1, True)
    again = section3("incident", "reopen")
    assert (again.exit_code, "is still open" in again.output) == (1, True)
    assert section3("incident", "open", "ix", STUCK, "--sev", "9").exit_code == 2
    assert "there is no incident 77" in section3("incident", "show", "77").output


def test_nothing_is_done_to_another_incident_than_the_one_named(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    before = ok(section3("incident", "timeline", "1"))
    for words in (("done", "INC_42"), ("note", "INC--1", "x"), ("fixed", "INC_7"), ("private", "INC42"), ("ack", "77")):
        refused = section3("incident", *words)
        assert (refused.exit_code, "section3: there is no incident INC" in refused.output) == (1, True), words
        assert "`section3 incident list` shows" in refused.output
    for words in (("show", ""), ("show", "INC-\u00b2"), ("show", "INC-1 x"), ("watch", "one"), ("actions", "INC_1")):
        assert "there is no incident" in section3("incident", *words).output, words
    for words in (("note", "", "hello"), ("ack", "")):
        empty = section3("incident", *words)
        assert (empty.exit_code, "is empty. Leave it out" in empty.output) == (USAGE, True), words
    assert "ack takes no text" in section3("incident", "ack", "at", "once").output
    assert ok(section3("incident", "timeline", "INC-1")) == before
    ok(section3("incident", "note", "1", "hello"))
    assert "note: 1 hello" in ok(section3("incident", "timeline")), "where a text may stand, a number is text"


def test_two_terminals_that_show_the_same_step_do_not_answer_two(section3: Section3) -> None:
    assert "done 1 (as expected)" in ok(section3("incident", "open", "ix", STUCK))
    ok(section3("incident", "done"))
    unsure = section3("incident", "done")
    assert (unsure.exit_code, "went on to step 2" in unsure.output) == (USAGE, True)
    assert "say: done 2." in unsure.output
    late = section3("incident", "done", "1")
    assert (late.exit_code, "Step 1 was answered by" in late.output) == (1, True)
    run = json.loads(ok(section3("incident", "show", "--json")))["runs"][0]
    assert [state["status"] for state in run["steps"][:2]] == ["done", "current"]


def test_a_text_has_a_limit_and_a_list_has_lines(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK + "\n" + "x" * 2_900))
    for words in (("note", "x" * 3_001), ("ran", "x" * 100_000)):
        long = section3("incident", *words)
        assert (long.exit_code, "at most 3,000 are kept" in long.output) == (1, True)
    refused = section3("incident", "open", "ix", "x" * 3_001, "--separate")
    assert (refused.exit_code, "at most 3,000" in refused.output) == (1, True)
    assert "at most 3,000" in section3("incident", "open", "ix", "x" * 3_001).output, "as a report as well"
    (listed,) = ok(section3("incident", "list")).splitlines()
    assert len(listed) < 180 and listed.endswith("\u2026")
    assert "x" * 2_900 in ok(section3("incident", "show"))
    assert "INC-2 is open." in ok(section3("incident", "open", "ix", STUCK, "--separate")), "what was refused took none"


def test_an_entry_that_is_none_opens_nothing(section3: Section3) -> None:
    wrong = section3("incident", "open", "ix", STUCK, "--failure", "IX-99")
    assert (wrong.exit_code, "invoice-extract has no failure IX-99. It has: IX-01," in wrong.output) == (1, True)
    assert "No incident is open." in ok(section3("incident", "list"))


def test_a_step_that_was_left_out_is_told_as_that(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert "IX-04 step 1 skipped\n" in ok(section3("incident", "skip", "1"))
    again = section3("incident", "skip", "1", "risky")
    assert "Step 1 was answered by" in again.output and "skipped (other)" in again.output.replace("\n", " ")
    assert "step 1 corrected: skipped (other) becomes as expected" in ok(section3("incident", "change", "1", "done"))
    assert section3("incident", "change", "1", "done").exit_code == 1, "nothing would change"


def test_a_handover_names_whom_it_was_offered_to(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK, "--drill"))
    ok(section3("incident", "lead", "@mei"))
    ok(section3("incident", "affects", "research-rag"))
    shown = ok(section3("incident", "handover", "@noor"))
    assert "handover offered to noor" in shown
    assert "Lead: mei. Offered to noor, who has not taken it (ack)" in shown
    assert "INC-1 · invoice-extract · open · drill" in shown
    assert "Also affects: research-rag" in shown
    ok(section3("incident", "lead"))
    assert "handover offered to noor" in ok(section3("incident", "timeline"))


def test_a_private_incident_is_in_no_list(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", "account numbers in the logs", "--private"))
    listed = ok(section3("incident", "list"))
    assert "account numbers" not in listed
    assert "Private and not listed: 1." in listed
    assert json.loads(ok(section3("incident", "list", "--json"))) == []
    assert "account numbers" in ok(section3("incident", "show", "INC-1"))


def test_what_was_run_may_have_options_of_its_own(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    ok(section3("incident", "ran", "agentctl", "restart", "workers", "--all", "-f"))
    assert "agentctl restart workers --all -f" in ok(section3("incident", "timeline"))
    ok(section3("incident", "ran", "INC-1", "agentctl", "queue", "--json", "--help"))
    assert "agentctl queue --json --help" in ok(section3("incident", "timeline"))


def test_bytes_that_are_no_text_are_shown_as_such(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", f"{STUCK} \udcff"))
    assert "note: \ufffd red" in ok(section3("incident", "note", "\udcfe red"))
    assert f"{STUCK} \ufffd" in ok(section3("incident", "show"))


def test_a_second_service_is_one_that_has_a_runbook(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    unknown = section3("incident", "affects", "triag")
    assert (unknown.exit_code, "no runbook is called 'triag'" in unknown.output) == (1, True)
    ok(section3("incident", "affects", "triage"))
    assert json.loads(ok(section3("incident", "show", "--json")))["also_affects"] == ["support-triage"]


@pytest.mark.parametrize(
    ("word", "text", "fact"),
    [
        ("ack", "", "lead_taken"),
        ("step", "", "step_called_up"),
        ("ran", "agentctl queue head", "step_improvised"),
        ("note", "the batch is due at six", "noted"),
        ("update", "workers are back next 30", "update_posted"),
        ("sev", "1 money is at risk", "severity_changed"),
        ("lead", "", "lead_taken"),
        ("call", "", "called"),
        ("rollback", "met 1", "rollback_condition_met"),
        ("over", "", "mitigated"),
        ("close", "none", "closed"),
    ],
)
def test_every_word_is_recorded_and_answers_json(section3: Section3, word: str, text: str, fact: str) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert json.loads(ok(section3("incident", word, "--json", *text.split())))["number"] == 1
    recorded = [
        json.loads(line)["event"]["type"] for line in ok(section3("incident", "timeline", "1", "--json")).splitlines()
    ]
    assert recorded[-1] == fact or fact in recorded, recorded


def test_what_the_store_says_meanwhile_is_no_part_of_the_answer(
    section3: Section3, capsys: pytest.CaptureFixture[str]
) -> None:
    async def work(core: Core) -> None:
        structlog.get_logger("section3.store").warning("store", said="The server ended; it is started again.")

    with_core(work)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "section3: The server ended; it is started again.\n")


def test_watch_follows_until_the_end(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    ok(section3("incident", "close", "this"))
    assert "closed" in ok(section3("incident", "watch", "INC-1", "--until-closed"))


def test_work_waits_and_can_be_looked_at(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert "draw:INC-1  invoice-extract in #ap-automation  due " in ok(section3("work", "list"))
    missing = section3("work", "replay", "draw:nothing")
    assert (missing.exit_code, "no dead letter" in missing.output) == (1, True)
    assert section3("work", "replay").exit_code == 2
    assert "Due again: 0." in ok(section3("work", "replay", "--all"))


def test_given_up_work_is_named_and_replayed_by_the_name_of_its_incident(section3: Section3) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    ok(section3("incident", "open", "ix", "account numbers in the logs", "--private"))

    async def give_up(core: Core) -> None:
        now = core.clock.now()
        for lease in await core.store.work.claim(now, lease_ms=4_000, limit=10):
            await core.store.work.bury(lease, "Slack answered is_archived to chat.postMessage", now)
        await core.store.work.put("sing:of-a-newer-version", now)

    with_core(give_up)
    listed = section3("work", "list")
    assert listed.exit_code == 1
    assert "draw:INC-1  invoice-extract in #ap-automation  given up " in listed.output
    assert "after 1 attempt: Slack answered is_archived" in listed.output
    assert "draw:INC-2  private  given up " in listed.output
    assert "sing:of-a-newer-version  due " in listed.output
    told = section3("work", "list", "--json")
    assert told.exit_code == 1
    work = json.loads(told.stdout)
    assert [(one["key"], one["incident"]) for one in work["waits"] if one["key"].startswith("sing")] == [
        ("sing:of-a-newer-version", None)
    ]
    assert all(isinstance(one["due_at"], int) for one in work["waits"])
    dead = {one["key"]: one for one in work["given_up"]}
    assert (dead["draw:INC-1"]["attempts"], dead["draw:INC-1"]["incident"]) == (1, "INC-1")
    assert dead["draw:INC-2"]["error"] == "Slack answered is_archived to chat.postMessage"
    assert "Due again: 1." in ok(section3("work", "replay", "draw:inc-1"))
    assert "no dead letter 'draw:INC-1'" in section3("work", "replay", "draw:INC-1").output
    assert "Due again: 1." in ok(section3("work", "replay", "--all"))


def test_an_incident_is_archived_and_restored(section3: Section3, tmp_path: Path) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    file = tmp_path / "inc-1.jsonl"
    ok(section3("archive", "INC-1", "--out", str(file)))
    assert section3("archive", "INC-1", "--out", str(file)).exit_code == 1
    assert "was there already" in ok(section3("restore", str(file)))
    told = json.loads(ok(section3("restore", str(file), "--json")))
    assert (told["name"], told["new"]) == ("INC-1", False)
    header = json.loads(file.read_text().splitlines()[0])
    assert (told["id"], told["events"]) == (header["incident"], header["events"])
    below = section3("archive", "INC-1", "--out", str(file / "inc-1.jsonl"))
    assert (below.exit_code, "cannot be written" in below.output, "Nothing was written." in below.output) == (
        1,
        True,
        True,
    )
    nowhere = section3("archive", "INC-1", "--out", str(tmp_path / "nowhere" / "inc-1.jsonl"))
    assert (nowhere.exit_code, "there is no folder" in nowhere.output) == (1, True)
    assert not (tmp_path / "nowhere").exists()
    lines = file.read_text().splitlines(keepends=True)
    edited = tmp_path / "edited.jsonl"
    edited.write_text(lines[0].replace('"number": 1', '"number": 77') + "".join(lines[1:]))
    refused = section3("restore", str(edited))
    assert refused.exit_code == 1
    assert f"{edited}:2: The fact says INC-1, the header INC-77. Use another copy" in refused.output
    assert refused.output.rstrip().endswith("Nothing was written.")
    assert "INC-77" not in ok(section3("incident", "list"))
    gone = section3("restore", str(tmp_path / "gone"))
    assert (gone.exit_code, "cannot be read: No such file" in gone.output) == (2, True)
    assert "Incidents: 1." in ok(section3("reindex"))
    figures = json.loads(ok(section3("reindex", "--json")))
    assert figures == {"incidents": 1, "added": 0, "removed": 0, "unreadable": []}


def test_a_store_that_is_away_is_named(section3: Section3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path / 'nobody.sock'}")
    away = section3("incident", "list")
    assert away.exit_code == 1
    assert "Traceback" not in away.output
    assert "nobody.sock" in away.output
    assert "Nothing was recorded" in section3("incident", "note", "INC-1", "lost?").output
    for words in (("rollback", "ix"), ("phone", "ix"), ("show", "ix")):
        assert ok(section3(*words)).strip(), words


def test_a_store_that_is_too_slow_leaves_nobody_unsure_of_what_was_never_sent(
    section3: Section3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with ServerProcess(tmp_path / "slow", valkey()) as server:
        monkeypatch.setenv("REDIS_URL", server.url)
        ok(section3("incident", "open", "ix", STUCK))
        server.signal(signal.SIGSTOP)
        looked = section3("incident", "list")
        assert (looked.exit_code, "did not answer in time" in looked.output) == (1, True)
        assert "not known" not in looked.output, "who only looked has nothing to be unsure of"
        wrote = section3("incident", "note", "INC-1", "saved?")
        assert (wrote.exit_code, "Nothing was recorded." in wrote.output) == (1, True), "it never came to the write"
        server.signal(signal.SIGCONT)
        assert "INC-1" in ok(section3("incident", "list"))


def test_doctor_says_what_to_do_about_each(section3: Section3) -> None:
    found = section3("doctor")
    assert found.exit_code == 1
    assert "SLACK_BOT_TOKEN is not set" in found.output
    assert "✓ Runbook invoice-extract" in found.output


def test_run_without_tokens_says_where_they_are(section3: Section3) -> None:
    started = section3("run")
    assert started.exit_code == 2
    last = [json.loads(line) for line in started.stderr.splitlines()][-1]
    assert last["event"] == "not_running"
    assert "SLACK_BOT_TOKEN" in last["said"], "what collects logs reads lines of JSON, this one too"


def test_an_unsure_match_shows_what_it_might_be_and_one_of_them_can_be_taken(section3: Section3) -> None:
    text = "the lemur cache is purple and citations vanish on tuesdays"
    opened = ok(section3("incident", "open", "research-rag", text))
    assert "No playbook. Nearest, none is certain:" in opened
    assert "section3 incident use RA-07" in opened
    refused = section3("incident", "use", "RA-99")
    assert (refused.exit_code, "research-rag has no entry RA-99. It has: RA-01" in refused.output) == (2, True)
    closed = ok(section3("incident", "close"))
    assert "documented: unknown" in closed
    assert "its impact counts until then" in closed
    ok(section3("incident", "reopen", "INC-1"))
    assert "Playbook: RA-07" in ok(section3("incident", "use", "INC-1", "ra-07"))


def test_the_terminal_shows_when_to_roll_back_with_the_numbers_of_the_words(section3: Section3) -> None:
    opened = ok(section3("incident", "open", "invoice-extract", "queue is stuck"))
    listed = opened.partition("Roll back when (rollback met <number>):")[2].split("\n")
    assert listed[1].startswith("  1 ")
    met = ok(section3("incident", "rollback", "met", "1"))
    assert listed[1].removeprefix("  1 ") in met.replace("\n    ", " ")


def test_a_night_without_slack_teaches_the_runbook(
    section3: Section3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "playbooks"
    shutil.copytree(sample_playbooks_dir(), shelf)
    monkeypatch.setenv("PLAYBOOKS_DIR", str(shelf))
    words = "purple llamas block the printer gateway"
    ok(section3("incident", "open", "ix", words))
    ok(section3("incident", "tried", "restarted the gateway"))
    assert "The draft comes two minutes after the close" in ok(section3("incident", "close", "none", "it was full"))
    assert "Nothing is due that needs no Slack" in ok(section3("work", "do"))

    async def two_minutes_later(core: Core) -> None:
        (key,) = [key for key, _ in await core.store.work.pending() if key.startswith("draft:")]
        await core.store.work.put(key, core.clock.now())

    with_core(two_minutes_later)
    assert ok(section3("work", "do")) == "draft:INC-1  invoice-extract in #ap-automation  done\n"
    assert 'Proposed: IX-11 "Purple llamas block the printer gateway", made' in ok(section3("incident", "show", "1"))
    assert "To be sent: a running bot does it, or: section3 work do" in ok(section3("incident", "accept", "INC-1"))
    assert "publish:INC-1" in ok(section3("work", "do"))
    patch = tmp_path / "data" / "proposals" / "inc-1.patch"
    assert f"sent: {patch}" in ok(section3("incident", "show", "1")).replace("\n", "")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True, timeout=20)
    subprocess.run(["git", "apply", str(patch)], cwd=tmp_path, check=True, timeout=20)
    assert "documented\n  IX-11" in ok(section3("match", words))
    assert "draw:INC-1" in section3("work", "list").output, "what is to be shown waits for a bot with Slack"


def test_what_only_one_server_has_is_told_in_the_terminal_too(
    section3: Section3, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(section3("incident", "open", "ix", STUCK))
    assert "one server" not in section3("incident", "note", "as usual").output
    monkeypatch.setenv("REDIS_REPLICAS", "1")
    noted = section3("incident", "note", "nobody confirmed this", "--json")
    assert noted.exit_code == 0
    assert noted.stderr == "section3: Saved on one server only: no replica confirmed it in time.\n"
    assert json.loads(noted.stdout)["number"] == 1, "stdout stays the answer"
