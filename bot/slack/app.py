"""The Bolt app. Each delivery is parsed, handed to the desk, and answered in the acknowledgement.

`process_before_response` makes an acknowledgement mean "recorded": the listener has returned before Slack is answered,
and an event whose listener raised is answered with an error, so that Slack sends it again (docs.slack.dev, Events API,
"Error handling").
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic_core import to_json
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.drawing.gate import gate
from bot.slack.listening import actions, events, runbooks, submissions, windows
from bot.slack.listening.commands import incident_command
from bot.slack.listening.deliveries import asked_by_action, asked_by_command, asked_by_shortcut, asked_by_view
from bot.slack.listening.front import Front
from bot.slack.listening.guard import guarded, seen, surface_of, whisper
from bot.slack.listening.typed import typed

COMMANDS = {"/incident": incident_command, "/runbook": runbooks.runbook_command}
"""The slash commands; the manifest is made from this."""

Listener = Callable[[dict[str, Any]], Awaitable[BoltResponse]]


def build(front: Front, direct: Direct, client: AsyncWebClient, signing_secret: str, log: logging.Logger) -> AsyncApp:
    """The app with its listeners. Makes no call and opens no connection."""
    app = AsyncApp(
        # Without a name Bolt walks the stack and looks at the file of every module: 0.3 s of the start.
        name="section3",
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        logger=log,
        request_verification_enabled=bool(signing_secret),
        # We offer no functions to Slack's workflows.
        attaching_function_token_enabled=False,
        # The signature is verified by then. What follows asks Slack who we are, with the first click that comes.
        before_authorize=direct,
    )
    events.register(app, front)
    return app


class Direct(AsyncMiddleware):
    """What a person does reaches its listener without a search: by the type of the payload, or the slash command. Bolt
    builds some thirty arguments for every listener that it asks, and again for the one that answers: a tenth of the
    time of a command over Socket Mode."""

    def __init__(self, front: Front) -> None:
        command, shortcut = _command(front), _shortcut(front)
        self._listeners: Mapping[str, Listener] = {
            "block_actions": _action(front),
            "view_submission": _submission(front),
            "shortcut": shortcut,
            "message_action": shortcut,
            **dict.fromkeys(COMMANDS, command),
        }

    async def answer(self, body: dict[str, Any]) -> BoltResponse | None:
        """The listener's acknowledgement of a delivery that is known to be Slack's; None for what has no listener
        here."""
        listener = self._listeners.get(str(body.get("type") or body.get("command")))
        return await listener(body) if listener else None

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        """The listener's acknowledgement; what has no listener here goes on."""
        answer = await self.answer(req.body)
        if answer is None:
            await next()
            return resp
        return answer


def _command(front: Front) -> Listener:
    async def listen(body: dict[str, Any]) -> BoltResponse:
        asked = await seen(front, asked_by_command(body))
        command = COMMANDS[str(body["command"])]
        reply = await guarded(front, asked, command(front, asked, await typed(front, str(body.get("text", "")))))
        if reply.message is None:
            return _acknowledged({})
        answer = gate({"text": reply.message.text, "blocks": reply.message.blocks})
        return _acknowledged({**answer, "response_type": "ephemeral"})

    return listen


def _acknowledged(answer: Mapping[str, Any]) -> BoltResponse:
    """The acknowledgement, with what Slack is to show for it."""
    return BoltResponse(status=200, body=to_json(answer).decode() if answer else "")


def _action(front: Front) -> Listener:
    async def listen(body: dict[str, Any]) -> BoltResponse:
        asked = await seen(front, asked_by_action(body))
        reply = await guarded(front, asked, actions.click(front, asked, body), surface_of(body))
        if reply.recorded and surface_of(body) == "modal":
            front.errands.run(windows.redrawn(front, body["view"]))
        if reply.message is not None:
            await whisper(front, asked, reply.message)
        return _acknowledged({})

    return listen


def _submission(front: Front) -> Listener:
    async def listen(body: dict[str, Any]) -> BoltResponse:
        asked = await seen(front, asked_by_view(body))
        return _acknowledged(await submissions.submit(front, asked, body))

    return listen


def _shortcut(front: Front) -> Listener:
    async def listen(body: dict[str, Any]) -> BoltResponse:
        asked = await seen(front, asked_by_shortcut(body))
        reply = await guarded(front, asked, events.shortcut(front, asked, body))
        if reply.message is not None:
            await whisper(front, asked, reply.message)
        return _acknowledged({})

    return listen
