"""Which files of a folder are runbooks: the bot and the commands read the same."""

from __future__ import annotations

from pathlib import Path

from bot.cli.lint_files import find
from bot.cli.shelf import Shelf
from bot.runbooks.library.library import Library
from tests.runbooks.library_files import Watch, write


def test_one_rule_for_the_bot_and_for_commands(tmp_path: Path) -> None:
    for folder in ("", "team/a", "team/b", ".git", "team/.cache"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    write(tmp_path, "pay")
    write(tmp_path / "team" / "a", "mail")
    write(tmp_path / "team" / "b", "search")
    for hidden in (".git/x.md", "team/.cache/y.md", "team/.draft.md", "README.md", "team/ReadMe.MD", "notes.txt"):
        (tmp_path / hidden).write_text("no runbook")
    (tmp_path / "team" / "folder.md").mkdir()
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    library = Library(tmp_path, Watch())
    names = ["gone.md", "pay.md", "team/a/mail.md", "team/b/search.md", "team/folder.md"]
    assert [path.relative_to(tmp_path).as_posix() for path in find([tmp_path])] == names
    assert [path.relative_to(tmp_path).as_posix() for path in Shelf(tmp_path).files()] == names
    assert [one.service for one in library.runbooks] == ["mail", "pay", "search"]
    told = [Path(one.path).name for one in library.problems]
    assert told == ["gone.md", "folder.md"], "what cannot be read is told, not passed over"


def test_two_sub_folders_may_have_a_file_of_the_same_name(tmp_path: Path) -> None:
    for team in ("a", "b"):
        (tmp_path / team).mkdir()
        write(tmp_path / team, "pay")
    library = Library(tmp_path, Watch())
    assert [one.service for one in library.runbooks] == ["pay"]
    assert "already that of" in library.problems[0].reason and "a/pay.md" in library.problems[0].reason
