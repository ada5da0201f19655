"""What every Work must do, whatever it is built on. Subclasses provide the `stores` fixture."""

from __future__ import annotations

import asyncio

import pytest

from bot.engine.ports import Append, DeadLetter, DueChange, FailingWork, Lease
from tests.store.contract import Stores, opening


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

    async def test_faults_are_counted_apart_from_what_had_to_wait(self, stores: Stores) -> None:
        work = stores.work
        await work.put("draw:a", 10)
        assert await work.retry(await self.one(stores, 10), 20, "429")
        assert await work.retry(await self.one(stores, 20), 30, "ValueError", fault=True)
        silent = await self.one(stores, 30)
        assert (silent.attempts, silent.faults) == (2, 1)
        taken_over = await self.one(stores, 500)
        assert (taken_over.attempts, taken_over.faults) == (3, 2)
        assert await work.bury(taken_over, "enough", 510, tried=False)
        assert [letter.attempts for letter in await work.dead_letters()] == [3]
        assert await work.replay("draw:a", 600)
        again = await self.one(stores, 600)
        assert (again.attempts, again.faults) == (0, 0)

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
