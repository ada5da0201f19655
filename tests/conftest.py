"""Fixtures shared by every test."""

from tests.no_skips import pytest_make_collect_report as pytest_make_collect_report
from tests.no_skips import pytest_runtest_makereport as pytest_runtest_makereport
from tests.store.server import redis_client as redis_client
from tests.store.server import redis_server as redis_server
