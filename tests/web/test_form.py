"""Deliveries over HTTP are read as Slack wrote them, whatever people typed."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.app.async_app import AsyncApp

from bot.slack.transport import HTTP_PATH, FormRequest, http_routes


def read(body: str) -> FormRequest:
    return FormRequest(body, "", {"content-type": "application/x-www-form-urlencoded"})


@given(st.dictionaries(st.text("abc_", min_size=1, max_size=5), st.text(max_size=40), min_size=1, max_size=5))
def test_a_command_is_read_as_the_standard_library_reads_it(fields: dict[str, str]) -> None:
    body = urlencode(fields)
    assert read(body).body == dict(parse_qsl(body, keep_blank_values=True))


@given(st.text(max_size=60))
def test_a_click_is_read_whole(text: str) -> None:
    payload = {"type": "block_actions", "text": text, "user": {"id": "U1"}}
    request = read(urlencode({"payload": json.dumps(payload)}))
    assert request.body == payload
    assert request.context.user_id == "U1"


@pytest.mark.parametrize("text", ["payload too large", "payload=1", "a+b & 100%", "", "ü ✓ 漢"])
def test_words_that_look_like_something_else_stay_words(text: str) -> None:
    body = urlencode({"command": "/incident", "text": text, "user_id": "U1"})
    request = read(body)
    assert request.body["text"] == text
    assert request.raw_body == body, "the signature is over what came"


def test_an_event_is_json() -> None:
    body = json.dumps({"type": "event_callback", "event": {"text": "payload"}})
    assert FormRequest(body, "", {"content-type": "application/json"}).body == json.loads(body)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{{{", "application/json"),
        ("payload={", "application/x-www-form-urlencoded"),
        ("payload=[1]", "application/x-www-form-urlencoded"),
        ("a=b", "text/plain; charset=no"),
    ],
)
async def test_what_cannot_be_read_is_refused_and_counted(body: str, content_type: str) -> None:
    seen: list[int] = []
    app = web.Application()
    bolt = AsyncApp(token="xoxb-" + "test", signing_secret="secret")
    app.add_routes(http_routes(bolt, lambda transport, seconds, status: seen.append(status)))
    async with TestClient(TestServer(app)) as client:
        answer = await client.post(HTTP_PATH, data=body.encode(), headers={"Content-Type": content_type})
    assert answer.status == 400
    assert seen == [400]
