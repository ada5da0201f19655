"""Asks the network whether links answer, for `section3 lint --online`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import aiohttp

_AT_ONCE = 16
_SECONDS = 10.0
_NO_HEAD = (400, 403, 404, 405, 501)
"""Answers to HEAD that some servers give only because it is not GET."""
_FINE = (401, 403)
"""A door that asks for a key is a door: dashboards answer so to a stranger."""


def ask(urls: Iterable[str], seen: Callable[[], object] = lambda: None, seconds: float = _SECONDS) -> dict[str, str]:
    """Link -> what is wrong with it, "" when it answers. `seen` is called after each one."""
    return asyncio.run(_ask_all(sorted(set(urls)), seen, seconds))


async def _ask_all(urls: list[str], seen: Callable[[], object], seconds: float) -> dict[str, str]:
    turn = asyncio.Semaphore(_AT_ONCE)
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "section3-lint"}) as session:

        async def one(url: str) -> str:
            async with turn:
                wrong = await _ask(session, url, seconds)
            seen()
            return wrong

        return dict(zip(urls, await asyncio.gather(*map(one, urls)), strict=True))


async def _ask(session: aiohttp.ClientSession, url: str, seconds: float) -> str:
    try:
        status = await _status(session, "HEAD", url)
        if status in _NO_HEAD:
            status = await _status(session, "GET", url)
    except TimeoutError:
        return f"does not answer within {seconds:g} s"
    except (aiohttp.ClientError, ValueError, OSError) as error:
        return f"cannot be reached ({type(error).__name__})"
    return "" if status < 400 or status in _FINE else f"answers {status}"


async def _status(session: aiohttp.ClientSession, method: str, url: str) -> int:
    async with session.request(method, url, allow_redirects=True, max_redirects=5) as response:
        return response.status
