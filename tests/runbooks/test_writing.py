"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runbooks.writing import write_whole


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "x.md", b"one\n")
    write_whole(tmp_path / "x.md", b"two\n")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "folder", b"three\n")
    assert {path.name for path in tmp_path.iterdir()} == {"x.md", "folder"}
    assert (tmp_path / "x.md").read_bytes() == b"two\n"


def test_mode_and_link_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_bytes(b"one\n")
    real.chmod(0o640)
    link.symlink_to(real)
    write_whole(link, b"two\n")
    assert link.is_symlink() and real.read_bytes() == b"two\n"
    assert real.stat().st_mode & 0o777 == 0o640
