"""The wheel, as somebody else would get it: built, installed where there is no checkout, and used."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from bot import __version__

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path, seconds: float = 120) -> str:
    """Run a program outside the checkout and return what it printed; a failure shows both streams."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SECTION3_"))}
    result = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=ROOT)
    return next(out.glob("section3-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel; its dependencies are those of this one."""
    home = tmp_path_factory.mktemp("machine")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel, cwd=home)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    # Only after the install: pip must not see, and replace, the section3 of this environment.
    here = [path for path in sys.path if Path(path).name == "site-packages"]
    (Path(site) / "dependencies.pth").write_text("\n".join(here) + "\n", encoding="utf-8")
    return home / "bin"


def test_the_wheel_holds_the_package_its_data_and_its_license_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"bot", f"section3-{__version__}.dist-info"}
    for folder in ("templates", "playbooks"):
        ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {name.removeprefix("bot/_data/") for name in names if name.startswith(f"bot/_data/{folder}/")} == ours
    assert "bot/py.typed" in names
    assert f"section3-{__version__}.dist-info/licenses/LICENSE" in names


def test_it_runs_where_there_is_no_checkout(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "section3", "--version", cwd=tmp_path).strip() == f"section3 {__version__}"
    where = run(installed / "python", "-c", "import bot; print(bot.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(installed.parent)
    found = run(
        installed / "python",
        "-c",
        "from bot.runbooks import resources as r; print(r.templates_dir(), r.sample_playbooks_dir(), sep='\\n')",
        cwd=tmp_path,
    )
    for folder in found.split():
        assert Path(folder).is_relative_to(installed.parent)
        assert any(Path(folder).iterdir())


def test_the_demo_plays_its_night_where_there_is_no_checkout(installed: Path, tmp_path: Path) -> None:
    night = run(installed / "section3", "demo", "--fast", cwd=tmp_path, seconds=240)
    assert night.strip()
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind"
