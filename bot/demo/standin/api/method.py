"""What every method declares about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.standin.args import Args
from bot.demo.standin.errors import Json
from bot.demo.standin.workspace import Workspace

Handler = Callable[[Workspace, Args], Json]

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
"""Requests a minute (docs.slack.dev/apis/web-api/rate-limits)."""
SPECIAL = 600
"""Methods whose page says only "special rate limits apply"; auth.test is said to bear hundreds a minute."""


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: its rate, the scopes of which one is needed, and what it does."""

    name: str
    handler: Handler
    per_minute: int
    scopes: tuple[str, ...] = ()
    app_token: bool = False
    """Called with the app-level token instead of the bot token."""
