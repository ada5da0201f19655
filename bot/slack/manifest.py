"""The app's manifest, made from what the code listens to and calls; `deploy/slack-manifest.yaml` is this, written."""

from __future__ import annotations

from typing import Any

from bot.slack.app import COMMANDS
from bot.slack.listening.events import EVENTS, OPEN_GLOBAL_SHORTCUT, OPEN_SHORTCUT, TIMELINE_SHORTCUT

SCOPES: dict[str, str] = {
    "app_mentions:read": "the words of /incident as a mention, because threads take no slash commands",
    "channels:history": "messages in incident threads: marks, talk, edits; finding a post whose reply was lost",
    "channels:read": "channel names as ids, and whether a channel is shared with another organisation",
    "chat:write": "the head, the step message, answers",
    "commands": "/incident, /runbook and the shortcuts",
    "files:write": "the post-mortem draft and the runbook diff in the thread",
    "groups:history": "the same as channels:history in private channels that section3 is invited to",
    "groups:read": "the same as channels:read in private channels that section3 is invited to",
    "groups:write": "a private channel for an incident that is private",
    "im:history": "direct messages to section3 are answered like commands",
    "reactions:read": "emoji that put a message into the timeline",
    "reactions:write": "the check mark that says a mention was recorded",
    "usergroups:read": "who may decide a rollback or lower a severity without a warning",
    "users:read": "names for the post-mortem, where a mention carries only an id",
}
"""Each scope of the bot token with the reason for it; there are no others."""

USAGES = {
    "/incident": ("Open an incident and walk its playbook", "[open|list|show|note|update|…] [words]"),
    "/runbook": ("The playbook for what you see, or that it is not documented", "[service] [what you see]"),
}

SHORTCUTS = (
    ("Open an incident", OPEN_SHORTCUT, "message", "From this message: its words and its link go along"),
    ("Add to timeline", TIMELINE_SHORTCUT, "message", "Put this message into the incident's timeline"),
    ("Open an incident", OPEN_GLOBAL_SHORTCUT, "global", "Open an incident from anywhere"),
)


def manifest(url: str = "") -> dict[str, Any]:
    """The manifest for Socket Mode or, with the bot's public address, for HTTP (docs.slack.dev, "App manifests")."""
    request = f"{url.rstrip('/')}/slack/events" if url else ""
    reached = {"request_url": request} if request else {}
    commands = [
        {
            "command": name,
            "description": USAGES[name][0],
            "usage_hint": USAGES[name][1],
            "should_escape": True,
            **({"url": request} if request else {}),
        }
        for name in COMMANDS
    ]
    shortcuts = [
        {"name": name, "callback_id": callback, "type": kind, "description": meaning}
        for name, callback, kind, meaning in SHORTCUTS
    ]
    return {
        "display_information": {
            "name": "section3",
            "description": "Runs incidents from runbooks, and teaches the runbook what each incident taught.",
            "background_color": "#22313f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "section3", "always_online": True},
            "shortcuts": shortcuts,
            "slash_commands": commands,
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**reached, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not request,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(url: str = "") -> str:
    """The manifest with the reason of each scope as a comment."""
    import yaml

    text: str = yaml.safe_dump(manifest(url), sort_keys=False, width=120, allow_unicode=True)
    for scope, reason in SCOPES.items():
        text = text.replace(f"    - {scope}\n", f"    # {reason}\n    - {scope}\n")
    return "# Made by `section3 manifest`. Paste it at Slack under Your apps, Create an app, From a manifest.\n" + text
