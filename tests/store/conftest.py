"""The fixtures of this folder."""

from __future__ import annotations

from tests.store.server import redis_client as redis_client
from tests.store.server import redis_server as redis_server
