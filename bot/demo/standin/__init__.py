"""A Slack to run the app against: strict as the real one, on loopback, with a clock that moves and people who act.

    slack = await StandIn.start()
    alice = slack.user("alice")
    reply = await alice.command("/incident open ingest queue stuck", "#ap")
    head = await slack.channel("#ap").wait_for(lambda message: "INC-1" in message.text)
    await alice.click(head, "I have it")

See docs/standin.md for its rules and their sources.
"""

from __future__ import annotations

from bot.demo.standin.changes import WaitedInVain
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import ChannelConfig, GroupConfig, ShortcutConfig, StandInConfig, UserConfig
from bot.demo.standin.driver.modal import Home, Modal, Submitted
from bot.demo.standin.driver.person import Person, Reply
from bot.demo.standin.driver.places import Place, Thread
from bot.demo.standin.driver.posted import Button, NotOnScreen, Posted
from bot.demo.standin.standin import StandIn
from bot.demo.standin.terminal import render_message, render_view

__all__ = [
    "Button",
    "ChannelConfig",
    "GroupConfig",
    "Home",
    "Modal",
    "NotOnScreen",
    "OffsetClock",
    "Person",
    "Place",
    "Posted",
    "Reply",
    "ShortcutConfig",
    "StandIn",
    "StandInConfig",
    "Submitted",
    "Thread",
    "UserConfig",
    "WaitedInVain",
    "render_message",
    "render_view",
]
