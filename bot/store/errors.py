"""What went wrong with Redis, said so that an operator knows what to do."""

from __future__ import annotations

from os import strerror
from socket import gaierror
from ssl import SSLError
from urllib.parse import urlsplit

from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    TimeoutError,
)

from bot.engine.ports import StoreUnavailable

FAILURES = (RedisError, RedisClusterException, OSError)
"""Everything the client library raises when the server cannot be used."""


def place(url: str) -> str:
    """An address without user and password, fit for logs and messages."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return parts.path
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def passing(error: Exception) -> bool:
    """Whether the same request may well succeed in a moment: a connection that broke, a restart, a failover.

    A time-out is not: the server is slow, and asking again makes it slower and the person wait twice as long.
    """
    if isinstance(error, AuthenticationError | NoPermissionError | TimeoutError):
        return False
    return isinstance(error, ConnectionError | BusyLoadingError | ClusterDownError | RedisClusterException | OSError)


def reached_server(error: Exception) -> bool:
    """Whether the request may have been performed although no answer came back."""
    if isinstance(error, MasterNotFoundError | BusyLoadingError | AuthenticationError):
        return False
    if isinstance(error, ConnectionError | TimeoutError):
        text = str(error)
        return "connecting to" not in text and "No connection available" not in text
    return isinstance(error, OSError)


def explain(error: Exception, where: str, *, unsure: bool = False) -> StoreUnavailable:
    """The sentence for people. `unsure`: the request may have been performed although no answer came back."""
    # A server without TLS waits for the end of what it takes for a command, and never says so.
    deaf = isinstance(error, TimeoutError) and where.startswith("rediss")
    hint = " If it never does, it may have no TLS: then the address begins with redis, not rediss." if deaf else ""
    return StoreUnavailable(f"Redis at {where} {_complaint(error)}{hint}", unsure=unsure)


def _complaint(error: Exception) -> str:
    text = str(error)
    for kind, complaint in _BY_KIND:
        if isinstance(error, kind):
            return complaint
    for code, complaint in _BY_TEXT:
        if code in text:
            return complaint
    if isinstance(error, ConnectionError | OSError):
        return f"cannot be reached ({_reason(error)}). Start it or correct REDIS_URL; the bot reconnects by itself."
    return f"refused the request: {text.rstrip('.')}. Run `section3 doctor`."


def _reason(error: Exception) -> str:
    """What the system says of a connection that failed, without the numbers and addresses that the client puts around
    it."""
    below = error.__cause__ or error.__context__
    if isinstance(below, SSLError):
        # Its number is the library's own and means something else to the system.
        return f"TLS: {getattr(below, 'verify_message', '') or below.reason or below}"
    if isinstance(below, gaierror) and below.strerror:
        return below.strerror
    if isinstance(below, OSError) and below.errno:
        return strerror(below.errno)
    return str(error).rstrip(".")


PASSWORD = "refuses the user or the password. Correct them in REDIS_URL."

_BY_KIND: tuple[tuple[type[Exception], str], ...] = (
    (AuthenticationError, PASSWORD),
    (NoPermissionError, "does not allow this user to run a command. Allow it in the ACL."),
    (
        OutOfMemoryError,
        "is full (maxmemory is reached); nothing was saved now and nothing saved before is lost. "
        "Raise maxmemory (for the bot's own server: the memory of its container) or delete other data in it.",
    ),
    (
        ReadOnlyError,
        "is a read-only replica; nothing was saved. Point REDIS_URL at the primary, "
        "or use redis+sentinel:// so that the bot finds it.",
    ),
    (BusyLoadingError, "is loading its data after a start. Try again in a moment."),
    (MasterNotFoundError, "cannot be used: no Sentinel names a primary now. A failover may be under way; try again."),
    (ClusterDownError, "is a cluster that is down now (slots without a primary). Look at CLUSTER INFO."),
    (
        RedisClusterException,
        "is a cluster that cannot be used now. Look at CLUSTER INFO on its nodes; correct REDIS_URL.",
    ),
    (TimeoutError, "did not answer in time. Look at its load (SLOWLOG, swapping, a full disk)."),
)

_BY_TEXT = (
    # Before it knows a password, a server reads only short commands and calls a script a protocol error.
    ("unauthenticated", PASSWORD),
    ("MISCONF", "cannot write to its disk; nothing was saved. Free space there and look at its log."),
    ("NOREPLICAS", "has too few replicas to accept writes (min-replicas-to-write); nothing was saved. Start them."),
    ("No connection available", "is busy: every connection of the bot is in use. Try again in a moment."),
    ("DB index is out of range", "has no database of that number. Correct REDIS_URL; 0 is always there."),
    ("max number of clients", "has reached its limit of clients (maxclients). Raise it or end other clients."),
)
