"""Settings that cannot be, or that are none, are all told at once, with what to do and without their values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import COMPOSE, BadSettings, Settings, load, strangers
from bot.wire import running
from tests.cli.terminal import section3

COMPOSITION = Path(__file__).resolve().parents[2] / "deploy" / "compose.yaml"
BOT, APP, USER, REFRESH = ("xoxb-" + "1", "xapp-" + "1", "xoxp-" + "1", "xoxe-" + "1")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of its own, and nothing of this machine's environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def write(*lines: str) -> None:
    Path(".env").write_text("\n".join(lines))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    write("PORT=eighty", "CONTACTS={", "REDIS_URL=redis://:hidden@h:99999/0", f"SLACK_BOT_TOKEN={APP}")
    with pytest.raises(BadSettings) as caught:
        load()
    said = str(caught.value)
    assert sorted(line.split(":")[0] for line in said.splitlines()) == [
        *("CONTACTS", "PORT", "REDIS_URL", "SLACK_BOT_TOKEN"),
    ]
    assert "no number from 1 to 65535" in said
    assert not any(value in said for value in ("eighty", "hidden", APP))


@pytest.mark.parametrize("name", ["SLACK_API_URL", "GITHUB_API_URL"])
@pytest.mark.parametrize(
    "value", ["slack.example.com/api", "https://", "ftp://h/api", "https://h/a pi", "https://h/?a"]
)
def test_an_address_that_no_method_can_be_put_behind(name: str, value: str) -> None:
    write(f"{name}={value}")
    with pytest.raises(BadSettings, match=f"{name}: It is no address of an API"):
        load()
    write(f"{name}=http://[::1]:3000/api/")
    load()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", APP, "This is an app-level token (xapp-…). Set the bot token (xoxb-…)"),
        ("SLACK_BOT_TOKEN", USER, "This is a user token (xoxp-…). Set the bot token (xoxb-…)"),
        ("SLACK_BOT_TOKEN", REFRESH, "This is a refresh token (xoxe-…)."),
        ("SLACK_APP_TOKEN", BOT, "This is a bot token (xoxb-…). Set the app-level token (xapp-…)"),
        ("SLACK_SIGNING_SECRET", APP, "This is an app-level token (xapp-…). Set the signing secret"),
        ("GITHUB_TOKEN", BOT, "This is a bot token (xoxb-…). Set a token of GitHub"),
        (
            "SLACK_BOT_TOKEN",
            f'"{BOT}"',
            "It has a quotation mark, a space or a sign beyond ASCII inside. Set the bot token",
        ),
        (
            "SLACK_APP_TOKEN",
            "xapp-1…",
            "It has a quotation mark, a space or a sign beyond ASCII inside. Set the app-level",
        ),
        ("SLACK_SIGNING_SECRET", "one two", "It has a quotation mark, a space or a sign beyond ASCII inside."),
    ],
)
def test_a_secret_in_anothers_place_or_form(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    for command in ("doctor", "run"):
        result = section3(command)
        assert (result.exit_code, f"{name}: {said}" in result.stderr) == (2, True)
        assert value not in result.output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", BOT),
        ("SLACK_BOT_TOKEN", "xoxe." + BOT),
        ("SLACK_APP_TOKEN", APP),
        ("SLACK_SIGNING_SECRET", "0123456789abcdef"),
        ("GITHUB_TOKEN", "ghp_" + "1"),
    ],
)
def test_a_secret_in_its_place(name: str, value: str) -> None:
    write(f"{name}={value}")
    assert load().secrets() == (value,)


def test_white_space_around_a_value_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("SLACK_BOT_TOKEN", f"{BOT}\n"),
        ("SLACK_SIGNING_SECRET", " 0123 "),
        ("SLACK_APP_TOKEN", "\n"),
        ("PORT", " 8090\r\n"),
        ("CONTACTS", " {}\n"),
        ("PLAYBOOKS_DIR", " books "),
        ("DATA_DIR", "  "),
    ):
        monkeypatch.setenv(name, value)
    settings = load()
    assert settings.secrets() == (BOT, "0123")
    assert (settings.port, settings.contacts, settings.playbooks_dir) == (8090, {}, Path("books"))
    assert settings.data_dir == Path(".section3"), "blank counts as not set"


async def test_what_is_missing_is_told_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        async with running(load()):
            pass
    assert [line.split(" is ")[0] for line in str(caught.value).splitlines()] == [
        "SLACK_BOT_TOKEN",
        "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP)",
    ]


def test_a_name_in_the_file_that_is_no_setting(capsys: pytest.CaptureFixture[str]) -> None:
    write("SLACK_BOT_TOKENN=x", "redis_ulr=redis://h", "TEAM_COLOUR=blue", "LEFT_EMPTY=", "PORT=x")
    said = [
        "REDIS_ULR in .env is no setting of section3. Did you mean REDIS_URL?",
        "SLACK_BOT_TOKENN in .env is no setting of section3. Did you mean SLACK_BOT_TOKEN?",
        "TEAM_COLOUR in .env is no setting of section3.",
    ]
    assert strangers() == said
    told = section3("doctor").stdout
    assert [f"– Settings: {one}" in told for one in said] == [True] * 3
    logged = section3("run").output
    assert [one in logged for one in said] == [True] * 3


def test_others_names_in_the_environment_are_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REPOSITORY", "HOSTNAME", "HOSTS", "REDIS_PORT", "REDIS_SERVICE_HOST", "TEAM_COLOUR"):
        monkeypatch.setenv(name, "x")
    assert strangers() == []
    monkeypatch.setenv("SLACK_BOT_TOKENN", "x")
    assert strangers() == [
        "SLACK_BOT_TOKENN in the environment is no setting of section3. Did you mean SLACK_BOT_TOKEN?"
    ]
    monkeypatch.setenv("SLACK_BOT_TOKEN", "x")
    assert strangers() == [], "what is set was not misspelt"


def test_what_the_composition_reads_is_no_stranger() -> None:
    read = set(re.findall(r"\$\{(\w+)", COMPOSITION.read_text()))
    assert read - {name.upper() for name in Settings.model_fields} == COMPOSE
    write(*(f"{name}=x" for name in COMPOSE))
    assert strangers() == []


def test_runbooks_are_shown_whatever_else_is_wrong(tmp_path: Path) -> None:
    books = tmp_path / "books"
    books.mkdir()
    (books / "search.md").write_text("---\nservice: search\n---\n# Search\n")
    write("PORT=eighty", f"SLACK_BOT_TOKEN={APP}", "PLAYBOOKS_DIR=books")
    result = section3("list")
    assert "search" in result.stdout
    assert "PORT" not in result.stderr


def test_an_incident_goes_on_at_the_terminal_with_settings_of_slack_that_are_wrong() -> None:
    write("PORT=eighty", "CONTACTS={", f"SLACK_BOT_TOKEN={APP}", "ANNOUNCE=never")
    listed = section3("incident", "list")
    assert (listed.exit_code, listed.output.strip()) == (0, "No incident is open.")
    write("REDIS_REPLICAS=many")
    refused = section3("incident", "list")
    assert refused.exit_code == 2
    assert "REDIS_REPLICAS" in refused.output
