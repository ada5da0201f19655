"""Answers to an interaction: in the acknowledgement of a command, or later through its response_url."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.demo.standin.api.chat import read_blocks, read_text
from bot.demo.standin.args import Args
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Message, ResponseUrl


class Respond:
    """Shows answers (docs.slack.dev/interactivity/handling-user-interaction#message_responses)."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def show(self, body: Any, user: str, channel: str, url: ResponseUrl | None = None) -> Message | None:
        """Show an answer: to one person unless `response_type` is `in_channel`. Raises `SlackError`."""
        answer: Json = {"text": body} if isinstance(body, str) else body
        if not isinstance(answer, dict):
            raise SlackError("invalid_payload")
        args = Args(answer)
        original = self._original(url) if url else None
        if args.flag("delete_original"):
            self._ws.delete(self._need(original))
            return None
        text, blocks = read_text(args), read_blocks(args)
        if not text and not blocks:
            if url is None:
                return None  # an acknowledgement that says nothing shows nothing
            raise SlackError("no_text")
        if args.flag("replace_original"):
            message = self._need(original)
            self._ws.edit(message, text, blocks or [], self._ws.bot.id)
            return message
        private = args.text("response_type", "ephemeral") != "in_channel"
        thread_ts = args.text("thread_ts") or (url.thread_ts if url and private else "")
        message = Message(channel, self._ws.next_ts(), self._ws.bot.id, text, blocks or [], thread_ts, self._ws.bot_id)
        message.ephemeral_to = user if private else ""
        return self._ws.post(message)

    def _original(self, url: ResponseUrl) -> Message | None:
        whispered = [m for m in self._ws.ephemerals if m.ts == url.message_ts and not m.deleted]
        return whispered[0] if whispered else self._ws.find(url.channel, url.message_ts)

    def _need(self, message: Message | None) -> Message:
        if message is None:
            raise SlackError("message_not_found")
        return message

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A POST to a response_url. Errors come as 404 for a spent URL, else 400 (measured)."""
        try:
            url = self._ws.rights.spend_answer(request.match_info["secret"])
        except SlackError as refusal:
            return web.json_response(refusal.body(), status=404)
        try:
            self.show(json.loads(await request.read()), url.user, url.channel, url)
        except ValueError:
            return web.json_response(SlackError("invalid_payload").body(), status=400)
        except SlackError as refusal:
            return web.json_response(refusal.body(), status=400)
        return web.Response(text="ok")
