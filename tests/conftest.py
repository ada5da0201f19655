"""Fixtures shared by every test, and how hypothesis searches: anew at every desk, the same in CI, where a run has to
judge the change and not the dice."""

from __future__ import annotations

import os

from hypothesis import settings

from tests.no_skips import pytest_make_collect_report as pytest_make_collect_report
from tests.no_skips import pytest_runtest_makereport as pytest_runtest_makereport
from tests.store.server import redis_client as redis_client
from tests.store.server import redis_server as redis_server

settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
