"""The connection to Redis: one server, a unix socket, TLS, Sentinel or a Cluster, behind one small interface."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from redis.asyncio import ConnectionPool, Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as NoAnswer

from bot.store.address import CLUSTER, SENTINEL, mistake
from bot.store.errors import FAILURES, explain, passing, place, reached_server
from bot.store.lua import Script

Arg = str | bytes | int
Call = tuple[Sequence[str], Sequence[Arg]]
"""The keys and the arguments of one run of a script."""
T = TypeVar("T")

WAIT_MS = 500
"""How long an append waits for replicas before the person is told "saved on one server only"."""
FIRST_PAUSE_S = 0.02
SENTINEL_SECONDS = 0.4
"""How long one Sentinel may take, so that the next can be asked within the time of one request."""


class Client:
    """Sends commands and scripts; every failure comes out as StoreUnavailable with a sentence for operators.

    `url`: redis://, rediss://, unix:///path, redis+sentinel://host:port,host:port/name[/db][?sentinel_password=...] or
    redis+cluster://host:port,host:port (rediss+... for TLS). `replicas`: how many are expected to acknowledge an
    append (0: none, no WAIT). Times are seconds. `answer_timeout` bounds one request and its answer, `retry_for` the
    re-sends after a broken connection, `queue_for` the wait for one of the `pool_size` connections.

    Re-sending is our decision, never the library's (its connections have no retries), because only requests that may
    be performed twice may be sent twice. All ours may: every append carries a random attempt token that is stored
    with its first event, so a re-send that finds its own events answers as the first send would have; numbers, puts
    and marks are get-else-set; a lease given back twice is refused by its token; a claim whose answer was lost only
    leaves work leased until the lease ends.
    """

    def __init__(
        self,
        url: str,
        *,
        replicas: int = 0,
        answer_timeout: float = 1.5,
        connect_timeout: float = 1.0,
        pool_size: int = 16,
        retry_for: float = 1.0,
        queue_for: float = 5.0,
    ) -> None:
        self.replicas = replicas
        self._answer_timeout = answer_timeout
        self._retry_for = retry_for
        self._queue_for = queue_for
        # A pool gives a free connection to whoever asks first: those who wait may starve. A semaphore is fair, and the
        # pool never reaches its limit.
        self._queue = asyncio.Semaphore(pool_size)
        self._redis: Any = _connect(
            url,
            {
                # The library's own time-outs cost a task a request; `_send` sets one for the whole exchange.
                "socket_timeout": None,
                "socket_connect_timeout": connect_timeout,
                "max_connections": pool_size,
                "retry": Retry(NoBackoff(), 0),
                "protocol": 2,
                "driver_info": None,
            },
        )
        self.where = place(url)
        self.is_cluster = urlsplit(url).scheme in CLUSTER

    async def close(self) -> None:
        """Close every connection, those to the Sentinels included."""
        await self._redis.aclose()
        if "+sentinel" in self.where:
            await self._redis.connection_pool.sentinel_manager.aclose()

    async def command(self, *parts: Arg) -> Any:
        """Run one command that only reads."""
        return await self._resend(lambda: self._redis.execute_command(*parts), reads=True)

    async def commands(self, each: Sequence[Sequence[Arg]]) -> list[Any]:
        """Several commands at once that only read; their answers in the same order."""
        if len(each) == 1:
            return [await self.command(*each[0])]
        return await asyncio.gather(*(self.command(*parts) for parts in each))

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Arg], *, reads: bool = False) -> Any:
        """Run a script that may safely be sent twice, or one that only `reads`."""
        parts = (len(keys), *keys, *args)

        async def once() -> Any:
            try:
                return await self._redis.execute_command("EVALSHA", script.sha, *parts)
            except NoScriptError:
                return await self._redis.execute_command("EVAL", script.text, *parts)

        return await self._resend(once, reads=reads)

    async def run_replicated(self, script: Script, keys: Sequence[str], args: Sequence[Arg]) -> tuple[Any, int | None]:
        """Run a script and wait up to WAIT_MS for the expected replicas; the number that answered, None if not asked.

        WAIT counts the writes of its own connection, so it travels in the same pipeline as the script.
        """
        if not self.replicas:
            return await self.run(script, keys, args), None

        async def once() -> tuple[Any, int | None]:
            (answer,), replicas = await self._in_turn(script, [(keys, args)])
            if isinstance(answer, Exception):
                raise answer
            return answer, replicas

        return await self._resend(once)

    async def run_each(self, script: Script, calls: Sequence[Call]) -> tuple[list[Any], int | None]:
        """Run a script several times in one trip, in this order, and wait once for the expected replicas. The keys of
        all calls live in one partition. None in place of the answer of a call that the server refused."""
        answers, replicas = await self._resend(lambda: self._in_turn(script, calls))
        return [None if isinstance(answer, Exception) else answer for answer in answers], replicas

    async def nodes(self) -> list[Any]:
        """One client per primary: the server itself, or every primary of a cluster."""
        if not self.is_cluster:
            return [self._redis]
        await self._resend(self._redis.initialize)
        return list(self._redis.get_primaries())

    async def ask(self, node: Any, *parts: Arg) -> Any:
        """Run one command that only reads on one of `nodes`."""
        return await self._resend(lambda: node.execute_command(*parts), reads=True)

    async def info(self, node: Any) -> dict[str, Any]:
        """INFO of one of `nodes`, as a mapping."""
        return dict(await self.ask(node, "INFO"))

    async def _in_turn(self, script: Script, calls: Sequence[Call]) -> tuple[list[Any], int | None]:
        answers, replicas = await self._pipelined(("EVALSHA", script.sha), calls)
        if any(isinstance(answer, NoScriptError) for answer in answers):
            answers, replicas = await self._pipelined(("EVAL", script.text), calls)
        return answers, replicas

    async def _pipelined(self, by: tuple[str, str], calls: Sequence[Call]) -> tuple[list[Any], int | None]:
        pipe = self._redis.pipeline(transaction=False)
        for keys, args in calls:
            pipe.execute_command(*by, len(keys), *keys, *args)
        if not self.replicas:
            return await pipe.execute(raise_on_error=False), None
        where: dict[str, Any] = {}
        if self.is_cluster:
            await self._redis.initialize()
            where["target_nodes"] = self._redis.get_node_from_key(calls[0][0][0])
        pipe.execute_command("WAIT", self.replicas, WAIT_MS, **where)
        *answers, replicas = await pipe.execute(raise_on_error=False)
        return answers, replicas if isinstance(replicas, int) else 0

    async def _resend(self, send: Callable[[], Awaitable[T]], *, reads: bool = False) -> T:
        if not self._queue.locked():
            await self._queue.acquire()
        else:
            try:
                async with asyncio.timeout(self._queue_for):
                    await self._queue.acquire()
            except TimeoutError as error:
                raise explain(ConnectionError("No connection available"), self.where) from error
        try:
            return await self._send(send, reads)
        finally:
            self._queue.release()

    async def _send(self, send: Callable[[], Awaitable[T]], reads: bool) -> T:
        give_up = time.monotonic() + self._retry_for
        pause = FIRST_PAUSE_S
        unsure = False
        while True:
            try:
                return await self._within(send)
            except FAILURES as error:
                unsure = unsure or (not reads and reached_server(error))
                if not passing(error) or time.monotonic() + pause > give_up:
                    raise explain(error, self.where, unsure=unsure) from error
            await asyncio.sleep(pause)
            pause *= 2

    async def _within(self, send: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(self._answer_timeout):
                return await send()
        except TimeoutError as error:
            raise NoAnswer(f"no answer in {self._answer_timeout:g} s") from error


def pairs(flat: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The (member, score) pairs of an answer WITHSCORES."""
    return list(zip(flat[::2], flat[1::2], strict=True))


def _connect(url: str, options: dict[str, Any]) -> Any:
    """The library's client for a url. Raises ValueError with what is wrong with the url."""
    wrong = mistake(url)
    if wrong:
        raise ValueError(f"REDIS_URL {wrong}")
    scheme = urlsplit(url).scheme
    if scheme in SENTINEL:
        return _sentinel(url, options)
    if scheme in CLUSTER:
        return _cluster(url, options)
    try:
        pool: Any = ConnectionPool.from_url(url, **options)
        # The library looks at what follows the ? when it makes a connection, which does not connect yet.
        pool.make_connection()
    except (TypeError, ValueError, RedisError):
        raise ValueError("REDIS_URL has an option after its ? that is not known or has an impossible value.") from None
    return Redis.from_pool(pool)


def _sentinel(url: str, options: dict[str, Any]) -> Any:
    parts = urlsplit(url)
    name, _, db = parts.path.strip("/").partition("/")
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    timeouts = {key: value for key, value in options.items() if key != "max_connections"}
    timeouts["socket_timeout"] = SENTINEL_SECONDS
    make: Any = Sentinel
    sentinels = make(_hosts(url, 26379), sentinel_kwargs={**timeouts, "password": query.get("sentinel_password")})
    return sentinels.master_for(
        name,
        db=int(db or 0),
        ssl=parts.scheme.startswith("rediss"),
        **_credentials(url),
        **options,
    )


def _cluster(url: str, options: dict[str, Any]) -> Any:
    make: Any = RedisCluster
    nodes = [ClusterNode(host, port) for host, port in _hosts(url, 6379)]
    return make(startup_nodes=nodes, ssl=urlsplit(url).scheme.startswith("rediss"), **_credentials(url), **options)


def _hosts(url: str, default_port: int) -> list[tuple[str, int]]:
    hosts = []
    for item in urlsplit(url).netloc.rpartition("@")[2].split(","):
        host, _, port = item.rpartition(":") if item.rpartition(":")[2].isdigit() else (item, "", "")
        hosts.append((host.strip("[]"), int(port or default_port)))
    return hosts


def _credentials(url: str) -> dict[str, str]:
    user, _, password = urlsplit(url).netloc.rpartition("@")[0].partition(":")
    return {key: unquote(value) for key, value in (("username", user), ("password", password)) if value}
