"""/healthz, /readyz and /metrics, for whoever runs the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from bot.web.metrics import Metrics

Check = Callable[[], Awaitable[tuple[str, ...]]]
"""What is in the way of working, in sentences; nothing when all is well."""


def routes(metrics: Metrics, ready: Check) -> list[web.RouteDef]:
    """The three routes. A bot that is alive answers /healthz whatever else is broken: restarting it would not mend
    Redis."""

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(request: web.Request) -> web.Response:
        problems = await ready()
        return web.json_response({"ready": not problems, "problems": problems}, status=503 if problems else 200)

    return [
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
        web.get("/metrics", make_aiohttp_handler(metrics.registry)),
    ]
