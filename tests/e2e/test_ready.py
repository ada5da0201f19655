"""/readyz of a whole bot: a token that Slack refuses from the start is in the way, one that it took once is not."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from pydantic import SecretStr

from bot.demo.standin.standin import StandIn
from bot.store.client import Client
from bot.wire import Bot, running
from tests.e2e.shift import HTTP, WORKSPACE, settings

SECONDS = 10.0


async def ready(bot: Bot) -> tuple[int, list[str]]:
    """The status of /readyz and what is in the way, once Slack has said what it thinks of the token."""
    give_up = time.monotonic() + SECONDS
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"http://127.0.0.1:{bot.port}/readyz") as answer:
                problems = (await answer.json())["problems"]
            if not any("has not said yet" in one for one in problems):
                return answer.status, problems
            assert time.monotonic() < give_up, problems
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("token", "down", "status"), [("another", False, 503), ("", False, 200), ("", True, 200)])
async def test_only_a_refused_token_is_in_the_way(
    token: str, down: bool, status: int, redis_server: str, redis_client: Client
) -> None:
    async with await StandIn.start(WORKSPACE) as slack:
        if down:
            slack.faults.down()
        ours = settings(slack, HTTP, redis_server)
        if token:
            ours = ours.model_copy(update={"slack_bot_token": SecretStr(token)})
        async with running(ours) as bot:
            found, problems = await ready(bot)
            assert found == status, problems
            assert [("invalid_auth" in one, "SLACK_BOT_TOKEN" in one) for one in problems] == [(True, True)] * bool(
                token
            )


async def test_a_token_that_is_revoked_later_leaves_the_process_ready(redis_server: str, redis_client: Client) -> None:
    async with await StandIn.start(WORKSPACE) as slack, running(settings(slack, HTTP, redis_server)) as bot:
        assert await ready(bot) == (200, [])
        slack.faults.next(error="token_revoked", times=1_000_000)
        await slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
        assert (
            "is open"
            in (await slack.user("alice").command("/incident open invoice-extract stuck", "#ap-automation")).text
        )
        await slack.wait_for_call(lambda call: call.answer.get("error") == "token_revoked", SECONDS)
        assert await ready(bot) == (200, [])
