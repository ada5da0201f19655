"""What the pretended workspace contains, and how strictly its clockwork runs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UserConfig(_Config):
    """A person. `name` is the handle that tests use; the id is derived from it unless given."""

    name: str
    real_name: str = ""
    email: str = ""
    tz: str = "Etc/UTC"
    id: str = ""
    guest: bool = False
    foreign: bool = False
    """Belongs to another workspace, met in a shared channel."""


class ChannelConfig(_Config):
    """A channel. `members` None means everybody; `bot` says whether the app has been invited."""

    name: str
    private: bool = False
    shared: bool = False
    archived: bool = False
    members: tuple[str, ...] | None = None
    bot: bool = True
    topic: str = ""
    id: str = ""


class GroupConfig(_Config):
    """A user group (`@oncall-ap`)."""

    handle: str
    members: tuple[str, ...] = ()
    id: str = ""


class ShortcutConfig(_Config):
    """A shortcut as the app's manifest would declare it."""

    name: str
    callback_id: str
    kind: Literal["message", "global"] = "message"


def _default_users() -> tuple[UserConfig, ...]:
    return (
        UserConfig(name="alice", real_name="Alice Ames", email="alice@example.org", tz="Europe/London"),
        UserConfig(name="bob", real_name="Bob Brandt", email="bob@example.org", tz="Europe/Berlin"),
    )


class StandInConfig(_Config):
    """Everything `StandIn.start` needs. The defaults are a small workspace that works at once."""

    team: str = "Night Shift"
    domain: str = "night-shift"
    users: tuple[UserConfig, ...] = Field(default_factory=_default_users)
    channels: tuple[ChannelConfig, ...] = (ChannelConfig(name="general"), ChannelConfig(name="ap"))
    groups: tuple[GroupConfig, ...] = ()
    commands: tuple[str, ...] = ("/incident", "/runbook")
    escape_commands: bool = False
    """`should_escape` of the manifest: names in a command's text arrive as `<@U…|name>` and `<#C…|name>`."""
    shortcuts: tuple[ShortcutConfig, ...] = ()
    events: frozenset[str] | None = None
    """The event types the app subscribes to; None is all of them."""
    bot_name: str = "section3"
    bot_token: str = "xoxb-" + "stand-in-bot"
    app_token: str = "xapp-" + "stand-in-app"
    signing_secret: str = "stand-in-signing-secret"
    scopes: frozenset[str] | None = None
    """The bot token's scopes; None is all of them except `chat:write.public`."""
    rates: float = Field(default=1.0, ge=0)
    """How many times Slack's real rates are allowed; 0 turns the limits off (for fast demos)."""
    ack_seconds: float = Field(default=3.0, gt=0)
    """Real seconds an app has to acknowledge (docs.slack.dev/interactivity/handling-user-interaction)."""
    wait_seconds: float = Field(default=5.0, gt=0)
    """How long the driver's waits last before they fail."""
    port: int = 0
    """The port on loopback; 0 takes a free one."""
