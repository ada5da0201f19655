"""docs/standin.md says what the stand-in can do, and the stand-in can do what it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.demo import standin
from bot.demo.standin import Modal, Person, Place, Posted, StandIn
from bot.demo.standin.api.table import METHODS
from bot.demo.standin.courier import Courier
from bot.demo.standin.faults import Faults
from bot.demo.standin.sockets import Sockets
from bot.demo.standin.web_api import CONNECTIONS_OPEN

TEXT = (Path(__file__).parents[2] / "docs" / "standin.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_method_is_listed_and_every_listed_method_exists() -> None:
    listed = re.findall(r"`([a-z]+(?:\.[A-Za-z]+)+)`", section("Methods"))
    assert listed == sorted([*METHODS, CONNECTIONS_OPEN])


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ('`slack.user("alice")`', Person),
        ("a message (`Posted`)", Posted),
        ("a channel or thread", Place),
        ("a modal or Home tab", Modal),
        ("the stand-in", StandIn),
    ],
)
def test_what_people_can_do_exists(row: str, kind: type) -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith(f"| {row} |"))
    names = re.findall(r"`(\w+)[^`]*`", line.removeprefix(f"| {row} |"))
    slack = StandIn(standin.StandInConfig(), standin.OffsetClock())
    known = set(dir(kind)) | (set(vars(slack)) if kind is StandIn else set())
    assert names
    assert set(names) <= known


def test_the_troubles_exist() -> None:
    part = section("Trouble on demand")
    for holder, kind in (("faults", Faults), ("sockets", Sockets), ("courier", Courier)):
        named = set(re.findall(rf"slack\.{holder}\.(\w+)", part))
        slack = StandIn(standin.StandInConfig(), standin.OffsetClock())
        assert named
        assert named <= set(dir(kind)) | set(vars(getattr(slack, holder)))


def test_the_example_is_python_that_names_real_things() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    tree = ast.parse(example)
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    slack = StandIn(standin.StandInConfig(), standin.OffsetClock())
    known = {name for kind in (Person, Posted, Place, Modal, StandIn, standin.OffsetClock) for name in dir(kind)}
    assert used <= known | set(vars(slack)) | {"closed", "errors"}
