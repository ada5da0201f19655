"""The Bolt app: few listeners, each of which parses, asks the desk, and answers in the acknowledgement.

`process_before_response` makes an acknowledgement mean "recorded": the listener has returned before Slack is answered,
and an event whose listener raised is answered with an error, so that Slack sends it again (docs.slack.dev, Events API,
"Error handling").
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.ports import StoreUnavailable
from bot.engine.worker import GiveUp, RetryLater
from bot.slack import actions, events, lookup, submissions
from bot.slack.blocks import Message
from bot.slack.commands import incident_command
from bot.slack.deliveries import asked_by_action, asked_by_command, asked_by_shortcut, asked_by_view
from bot.slack.front import Asked, Front, Reply, say
from bot.slack.gate import gate
from bot.slack.mrkdwn import escape

COMMANDS = {"/incident": incident_command, "/runbook": lookup.runbook_command}
"""The slash commands; the manifest is made from this."""

ANYTHING = re.compile(".*", re.DOTALL)


def build(front: Front, client: AsyncWebClient, signing_secret: str, log: logging.Logger) -> AsyncApp:
    """The app with its listeners. Makes no call and opens no connection."""
    app = AsyncApp(
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        logger=log,
        request_verification_enabled=bool(signing_secret),
    )
    for name in COMMANDS:
        app.command(name)(_command(front, name))
    app.action(ANYTHING)(_action(front))
    app.view(ANYTHING)(_submission(front))
    app.shortcut(ANYTHING)(_shortcut(front))
    events.register(app, front)
    return app


def _command(front: Front, name: str) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = await seen(front, asked_by_command(body))
        reply = await guarded(front, asked, COMMANDS[name](front, asked, events.plain(str(body.get("text", "")))))
        await _ack(ack, reply)

    return listen


async def _ack(ack: AsyncAck, reply: Reply) -> BoltResponse:
    if reply.message is None:
        return await ack()
    answer = gate({"text": reply.message.text, "blocks": reply.message.blocks})
    return await ack(text=answer["text"], blocks=answer["blocks"], response_type="ephemeral")


async def seen(front: Front, asked: Asked) -> Asked:
    """The same with what the place is: in a shared channel no answer shows a phone number."""
    return replace(asked, shared=await front.around.channels.is_shared(asked.channel))


def _action(front: Front) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = asked_by_action(body)
        reply = await guarded(front, asked, actions.click(front, asked, body), in_modal="view" in body)
        await ack()
        if reply.message is not None:
            await whisper(front, asked, reply.message)

    return listen


def _submission(front: Front) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = asked_by_view(body)
        answer = await submissions.submit(front, asked, body)
        await ack(**answer)

    return listen


def _shortcut(front: Front) -> Any:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = asked_by_shortcut(body)
        reply = await guarded(front, asked, events.shortcut(front, asked, body))
        await ack()
        if reply.message is not None:
            await whisper(front, asked, reply.message)

    return listen


async def guarded(front: Front, asked: Asked, answer: Any, in_modal: bool = False) -> Reply:
    """The answer, or a sentence for the person about what was not saved. A view is opened here, because its trigger
    lasts three seconds."""
    try:
        reply: Reply = await answer
        if reply.view is not None:
            method = "views.push" if in_modal else "views.open"
            await front.api.call(method, trigger_id=asked.trigger_id, view=reply.view)
        return reply
    except StoreUnavailable as error:
        return Reply(say(f"Nothing was recorded. {escape(str(error))}"))
    except (RetryLater, GiveUp) as error:
        return Reply(say(f"{escape(str(error))}. Nothing was changed; try again."))
    except Exception as error:
        # At 3 a.m. nobody reads a traceback: it goes to the log, and the person is told what is certain.
        front.log.exception("listener_failed", dedup=asked.dedup)
        name = type(error).__name__
        return Reply(say(f"section3 failed on this ({name}) and may not have recorded it. Look, then try again."))


async def whisper(front: Front, asked: Asked, message: Message) -> None:
    """Something for one person. At most once: an ephemeral message cannot be looked for."""
    if not asked.channel:
        return
    thread = {"thread_ts": asked.thread} if asked.thread else {}
    try:
        await front.api.call(
            "chat.postEphemeral",
            channel=asked.channel,
            user=asked.by.id,
            text=message.text,
            blocks=message.blocks,
            **thread,
        )
    except (RetryLater, GiveUp) as error:
        front.log.warning("ephemeral_lost", reason=str(error))
