"""A Bolt app that notes what people touch and answers their submissions as told, for the stand-in's own tests."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.demo.standin import ChannelConfig, Posted, StandIn, StandInConfig, UserConfig
from tests.demo.standin_app import bolt, call, over_http, plain

Json = dict[str, Any]


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def field(label: str, block_id: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


TEXT = {"type": "plain_text_input", "action_id": "text"}


class App:
    """A Bolt app that notes what it hears and answers submissions as told."""

    def __init__(self, slack: StandIn) -> None:
        self.slack = slack
        self.bolt: AsyncApp = bolt(slack)
        self.heard: list[Json] = []
        self.answer: Json = {}
        listen(self)

    @property
    def action(self) -> Json:
        """The last thing somebody touched."""
        action: Json = self.heard[-1]["actions"][0]
        return action

    async def show(self, *blocks: Json) -> Posted:
        channel = self.slack.channel("#ap")
        assert (await call(self.slack, "chat.postMessage", channel=channel.id, text="x", blocks=list(blocks)))["ok"]
        return channel.messages[-1]

    async def open(self, view: Json) -> None:
        trigger = self.slack.workspace.rights.trigger(self.slack.user("alice").id)
        answer = await call(self.slack, "views.open", trigger_id=trigger, view=view)
        assert answer["ok"], answer


def listen(app: App) -> None:
    @app.bolt.action(re.compile(".*"))
    async def touched(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack()

    @app.bolt.view("form")
    async def submitted(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack(**app.answer)

    @app.bolt.view_closed("form")
    async def closed(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack()

    @app.bolt.options("search")
    async def search(ack: Any, payload: Json) -> None:
        found = [name for name in ("invoice-extract", "invoice-post", "mail") if payload["value"] in name]
        await ack(options=options(*found))

    @app.bolt.command("/incident")
    async def command(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack()


@asynccontextmanager
async def touched() -> AsyncIterator[App]:
    """The app over signed HTTP in a workspace of its own."""
    config = StandInConfig(
        rates=0,
        escape_commands=True,
        users=(
            UserConfig(name="alice", tz="Europe/Berlin"),
            UserConfig(name="bob"),
            UserConfig(name="dan", foreign=True),
        ),
        channels=(
            ChannelConfig(name="general"),
            ChannelConfig(name="ap", shared=True),
            ChannelConfig(name="quiet", members=("bob",), bot=False),
        ),
    )
    async with await StandIn.start(config) as slack:
        made = App(slack)
        async with over_http(slack, made.bolt):
            yield made
