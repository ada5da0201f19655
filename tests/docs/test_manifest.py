"""deploy/slack-manifest.yaml is what the code asks Slack for, and nothing is asked for without a reason."""

from __future__ import annotations

import ast
from pathlib import Path

from bot.demo.standin.api.table import METHODS
from bot.slack.manifest import SCOPES, as_yaml, manifest

ROOT = Path(__file__).resolve().parents[2]


def test_the_file_is_what_the_command_prints() -> None:
    assert (ROOT / "deploy" / "slack-manifest.yaml").read_text() == as_yaml()


def test_http_mode_gives_every_address() -> None:
    made = manifest("https://bot.example.net/")
    assert made["settings"]["socket_mode_enabled"] is False
    urls = {one["url"] for one in made["features"]["slash_commands"]}
    assert urls == {"https://bot.example.net/slack/events"}
    assert made["settings"]["interactivity"]["request_url"] == "https://bot.example.net/slack/events"


def called_methods() -> set[str]:
    """Every Web API method that the code names."""
    found = set()
    for path in (ROOT / "bot" / "slack").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in METHODS:
                found.add(node.value)
    return found


def test_every_method_that_is_called_has_its_scope() -> None:
    # Several scopes of a method are alternatives (public channels, private ones): one of them is enough.
    lacking = [
        name for name in called_methods() if METHODS[name].scopes and not set(METHODS[name].scopes) & set(SCOPES)
    ]
    assert called_methods() >= {"chat.postMessage", "conversations.replies", "views.open"}
    assert lacking == []
