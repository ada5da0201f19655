"""docs/settings.md lists every setting with its default and meaning, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, load

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text()
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)


def test_the_table_is_the_code() -> None:
    expected = []
    for name, field in Settings.model_fields.items():
        default = field.default_factory() if field.default_factory else field.default  # type: ignore[call-arg]
        shown = "" if default in (None, "", {}) else f"`{default}`"
        expected.append((name.upper(), shown, field.description))
    assert ROW.findall(TEXT) == expected


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_a_file_that_is_no_text_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe1")
    with pytest.raises(BadSettings, match=r"^\.env: byte 6 is not UTF-8"):
        load()


def test_secrets_do_not_show_themselves() -> None:
    secret = "xoxb-" + "not-a-real-token"
    settings = Settings.model_validate({"slack_bot_token": secret})
    assert secret not in repr(settings)
    assert secret not in str(settings.model_dump())
