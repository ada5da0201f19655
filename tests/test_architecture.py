"""The shape of the code, checked: layers, sizes, and what a repository must not contain."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import get_args

import pytest

from bot.domain.commands import Command, Declare
from bot.domain.decide.context import decision
from bot.domain.decide.opening import declare
from bot.domain.events import Declared, Event
from bot.domain.fold.changes import changes

ROOT = Path(__file__).parents[1]
CODE = sorted((ROOT / "bot").rglob("*.py"))
MAX_FILE_LINES = 320
MAX_FUNCTION_LINES = 60

REGISTRIES = ("py" + "pi.org", "python" + "hosted", "npm" + "js.org", "npm" + "js.com", "crates" + ".io")
MACHINE_PATHS = ("/" + "work/", "/" + "root/", "/" + "tmp/bash", "/" + "opt/py")
TOKEN = re.compile(r"xox[abp]-[0-9]{6,}|xapp-[0-9]-[A-Z0-9]{6,}|ghp_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def ours() -> list[Path]:
    """Every file of the checkout, as git sees it: what is ignored (virtual environments, caches) is not ours."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True, timeout=30,
        ).stdout.decode().split("\0")  # fmt: skip
        return [ROOT / entry for entry in listed if entry and (ROOT / entry).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return list(_without_hidden(ROOT))


def _without_hidden(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in {".venv", ".git", "node_modules", "__pycache__", "build", "dist"}:
                yield from _without_hidden(path)
        else:
            yield path


def test_the_layers_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_subject_has_the_same_file_in_every_room_of_the_domain() -> None:
    """Whoever knows where a fact is declared knows where it is folded; whoever knows a command, where it is decided."""
    for event in get_args(get_args(Event)[0]):
        if event is not Declared:  # the first fact is folded from nothing, in `bot.domain.fold` itself
            assert _subject(changes.dispatch(event)) == _subject(event), event.__name__
    for command in get_args(Command):
        decided = declare if command is Declare else decision.dispatch(command)
        assert _subject(decided) == _subject(command), command.__name__


def _subject(thing: type | Callable[..., object]) -> str:
    return thing.__module__.rpartition(".")[2]


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_file_has_one_subject_and_a_function_one_screen(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.split("\n")) <= MAX_FILE_LINES + 1, f"{name(path)} has outgrown {MAX_FILE_LINES} lines"
    long = [
        f"{name(path)}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_nothing_in_the_checkout_depends_on_one_machine_or_gives_away_a_secret() -> None:
    faults = []
    for path in ours():
        assert path.stat().st_size < 1_000_000, f"{name(path)} is larger than 1 MB"
        text = path.read_bytes().decode("utf-8", errors="replace")
        faults += [f"{name(path)}: names {word}" for word in (*REGISTRIES, *MACHINE_PATHS) if word in text]
        faults += [f"{name(path)}: looks like a credential: {found}" for found in TOKEN.findall(text)]
    assert not faults, "\n".join(faults)


def test_the_readme_has_the_two_commands_and_ci_runs_them() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Two commands\n", 1)[1].split("\n## ", 1)[0]
    demo, tests = re.findall(r"^```sh\n(.*?)\n```$", section, flags=re.MULTILINE | re.DOTALL)
    assert demo.endswith("/section3 demo")
    assert tests.endswith("pytest -n auto")
    assert '"## Two commands"' in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md"])
def test_the_places_a_page_points_to_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    places = re.findall(
        r"`((?:bot|tests|docs|templates|playbooks|deploy|\.ci)/[\w./-]*|[A-Za-z]+\.md|pyproject\.toml|requirements\.lock)`",
        text,
    )
    assert places
    assert not [place for place in places if not (ROOT / place).exists()]


PART_OF = {"markupsafe": "jinja2", "pydantic-core": "pydantic", "yarl": "aiohttp"}
"""Packages that another one brings and hands out in its own interface."""


def _packages(source: Path, owners: Mapping[str, list[str]]) -> set[str]:
    """The names on an index of what a file imports, the standard library and our own packages left out."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module.split(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - {"bot", "tests"}
    return {owners.get(module, [module])[0].lower().replace("_", "-") for module in foreign}


def test_whatever_is_imported_is_declared_and_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    names = {key: {re.split(r"[\[<>=;~ ]", one)[0].lower() for one in wanted} for key, wanted in extras.items()}
    owners = packages_distributions()
    needed = {re.split(r"[\[<>=;~ ]", one)[0].lower() for one in project["dependencies"]}
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements.lock").read_text("utf-8"), re.M))
    for_the_bot = needed | names["github"] | names["pictures"]
    for_the_tests = for_the_bot | names["test"]
    faults = [
        f"{name(path)} imports {package}, which pyproject.toml does not name"
        for path in [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]
        for package in _packages(path, owners)
        if PART_OF.get(package, package) not in (for_the_bot if path in CODE else for_the_tests)
    ]
    assert not faults, "\n".join(faults)
    assert not (for_the_tests - {"section3"}) - locked, "requirements.lock is older than pyproject.toml"
