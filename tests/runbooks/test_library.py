"""The library keeps answering: last good versions, clashes, caches."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from bot.runbooks import parsing
from bot.runbooks.library.library import Library
from tests.runbooks.library_files import BROKEN, GOOD, Watch, write
from tests.runbooks.samples import SAMPLES


def test_finds_by_id_alias_and_channel(tmp_path: Path) -> None:
    write(tmp_path, "pay")
    write(tmp_path, "mail")
    (tmp_path / "README.md").write_text("# How to write one\n")
    (tmp_path / "notes.txt").write_text("no runbook")
    library = Library(tmp_path, Watch())
    assert [runbook.service for runbook in library.runbooks] == ["mail", "pay"]
    assert library.problems == ()
    for name in ("pay", "PAY", " pay-x "):
        found = library.find(name)
        assert found is not None
        assert found.service == "pay"
    assert library.find("nothing") is None
    alone = library.for_channel("C0PAY", "#unknown")
    assert alone is not None
    assert alone.service == "pay"
    assert {runbook.service for runbook in library.in_channel("ops")} == {"mail", "pay"}
    assert library.for_channel("#ops") is None, "two services share it: a person must say which"
    assert library.reload() == ()


def test_last_good_version_stays_in_service(tmp_path: Path) -> None:
    clock = Watch()
    file = write(tmp_path, "pay", dated=500)
    library = Library(tmp_path, clock)
    clock.at = 2_000
    write(tmp_path, "pay", text=BROKEN)
    assert library.reload() == ()
    clock.at = 3_000
    write(tmp_path, "pay", text=BROKEN + "   more\n")
    library.reload()
    (problem,) = library.problems
    assert (problem.path, problem.line, problem.since, problem.good_from) == (str(file), 15, 2_000, 500)
    assert "never closed" in problem.reason
    assert library.trouble("pay") == (problem.sentence(),)
    assert "The version of 1 Jan stays in service" in problem.sentence()
    assert library.trouble("mail") == ()
    served = library.find("pay")
    assert served is not None
    assert len(served.failures[0].steps[0].commands) == 0
    write(tmp_path, "pay", text=GOOD.replace("restart", "restart twice"))
    assert library.reload() == ("pay",)
    assert library.problems == ()
    file.unlink()
    assert library.reload() == ("pay",)
    assert library.find("pay") is None


def test_last_good_version_survives_a_restart(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay", dated=500)
    first = Library(books, Watch(), cache_dir=cache).runbooks
    write(books, "pay", text=BROKEN)
    for _ in range(2):
        again = Library(books, Watch(9_000), cache_dir=cache)
        assert again.runbooks == first
        assert [(problem.since, problem.good_from) for problem in again.problems] == [(9_000, 500)]
    assert Library(books, Watch(), cache_dir=tmp_path / "elsewhere").runbooks == ()


def test_a_file_that_was_never_good_is_not_half_loaded(tmp_path: Path) -> None:
    write(tmp_path, "pay", text=BROKEN)
    (tmp_path / "scrap.md").write_bytes(b"\xff\xfe\x00")
    library = Library(tmp_path, Watch())
    assert library.runbooks == ()
    assert [(problem.service, problem.good_from) for problem in library.problems] == [("pay", None), ("scrap", None)]


def test_a_damaged_cache_is_read_past(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay")
    write(books, "mail")
    expected = Library(books, Watch(), cache_dir=cache).runbooks
    entries = sorted(cache.glob("*/??/*.json"))
    assert len(entries) == 2
    entries[0].write_bytes(b'{"key": "x"')
    swapped = json.loads(entries[1].read_text())
    entries[1].write_text(json.dumps({**swapped, "key": "0" * 64}))
    for file in cache.glob("*/good.json"):
        file.write_text("[]")
    assert Library(books, Watch(), cache_dir=cache).runbooks == expected
    blocked = tmp_path / "file"
    blocked.write_text("in the way of the cache folder")
    assert Library(books, Watch(), cache_dir=blocked).runbooks == expected


def test_the_cache_answers_for_the_same_bytes_only(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay")
    Library(books, Watch(), cache_dir=cache)
    moved = tmp_path / "moved"
    write(moved, "pay")
    (runbook,) = Library(moved, Watch(), cache_dir=cache).runbooks
    assert runbook.path == str(moved / "pay.md")
    write(books, "pay", text=GOOD.replace("restart", "stop"))
    (runbook,) = Library(books, Watch(), cache_dir=cache).runbooks
    assert runbook.failures[0].steps[0].text == "stop."


def test_the_cache_knows_every_module_of_the_parser() -> None:
    """The whole package counts in the cache's version; a module outside it could change without making entries void."""
    for file in Path(parsing.__path__[0]).glob("*.py"):
        imported = re.findall(r"^from bot\.(runbooks\.\w+)", file.read_text(encoding="utf-8"), re.M)
        assert set(imported) <= {"runbooks.parsing"}, file


def test_the_cache_does_not_grow_without_end(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay")
    library = Library(books, Watch(), cache_dir=cache)
    for count in range(130):
        (books / "pay.md").write_text(f"---\nservice: pay\n---\n\n# v{count}\n\n## 5. Rollback\n")
        library.reload()
    assert len(list(cache.glob("*/??/*.json"))) < 110
    (runbook,) = Library(books, Watch(), cache_dir=cache).runbooks
    assert runbook.title == "v129"


def test_a_service_id_given_twice_names_both_files(tmp_path: Path) -> None:
    write(tmp_path, "pay", name="a-copy.md", alias="first")
    write(tmp_path, "pay", alias="second")
    write(tmp_path, "mail", alias="pay")
    library = Library(tmp_path, Watch())
    served = library.find("pay")
    assert served is not None
    assert served.path == str(tmp_path / "pay.md"), "the file of that name has the better claim"
    twice, alias = library.problems
    assert twice.path == str(tmp_path / "a-copy.md")
    assert twice.line == 2
    assert str(tmp_path / "pay.md") in twice.reason
    assert 'alias "pay"' in alias.reason
    assert alias.path == str(tmp_path / "mail.md")


def test_a_folder_that_vanishes_empties_nothing(tmp_path: Path) -> None:
    books = tmp_path / "books"
    write(books, "pay")
    clock = Watch()
    library = Library(books, clock)
    books.rename(tmp_path / "away")
    clock.at = 7_000
    library.reload()
    clock.at = 8_000
    assert library.reload() == ()
    (problem,) = library.problems
    assert problem.since == 7_000
    assert library.find("pay") is not None
    (tmp_path / "away").rename(books)
    library.reload()
    assert not library.problems
    (books / "pay.md").unlink()
    (books / "pay.md").mkdir()
    library.reload()
    assert "cannot be read" in library.problems[0].reason
    assert library.find("pay") is not None


def test_a_hundred_runbooks(tmp_path: Path) -> None:
    """A warm start reads the cache and not the Markdown."""
    books, cache = tmp_path / "books", tmp_path / "cache"
    books.mkdir()
    source = next(one.data for one in SAMPLES if one.name == "invoice-extract.md")
    for count in range(100):
        data = source.replace(b"service: invoice-extract", b"service: books-%d" % count, 1)
        (books / f"books-{count}.md").write_bytes(data.replace(b"aliases: [", b"aliases: [b%d] # " % count, 1))

    def load() -> tuple[Library, float]:
        start = time.process_time()
        return Library(books, Watch(), cache_dir=cache), time.process_time() - start

    cold, cold_s = load()
    warm, warm_s = load()
    assert (len(cold.runbooks), cold.problems) == (100, ())
    assert warm.runbooks == cold.runbooks
    assert warm_s < cold_s / 3
