"""An address of a store that cannot be is refused with what is wrong with it, and with nothing that may be secret."""

from __future__ import annotations

import pytest

from bot.store.address import mistake
from bot.store.client import Client


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://:12/secret@localhost", "In its password write / as %2F"),
        ("redis://[secret", "In its password write / as %2F"),
        ("http://host", "has the scheme 'http'"),
        ("host:6379", "has the scheme 'host'"),
        ("redis://h:99999/0", "a port that is no number from 1 to 65535"),
        ("redis://h:0", "a port that is no number from 1 to 65535"),
        ("redis://:secret", "a port that is no number from 1 to 65535"),
        ("redis+cluster://h:1,h:secret", "a port that is no number from 1 to 65535"),
        ("redis+sentinel://h:1,h:70000/name", "a port that is no number from 1 to 65535"),
        ("redis://h:1/x", "names the database 'x'"),
        ("redis://h:1?db=x", "names the database 'x'"),
        ("unix:///run/redis.sock?db=x", "names the database 'x'"),
        ("unix://", "names no socket"),
        ("unix:///", "names no socket"),
        ("unix://run/redis.sock", "names no socket"),
        ("unix://:secret@run/redis.sock", "names no socket"),
        ("redis+sentinel://h:1/name/x", "names the database 'x'"),
        ("redis+sentinel://h:1", "names no Sentinel service"),
        ("redis://h:1?timeout=3", "an option after its ?"),
        ("redis://h:1?socket_timeout=long", "an option after its ?"),
    ],
)
def test_what_is_wrong_is_said(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^REDIS_URL ") as refused:
        Client(url)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://h:6379/15?socket_keepalive=yes",
        "rediss://user:p%2Fw@h:6379/0",
        "redis://[::1]:6379",
        "redis://[::1]",
        "unix:///run/redis.sock?db=2",
        "unix://user:p%2Fw@/run/redis.sock",
        "redis+sentinel://a:26379,b:26379/name/3?sentinel_password=x",
        "rediss+cluster://:word@a,b:7000",
    ],
)
def test_what_can_be_an_address_is_taken(url: str) -> None:
    assert mistake(url) == ""
    Client(url)
