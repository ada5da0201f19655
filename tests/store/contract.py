"""What every Journal, Work and Marks must do, whatever it is built on. Subclasses provide the `stores` fixture."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from bot.engine.ports import (
    Append,
    Claimed,
    DeadLetter,
    DueChange,
    Duplicate,
    FailingWork,
    Index,
    IndexChange,
    Journal,
    Lease,
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
        """200 clicks at once: 20 steps, 5 people, each delivered twice. Every one is recorded once."""

        async def click(number: int) -> str:
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

        outcomes = await asyncio.gather(*(click(number) for number in [*range(100), *range(100)]))
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


class WorkContract:
    async def one(self, stores: Stores, now: int, lease_ms: int = 100) -> Lease:
        leases = await stores.work.claim(now, lease_ms=lease_ms, limit=10)
        assert len(leases) == 1, leases
        return leases[0]

    async def test_only_what_is_due_is_claimed_earliest_first(self, stores: Stores) -> None:
        work = stores.work
        for key, at in (("late:a", 50), ("b:a", 20), ("c:a", 10), ("d:a", 51)):
            await work.put(key, at)
        assert await work.next_due() == 10
        leases = await work.claim(50, lease_ms=100, limit=10)
        assert [(lease.key, lease.due_at, lease.until, lease.attempts) for lease in leases] == [
            ("c:a", 10, 150, 0),
            ("b:a", 20, 150, 0),
            ("late:a", 50, 150, 0),
        ]
        assert len({lease.token for lease in leases}) == 3
        assert await work.pending() == [("d:a", 51)]

    async def test_the_limit_holds(self, stores: Stores) -> None:
        for number in range(5):
            await stores.work.put(f"k{number}:a", number)
        assert len(await stores.work.claim(10, lease_ms=10, limit=3)) == 3
        assert len(await stores.work.claim(10, lease_ms=10, limit=3)) == 2
        assert await stores.work.claim(10, lease_ms=10, limit=3) == []
        assert await stores.work.claim(99, lease_ms=10, limit=0) == []
        assert len(await stores.work.pending(limit=3)) == 0
        assert await stores.work.pending(limit=0) == []

    async def test_the_same_key_replaces_itself(self, stores: Stores) -> None:
        await stores.work.put("draw:a", 10)
        await stores.work.put("draw:a", 30)
        assert await stores.work.pending() == [("draw:a", 30)]
        await stores.work.put("draw:a", 5)
        assert await stores.work.pending() == [("draw:a", 5)]

    async def test_an_append_cancels(self, stores: Stores) -> None:
        await stores.journal.append(opening())
        due = (DueChange("wait:a:3", None), DueChange("draw:a", None), DueChange("never:a", None))
        await stores.journal.append(Append("a", 2, (b"{}",), b"{}", due=due))
        assert await stores.work.pending() == []
        assert await stores.work.next_due() is None

    async def test_completed_work_is_gone(self, stores: Stores) -> None:
        await stores.work.put("draw:a", 10)
        lease = await self.one(stores, 10)
        assert await stores.work.next_due() == 110, "the end of the lease"
        assert await stores.work.complete(lease)
        assert await stores.work.next_due() is None
        assert not await stores.work.complete(lease), "twice is once too often"
        assert await stores.work.claim(10_000, lease_ms=1, limit=9) == []

    async def test_a_leased_key_is_invisible_and_comes_back_when_asked_meanwhile(self, stores: Stores) -> None:
        work = stores.work
        await work.put("draw:a", 10)
        lease = await self.one(stores, 10)
        await work.put("draw:a", 20)
        await work.put("draw:a", 25)
        assert await work.claim(50, lease_ms=100, limit=9) == [], "never two workers on one key"
        assert await work.complete(lease)
        assert await work.pending() == [("draw:a", 25)]
        assert (await self.one(stores, 25)).attempts == 0

    async def test_a_lease_that_ended_is_taken_over_and_fenced(self, stores: Stores) -> None:
        work = stores.work
        await work.put("draw:a", 10)
        slow = await self.one(stores, 10)
        assert await work.claim(109, lease_ms=100, limit=9) == []
        quick = await self.one(stores, 110)
        assert (quick.key, quick.due_at, quick.attempts) == ("draw:a", 10, 1)
        assert quick.token != slow.token
        assert not await work.complete(slow)
        assert not await work.retry(slow, 500, "late")
        assert not await work.bury(slow, "late", 500)
        assert await work.pending() == []
        assert await work.dead_letters() == []
        assert await work.complete(quick)

    async def test_a_lease_is_extended_by_its_owner_alone(self, stores: Stores) -> None:
        work = stores.work
        await work.put("draw:a", 10)
        slow = await self.one(stores, 10)
        assert await work.extend(slow, 300)
        assert await work.next_due() == 300
        assert await work.claim(299, lease_ms=100, limit=9) == [], "it was extended"
        quick = await self.one(stores, 300)
        assert not await work.extend(slow, 900)
        assert await work.complete(quick)
        assert not await work.extend(quick, 900)
        assert await work.next_due() is None

    async def test_a_lease_that_ended_but_was_not_taken_may_still_complete(self, stores: Stores) -> None:
        await stores.work.put("draw:a", 10)
        lease = await self.one(stores, 10)
        assert await stores.work.complete(lease)
        assert await stores.work.claim(10_000, lease_ms=1, limit=9) == []

    async def test_what_was_asked_during_a_lost_lease_is_not_lost(self, stores: Stores) -> None:
        work = stores.work
        await work.put("remind:a:update", 10)
        await self.one(stores, 10)
        await work.put("remind:a:update", 5000)
        taken_over = await self.one(stores, 200)
        assert await work.complete(taken_over)
        assert await work.pending() == [("remind:a:update", 5000)]

    async def test_what_became_due_during_a_lost_lease_is_done_once(self, stores: Stores) -> None:
        await stores.work.put("draw:a", 10)
        await self.one(stores, 10)
        await stores.work.put("draw:a", 50)
        taken_over = await self.one(stores, 200)
        assert await stores.work.complete(taken_over)
        assert await stores.work.next_due() is None

    async def test_a_failure_is_counted_and_tried_again(self, stores: Stores) -> None:
        work = stores.work
        await work.put("draw:a", 10)
        assert await work.retry(await self.one(stores, 10), 40, "429: slow down")
        assert await work.failing() == [FailingWork("draw:a", "429: slow down", 1)]
        assert await work.claim(39, lease_ms=100, limit=9) == []
        second = await self.one(stores, 40)
        assert (second.attempts, second.due_at) == (1, 40)
        assert await work.retry(second, 80, "500: ü broken")
        assert await work.failing() == [FailingWork("draw:a", "500: ü broken", 2)]
        assert await work.complete(await self.one(stores, 80))
        assert await work.failing() == []

    @pytest.mark.parametrize(("asked", "due"), [(20, 100), (300, 300)])
    async def test_a_retry_and_a_wish_meanwhile_meet_at_the_later_instant(
        self, stores: Stores, asked: int, due: int
    ) -> None:
        await stores.work.put("draw:a", 10)
        lease = await self.one(stores, 10)
        await stores.work.put("draw:a", asked)
        assert await stores.work.retry(lease, 100, "Retry-After")
        assert await stores.work.pending() == [("draw:a", due)]

    async def test_work_cancelled_during_its_lease_does_not_come_back(self, stores: Stores) -> None:
        cancel = (DueChange("draw:a", None), DueChange("wait:a:3", None))
        for version, end in enumerate(("complete", "retry", "silence", "bury")):
            await stores.work.put("draw:a", 10)
            lease = await self.one(stores, 10)
            await stores.journal.append(Append("a", version, (b"{}",), b"{}", due=cancel))
            if end == "complete":
                assert await stores.work.complete(lease)
            elif end == "retry":
                assert await stores.work.retry(lease, 20, "failed")
            elif end == "bury":
                assert await stores.work.bury(lease, "failed", 20)
            assert await stores.work.claim(10_000, lease_ms=1, limit=9) == []
            assert await stores.work.next_due() is None
            assert await stores.work.failing() == []

    async def test_what_is_given_up_can_be_seen_and_replayed(self, stores: Stores) -> None:
        work = stores.work
        await work.put("post:a:1", 10)
        assert await work.retry(await self.one(stores, 10), 20, "first")
        assert await work.bury(await self.one(stores, 20), "invalid_blocks", 25)
        await work.put("file:a:1", 30)
        assert await work.bury(await self.one(stores, 30), "not_allowed", 31)
        assert await work.dead_letters() == [
            DeadLetter("post:a:1", "invalid_blocks", 2, 25),
            DeadLetter("file:a:1", "not_allowed", 1, 31),
        ]
        assert await work.failing() == []
        assert await work.next_due() is None
        assert await work.replay("post:a:1", 40)
        assert not await work.replay("post:a:1", 40)
        assert not await work.replay("never:a", 40)
        assert [letter.key for letter in await work.dead_letters()] == ["file:a:1"]
        again = await self.one(stores, 40)
        assert (again.key, again.due_at, again.attempts) == ("post:a:1", 40, 0)

    async def test_a_letter_stays_until_the_same_work_succeeds(self, stores: Stores) -> None:
        work = stores.work
        await work.put("draw:a", 10)
        assert await work.bury(await self.one(stores, 10), "invalid_blocks", 11)
        await work.put("draw:a", 20)
        assert [letter.key for letter in await work.dead_letters()] == ["draw:a"]
        assert await work.complete(await self.one(stores, 20))
        assert await work.dead_letters() == []

    async def test_what_was_asked_while_it_was_given_up_is_tried(self, stores: Stores) -> None:
        await stores.work.put("draw:a", 10)
        lease = await self.one(stores, 10)
        await stores.work.put("draw:a", 12)
        assert await stores.work.bury(lease, "broken", 13)
        assert await stores.work.pending() == [("draw:a", 12)]
        assert len(await stores.work.dead_letters()) == 1

    async def test_replaying_a_leased_key_waits_for_the_lease(self, stores: Stores) -> None:
        work = stores.work
        await work.put("draw:a", 10)
        assert await work.bury(await self.one(stores, 10), "broken", 11)
        await work.put("draw:a", 20)
        lease = await self.one(stores, 20)
        assert await work.replay("draw:a", 30)
        assert await work.claim(50, lease_ms=9, limit=9) == []
        assert await work.complete(lease)
        assert await work.pending() == [("draw:a", 30)]

    async def test_workers_never_share_a_key(self, stores: Stores) -> None:
        for number in range(60):
            await stores.work.put(f"k{number}:a", 1)
        taken = await asyncio.gather(*(stores.work.claim(5, lease_ms=1000, limit=7) for _ in range(12)))
        keys = [lease.key for leases in taken for lease in leases]
        assert len(keys) == len(set(keys)) == 60


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

    async def test_only_one_of_many_starts(self, stores: Stores) -> None:
        answers = await asyncio.gather(*(stores.marks.start("a", "file", at) for at in range(1, 30)))
        assert sum(answer is None for answer in answers) == 1

    async def test_a_result_may_be_empty(self, stores: Stores) -> None:
        await stores.marks.start("a", "post:1", 10)
        await stores.marks.finish("a", "post:1", "")
        assert await stores.marks.get("a", "post:1") == Mark(10, "")
