"""/healthz, /readyz and /metrics over HTTP."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.routes import routes
from tests.web.parts import exercised


async def test_alive_ready_and_measured() -> None:
    problems: list[str] = []

    async def check() -> tuple[str, ...]:
        return tuple(problems)

    app = web.Application()
    app.add_routes(routes(exercised(), check))
    async with TestClient(TestServer(app)) as client:
        ready = await client.get("/readyz")
        assert (ready.status, await ready.json()) == (200, {"ready": True, "problems": []})
        problems.append("Redis at redis://nowhere cannot be reached.")
        ready = await client.get("/readyz")
        assert (ready.status, await ready.json()) == (503, {"ready": False, "problems": problems})
        alive = await client.get("/healthz")
        assert (alive.status, await alive.json()) == (200, {"alive": True})
        metrics = await client.get("/metrics")
        text = await metrics.text()
        assert metrics.headers["Content-Type"].startswith("text/plain")
        assert 'section3_acks_total{status="200",transport="http"} 1.0' in text
        assert "process_start_time_seconds" in text
