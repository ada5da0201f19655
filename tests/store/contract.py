"""What every Journal, Work and Marks must do, whatever it is built on. Subclasses provide the `stores` fixture."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from bot.engine.ports import (
    Append,
    Claimed,
    DueChange,
    Duplicate,
    Index,
    IndexChange,
    Journal,
    Loaded,
    Mark,
    Marks,
    Stale,
    Stored,
    Work,
)


@dataclass(frozen=True)
class Stores:
    journal: Journal
    work: Work
    marks: Marks


def opening(incident_id: str = "a", **changes: object) -> Append:
    """A first append with something in every field."""
    append = Append(
        incident_id,
        expected=0,
        events=(b'{"declared":1}', b'{"attached":2}'),
        snapshot=b'{"state": "open"}',
        dedup=f"open-{incident_id}",
        due=(DueChange(f"draw:{incident_id}", 5), DueChange(f"wait:{incident_id}:3", 900)),
        index=(IndexChange(Index.OPEN, "", 100), IndexChange(Index.SERVICE, "ingest", 100)),
        claim="ingest",
    )
    return replace(append, **changes)  # type: ignore[arg-type]


class JournalContract:
    async def test_a_number_is_given_once(self, stores: Stores) -> None:
        journal = stores.journal
        assert [await journal.number(name) for name in ("x", "y", "x", "z", "y")] == [1, 2, 1, 3, 2]
        assert [await journal.incident_id(number) for number in (1, 2, 3, 4)] == ["x", "y", "z", None]

    async def test_an_append_writes_everything(self, stores: Stores) -> None:
        journal, append = stores.journal, opening()
        stored = await journal.append(append)
        assert isinstance(stored, Stored)
        assert stored.version == 2
        assert await journal.load("a") == Loaded(append.snapshot, 2, (), 2)
        assert await journal.events("a") == list(append.events)
        assert await journal.events("a", 1) == [append.events[1]]
        assert await journal.events("a", 2) == []
        assert await journal.members(Index.OPEN) == ["a"]
        assert await journal.members(Index.SERVICE, "ingest") == ["a"]
        assert await journal.claim_holder("ingest") == "a"
        assert await stores.work.pending() == [("draw:a", 5), ("wait:a:3", 900)]

    async def test_unknown_things_are_none(self, stores: Stores) -> None:
        journal = stores.journal
        assert await journal.load("nobody") is None
        assert await journal.events("nobody") == []
        assert await journal.members(Index.OPEN) == []
        assert await journal.claim_holder("nothing") is None
        assert await journal.load_many([]) == []
        assert await journal.load_many(["nobody"]) == [None]

    async def test_a_second_delivery_changes_nothing(self, stores: Stores) -> None:
        journal, append = stores.journal, opening()
        await journal.append(append)
        more = replace(append, expected=2, events=(b"{}",), dedup="other")
        await journal.append(more)
        assert await journal.append(append) == Duplicate(2)
        assert await journal.append(replace(append, expected=3)) == Duplicate(2)
        assert await journal.append(more) == Duplicate(3)
        assert len(await journal.events("a")) == 3

    async def test_deliveries_are_remembered_per_incident(self, stores: Stores) -> None:
        await stores.journal.append(opening("a", dedup="same", claim=""))
        assert isinstance(await stores.journal.append(opening("b", dedup="same", claim="")), Stored)

    async def test_a_stale_append_leaves_nothing_and_returns_what_was_missed(self, stores: Stores) -> None:
        journal = stores.journal
        await journal.append(opening())
        late = Append(
            "a",
            expected=1,
            events=(b'{"x":1}', b'{"x":2}'),
            snapshot=b"late",
            dedup="late",
            due=(DueChange("draw:a", 1), DueChange("post:a:3", 1)),
            index=(IndexChange(Index.OPEN, "", None), IndexChange(Index.CHANNEL, "C1", 1)),
            claim="second",
            release="ingest",
        )
        assert await journal.append(late) == Stale(2, (b'{"attached":2}',))
        assert await journal.append(replace(late, expected=0)) == Stale(2, (b'{"declared":1}', b'{"attached":2}'))
        assert await journal.load("a") == Loaded(b'{"state": "open"}', 2, (), 2)
        assert await journal.members(Index.OPEN) == ["a"]
        assert await journal.members(Index.CHANNEL, "C1") == []
        assert await journal.claim_holder("second") is None
        assert await journal.claim_holder("ingest") == "a"
        assert await stores.work.pending() == [("draw:a", 5), ("wait:a:3", 900)]
        assert isinstance(await journal.append(replace(late, expected=2)), Stored), "the delivery was not used up"

    async def test_a_fold_that_is_ahead_of_the_store_is_told_so(self, stores: Stores) -> None:
        await stores.journal.append(opening())
        ahead = Append("a", expected=7, events=(b"{}",), snapshot=b"{}")
        assert await stores.journal.append(ahead) == Stale(2, ())
        assert len(await stores.journal.events("a")) == 2

    async def test_a_claim_is_held_by_one(self, stores: Stores) -> None:
        journal = stores.journal
        await journal.append(opening("a"))
        assert await journal.append(opening("b")) == Claimed("a")
        assert await journal.load("b") is None
        assert await journal.members(Index.OPEN) == ["a"]
        assert await journal.append(Append("a", 2, (b"{}",), b"{}", claim="ingest")) == Stored(3), "its own claim"
        assert await journal.append(Append("a", 3, (b"{}",), b"{}", release="ingest")) == Stored(4)
        assert await journal.claim_holder("ingest") is None
        assert isinstance(await journal.append(opening("b")), Stored)

    async def test_a_claim_of_somebody_else_cannot_be_released(self, stores: Stores) -> None:
        await stores.journal.append(opening("a"))
        await stores.journal.append(opening("b", claim="", release="ingest"))
        assert await stores.journal.claim_holder("ingest") == "a"

    async def test_a_late_delivery_of_an_opening_is_a_duplicate_even_when_the_claim_moved_on(
        self, stores: Stores
    ) -> None:
        journal = stores.journal
        await journal.append(opening("a"))
        await journal.append(Append("a", 2, (b"{}",), b"{}", release="ingest"))
        await journal.append(opening("b"))
        assert await journal.append(opening("a")) == Duplicate(2)

    async def test_projections_are_ordered_and_bounded(self, stores: Stores) -> None:
        journal = stores.journal
        for score, name in ((30, "c"), (10, "a"), (20, "b")):
            await journal.append(opening(name, claim="", index=(IndexChange(Index.DAY, "2026-11-23", score),)))
        assert await journal.members(Index.DAY, "2026-11-23") == ["c", "b", "a"]
        assert await journal.members(Index.DAY, "2026-11-23", newest=False) == ["a", "b", "c"]
        assert await journal.members(Index.DAY, "2026-11-23", limit=2) == ["c", "b"]
        assert await journal.members(Index.DAY, "2026-11-23", limit=2, newest=False) == ["a", "b"]
        await journal.append(Append("c", 2, (b"{}",), b"{}", index=(IndexChange(Index.DAY, "2026-11-23", None),)))
        assert await journal.members(Index.DAY, "2026-11-23") == ["b", "a"]

    async def test_many_are_loaded_in_the_order_asked(self, stores: Stores) -> None:
        for name in ("a", "b", "c"):
            await stores.journal.append(opening(name, claim="", snapshot=name.encode()))
        loaded = await stores.journal.load_many(["c", "nobody", "a", "c"])
        assert [item and item.snapshot for item in loaded] == [b"c", None, b"a", b"c"]
        assert [item and item.version for item in loaded] == [2, None, 2, 2]

    async def test_without_a_snapshot_the_events_after_the_last_one_are_read(self, stores: Stores) -> None:
        journal = stores.journal
        await journal.append(opening("a", claim=""))
        await journal.append(Append("a", 2, (b"third",), None))
        await journal.append(Append("a", 3, (b"fourth", b"fifth"), None))
        expected = Loaded(b'{"state": "open"}', 2, (b"third", b"fourth", b"fifth"), 5)
        assert await journal.load("a") == expected
        assert await journal.load_many(["a"]) == [expected]
        await journal.append(Append("a", 5, (b"sixth",), b"new"))
        assert await journal.load("a") == Loaded(b"new", 6, (), 6)

    async def test_what_is_known_is_not_read_again(self, stores: Stores) -> None:
        journal = stores.journal
        stored = await journal.append(opening())
        assert isinstance(stored, Stored)
        assert await journal.load("a", stored.head) == Loaded(None, 0, (), 2)
        other = await journal.append(Append("a", 2, (b"third",), b"new"))
        assert isinstance(other, Stored)
        assert other.head != stored.head
        read = await journal.load("a", stored.head)
        assert read == Loaded(b"new", 3, (), 3)
        assert read.head == other.head

    async def test_several_appends_in_one_trip_are_each_for_themselves(self, stores: Stores) -> None:
        journal = stores.journal
        await journal.append(opening())
        answers = await journal.append_each(
            [
                Append("a", 2, (b"third",), None, dedup="x", due=(DueChange("draw:a", 7),)),
                Append("a", 3, (b"fourth", b"fifth"), b"new", dedup="y"),
                Append("a", 5, (b"again",), None, dedup="x"),
                Append("a", 6, (b"too early",), None, dedup="z"),
            ]
        )
        assert answers[:3] == [Stored(3), Stored(5), Duplicate(3)]
        assert isinstance(answers[3], Stale)
        assert await journal.events("a", 2) == [b"third", b"fourth", b"fifth"]
        assert await journal.load("a") == Loaded(b"new", 5, (), 5)
        assert ("draw:a", 7) in await stores.work.pending()
        assert await journal.append_each([]) == []

    async def test_nothing_is_written_on_what_was_not_written(self, stores: Stores) -> None:
        """Another replica was first, with as many facts: the versions fit, and the state does not."""
        journal = stores.journal
        await journal.append(opening())
        await journal.append(Append("a", 2, (b"theirs",), None))
        mine = [Append("a", 2, (b"x",), None, dedup="x"), Append("a", 3, (b"y",), b"false", dedup="y")]
        answers = await journal.append_each(mine)
        assert answers[0] == Stale(3, (b"theirs",))
        assert isinstance(answers[1], Stale)
        assert await journal.events("a", 2) == [b"theirs"]

    async def test_any_bytes_and_any_text_survive(self, stores: Stores) -> None:
        events = (bytes(range(256)), b"", "naïve ✓ : {p0}".encode())
        append = Append("a", 0, events, b"\x00 \xff", dedup="U1:ü {x}", index=(IndexChange(Index.THREAD, "C:1.2", 1),))
        await stores.journal.append(append)
        assert await stores.journal.events("a") == list(events)
        loaded = await stores.journal.load("a")
        assert loaded is not None
        assert loaded.snapshot == b"\x00 \xff"
        assert await stores.journal.members(Index.THREAD, "C:1.2") == ["a"]
        assert await stores.journal.append(append) == Duplicate(3)

    async def test_a_long_stream_comes_back_whole(self, stores: Stores) -> None:
        events = tuple(b"%d" % number for number in range(1203))
        await stores.journal.append(Append("a", 0, events, b"{}"))
        assert await stores.journal.events("a") == list(events)
        assert await stores.journal.events("a", 1000) == list(events[1000:])

    async def test_an_append_without_events_is_a_mistake(self, stores: Stores) -> None:
        with pytest.raises(ValueError, match="at least one event"):
            await stores.journal.append(Append("a", 0, (), b"{}"))

    async def test_racing_appends_are_put_in_line(self, stores: Stores) -> None:
        """200 clicks at once: 20 steps, 5 people, each delivered twice, ten processes. Every one is recorded once."""
        processes = [asyncio.Lock() for _ in range(10)]

        async def click(place: int, number: int) -> str:
            async with processes[place % len(processes)]:
                return await race(number)

        async def race(number: int) -> str:
            version = 0
            event = b"click %d" % number
            for _ in range(2000):
                append = Append("a", version, (event,), b"{}", dedup=f"click-{number}", due=(DueChange("draw:a", 1),))
                match await stores.journal.append(append):
                    case Stored():
                        return "stored"
                    case Duplicate():
                        return "duplicate"
                    case Stale(version=version):
                        continue
            return "gave up"

        outcomes = await asyncio.gather(
            *(click(place, number) for place, number in enumerate([*range(100), *range(100)]))
        )
        assert sorted(outcomes) == ["duplicate"] * 100 + ["stored"] * 100
        events = await stores.journal.events("a")
        assert sorted(events) == sorted(b"click %d" % number for number in range(100))
        assert await stores.work.pending() == [("draw:a", 1)]

    async def test_thirty_deliveries_of_an_opening_make_one_incident_and_one_number(self, stores: Stores) -> None:
        async def deliver() -> tuple[int, object]:
            return await stores.journal.number("a"), await stores.journal.append(opening())

        outcomes = await asyncio.gather(*(deliver() for _ in range(30)))
        assert {number for number, _ in outcomes} == {1}
        assert sum(isinstance(answer, Stored) for _, answer in outcomes) == 1
        assert sum(answer == Duplicate(2) for _, answer in outcomes) == 29
        assert await stores.journal.number("b") == 2, "no number was burned"
        assert len(await stores.journal.events("a")) == 2


class MarksContract:
    async def test_a_mark_is_started_once_and_keeps_its_result(self, stores: Stores) -> None:
        marks = stores.marks
        assert await marks.get("a", "post:1") is None
        assert await marks.start("a", "post:1", 10) is None
        assert await marks.start("a", "post:1", 20) == Mark(10)
        await marks.finish("a", "post:1", "1700000000.000100 C1")
        assert await marks.get("a", "post:1") == Mark(10, "1700000000.000100 C1")
        assert await marks.start("a", "post:1", 30) == Mark(10, "1700000000.000100 C1")
        assert await marks.get("a", "post:2") is None
        assert await marks.get("b", "post:1") is None

    async def test_a_mark_is_withdrawn_by_who_started_it_and_only_before_it_has_a_result(self, stores: Stores) -> None:
        marks = stores.marks
        await marks.start("a", "post:1", 10)
        await marks.withdraw("a", "post:1", 9)
        assert await marks.get("a", "post:1") == Mark(10)
        await marks.withdraw("a", "post:1", 10)
        await marks.withdraw("a", "post:1", 10)
        assert await marks.get("a", "post:1") is None
        await marks.start("a", "post:1", 20)
        await marks.finish("a", "post:1", "")
        await marks.withdraw("a", "post:1", 20)
        assert await marks.get("a", "post:1") == Mark(20, "")

    async def test_only_one_of_many_starts(self, stores: Stores) -> None:
        answers = await asyncio.gather(*(stores.marks.start("a", "file", at) for at in range(1, 30)))
        assert sum(answer is None for answer in answers) == 1

    async def test_a_result_may_be_empty(self, stores: Stores) -> None:
        await stores.marks.start("a", "post:1", 10)
        await stores.marks.finish("a", "post:1", "")
        assert await stores.marks.get("a", "post:1") == Mark(10, "")
