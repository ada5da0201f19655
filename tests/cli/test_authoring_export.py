"""`section3 export` on the command line, and its page in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from bot.cli.app import build
from bot.runbooks.resources import sample_playbooks_dir

BROWSER = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip


def export(out: Path, service: str = "invoice-extract", folder: Path | None = None) -> Result:
    words = ["export", service, "--out", str(out), "--playbooks", str(folder or sample_playbooks_dir())]
    return CliRunner().invoke(build(), words)


def test_the_page_is_written_and_written_again(tmp_path: Path) -> None:
    out = tmp_path / "hand-over" / "ix.html"
    for _ in range(2):
        result = export(out)
        assert result.exit_code == 0, result.output
        assert f"{out} is written: invoice-extract, 6 of 6 questions answered." in result.stdout
    assert "Invoice extraction" in out.read_text(encoding="utf-8")
    assert [path.name for path in out.parent.iterdir()] == ["ix.html"]


def test_an_alias_will_do_and_an_unknown_service_will_not(tmp_path: Path) -> None:
    assert export(tmp_path / "a.html", "ix").exit_code == 0
    result = export(tmp_path / "b.html", "invoice-extrac")
    assert result.exit_code == 1
    assert 'Did you mean "invoice-extract"?' in result.stderr
    assert not (tmp_path / "b.html").exists()


def test_a_runbook_is_never_overwritten_by_its_page(tmp_path: Path) -> None:
    result = export(tmp_path / "ix.md")
    assert result.exit_code == 2
    assert "Give a name that ends in .html." in result.stderr


def browse(page: Path, *arguments: str) -> str:
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [*BROWSER, profile, *arguments, page.as_uri()]
    result = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def page(tmp_path: Path) -> Path:
    out = tmp_path / "ix.html"
    assert export(out).exit_code == 0
    return out


def shot(page: Path, width: int, *arguments: str) -> Image.Image:
    target = page.with_name(f"{width}{len(arguments)}.png")
    browse(page, f"--screenshot={target}", f"--window-size={width},1600", *arguments)
    return Image.open(target).convert("L")


@pytest.mark.machine
def test_a_browser_shows_it_light_and_dark(page: Path) -> None:
    light = shot(page, 1100)
    dark = shot(page, 1100, "--blink-settings=preferredColorScheme=0")
    assert light.getpixel((5, 5)) > 240  # type: ignore[operator]  # an "L" picture has numbers
    assert dark.getpixel((5, 5)) < 40  # type: ignore[operator]
    for picture in (light, dark):
        low, high = picture.getextrema()
        assert isinstance(low, int)
        assert isinstance(high, int)
        assert high - low > 180, "text stands out from the paper"


@pytest.mark.machine
@pytest.mark.parametrize("width", [500, 1100])
def test_nothing_runs_over_the_edge_of_the_window(page: Path, width: int) -> None:
    # The page itself allows no script; this copy does, to measure itself.
    probe = page.with_name("probe.html")
    script = """<script>addEventListener("load", () => {
      const wide = [...document.querySelectorAll("body *")].filter(e => !e.closest(".wide, pre") &&
        e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.tagName);
      document.title = JSON.stringify({wide, scroll: document.documentElement.scrollWidth, width: innerWidth});
    })</script></head>"""
    text = re.sub(r"<meta http-equiv[^>]+>", "", page.read_text(encoding="utf-8")).replace("</head>", script)
    probe.write_text(text, encoding="utf-8")
    found = re.search(r"<title>(.*?)</title>", browse(probe, f"--window-size={width},1600", "--dump-dom"))
    assert found
    measured = json.loads(found[1].replace("&quot;", '"'))
    assert measured["wide"] == []
    assert measured["scroll"] <= measured["width"]


@pytest.mark.machine
def test_it_prints_to_nine_pages_at_most_with_ten_failures(page: Path) -> None:
    target = page.with_suffix(".pdf")
    browse(page, f"--print-to-pdf={target}", "--no-pdf-header-footer")
    pages = len(re.findall(rb"/Type\s*/Page\b", target.read_bytes()))
    assert 1 < pages <= 9, "runbook format: about six pages, nine with ten failure modes"
