"""The Bolt app: few listeners, each of which parses, asks the desk, and answers in the acknowledgement.

`process_before_response` makes an acknowledgement mean "recorded": the listener has returned before Slack is answered,
and an event whose listener raised is answered with an error, so that Slack sends it again (docs.slack.dev, Events API,
"Error handling").
"""

from __future__ import annotations

import logging
import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.drawing.gate import gate
from bot.slack.listening import actions, events, lookup, submissions, windows
from bot.slack.listening.commands import incident_command
from bot.slack.listening.deliveries import asked_by_action, asked_by_command, asked_by_shortcut, asked_by_view
from bot.slack.listening.front import Front, Reply
from bot.slack.listening.guard import guarded, seen, surface_of, whisper
from bot.slack.listening.typed import typed

COMMANDS = {"/incident": incident_command, "/runbook": lookup.runbook_command}
"""The slash commands; the manifest is made from this."""

ANYTHING = re.compile(".*", re.DOTALL)


def build(front: Front, client: AsyncWebClient, signing_secret: str, log: logging.Logger) -> AsyncApp:
    """The app with its listeners. Makes no call and opens no connection."""
    app = AsyncApp(
        # Without a name Bolt walks the stack and looks at the file of every module: 0.3 s of the start.
        name="section3",
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        logger=log,
        request_verification_enabled=bool(signing_secret),
    )
    # Each listener that is looked at first costs every delivery: clicks come first, they are what there is most of.
    app.action(ANYTHING)(_action(front))
    app.command(re.compile("|".join(COMMANDS)))(_command(front))
    app.view(ANYTHING)(_submission(front))
    app.shortcut(ANYTHING)(_shortcut(front))
    events.register(app, front)
    return app


def _command(front: Front) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = await seen(front, asked_by_command(body))
        command = COMMANDS[str(body["command"])]
        reply = await guarded(front, asked, command(front, asked, await typed(front, str(body.get("text", "")))))
        await _ack(ack, reply)

    return listen


async def _ack(ack: AsyncAck, reply: Reply) -> BoltResponse:
    if reply.message is None:
        return await ack()
    answer = gate({"text": reply.message.text, "blocks": reply.message.blocks})
    return await ack(text=answer["text"], blocks=answer["blocks"], response_type="ephemeral")


def _action(front: Front) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = await seen(front, asked_by_action(body))
        reply = await guarded(front, asked, actions.click(front, asked, body), surface_of(body))
        await ack()
        if reply.recorded and surface_of(body) == "modal":
            front.errands.run(windows.redrawn(front, body["view"]))
        if reply.message is not None:
            await whisper(front, asked, reply.message)

    return listen


def _submission(front: Front) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = await seen(front, asked_by_view(body))
        answer = await submissions.submit(front, asked, body)
        await ack(**answer)

    return listen


def _shortcut(front: Front) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = await seen(front, asked_by_shortcut(body))
        reply = await guarded(front, asked, events.shortcut(front, asked, body))
        await ack()
        if reply.message is not None:
            await whisper(front, asked, reply.message)

    return listen
