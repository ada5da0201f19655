"""The store's address, judged without a connection and without the client library: the settings ask it at the start."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

SERVER = ("redis", "rediss")
SENTINEL = ("redis+sentinel", "rediss+sentinel")
CLUSTER = ("redis+cluster", "rediss+cluster")
UNREADABLE = "cannot be read. In its password write / as %2F, # as %23, ? as %3F and @ as %40."
"""Said of an address whose password has such a character: it ends the host, and what follows must not be quoted."""


def mistake(url: str) -> str:
    """What is wrong with an address, as the rest of a sentence that begins with its setting; "" for nothing. Quotes
    nothing that may be part of a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return UNREADABLE
    if "@" in parts.path + parts.query + parts.fragment:
        return UNREADABLE
    if parts.scheme not in (*SERVER, *SENTINEL, *CLUSTER, "unix"):
        return (
            f"has the scheme {parts.scheme!r}; use redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://."
        )
    if parts.scheme == "unix":
        # What stands between two slashes and the third is a host: the client library would leave it out unsaid.
        if parts.netloc.rpartition("@")[2] or not parts.path.strip("/"):
            return "names no socket; its path follows two slashes and begins with a third: unix:///run/redis.sock"
        return _database(parse_qs(parts.query).get("db", [""])[0])
    if not all(_port(host) for host in parts.netloc.rpartition("@")[2].split(",")):
        # Without an @ this may as well be a password.
        return "has a port that is no number from 1 to 65535. User and password stand before an @: redis://:…@host:port"
    if parts.scheme in SENTINEL:
        name, _, database = parts.path.strip("/").partition("/")
        return _database(database) if name else "names no Sentinel service: redis+sentinel://host:port,host:port/name"
    return _database(parts.path.strip("/")) or _database(parse_qs(parts.query).get("db", [""])[0])


def _port(host: str) -> bool:
    """Whether a host, or an [IPv6 address], has no port or one that can be."""
    port = host.rpartition("]")[2].rpartition(":")[2] if ":" in host.rpartition("]")[2] else ""
    return not port or (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535)


def _database(number: str) -> str:
    if not number or (number.isascii() and number.isdigit()):
        return ""
    return f"names the database {number!r}; a database is a number, 0 for most: redis://host:6379/0"
