"""`section3 manifest`: what is pasted at Slack."""

from __future__ import annotations

import pytest
import yaml

from tests.cli.terminal import section3


def test_without_an_address_the_app_uses_socket_mode() -> None:
    result = section3("manifest")
    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout)["settings"]["socket_mode_enabled"] is True


def test_an_address_goes_into_the_request_urls() -> None:
    result = section3("manifest", "--url", "https://bot.example.org")
    assert result.exit_code == 0
    settings = yaml.safe_load(result.stdout)["settings"]
    assert settings["event_subscriptions"]["request_url"].startswith("https://bot.example.org/")


@pytest.mark.parametrize(
    "url", ["bot.example.org", "http://bot.example.org", "https://", "https:///slack", "https://["]
)
def test_an_address_that_slack_cannot_deliver_to_is_refused(url: str) -> None:
    result = section3("manifest", "--url", url)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"--url {url}: Slack delivers to https only." in result.stderr
