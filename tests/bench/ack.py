"""The acknowledgement path, as ratios in one run: we against Bolt with a script of five writes."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field

from tests.bench.line import Taken
from tests.bench.targets import CLICK, SLASH, Target

HTTP, SOCKET = "HTTP", "Socket Mode"
MANY = 16


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds, and requests in each."""

    rounds: int = 7
    alone: int = 300
    crowd: int = 960


FULL, QUICK = Size(), Size(rounds=3, alone=150, crowd=480)


@dataclass
class Numbers:
    """Of one target, one entry a round: milliseconds, and microseconds of CPU for each request."""

    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    throughput: list[float] = field(default_factory=list)

    def middle(self, name: str) -> float:
        """The median of the rounds."""
        return float(statistics.median(getattr(self, name)))


Case = tuple[str, str]
"""(transport, kind)"""
Measured = dict[Case, dict[str, Numbers]]
CASES: tuple[Case, ...] = ((HTTP, CLICK), (HTTP, SLASH), (SOCKET, CLICK), (SOCKET, SLASH))


def ratio(numbers: dict[str, Numbers], name: str, against: str = "script") -> float:
    """Ours over theirs: the median of the ratios of the rounds, since what disturbs a round disturbs both."""
    pairs = zip(getattr(numbers["section3"], name), getattr(numbers[against], name), strict=True)
    return float(statistics.median(ours / theirs for ours, theirs in pairs))


async def measure(found: dict[str, Target], size: Size, cases: tuple[Case, ...] = CASES) -> Measured:
    """Each case on each target in turn, round after round."""
    measured: Measured = {case: defaultdict(Numbers) for case in cases}
    for case in cases:
        for target in found.values():
            await _send(target, case, 60, 4)
        for _ in range(size.rounds):
            for name, target in found.items():
                await _once(measured[case][name], target, case, size)
    return measured


async def _once(numbers: Numbers, target: Target, case: Case, size: Size) -> None:
    alone = await _send(target, case, size.alone, 1)
    before = target.cpu()
    crowd = await _send(target, case, size.crowd, MANY)
    numbers.p50.append(alone.at(0.5) * 1000)
    numbers.p99.append(crowd.at(0.99) * 1000)
    numbers.cpu.append((target.cpu() - before) / size.crowd * 1_000_000)
    numbers.throughput.append(size.crowd / crowd.total)


async def _send(target: Target, case: Case, count: int, connections: int) -> Taken:
    transport, kind = case
    over = target.over_http if transport == HTTP else target.over_socket
    return await over(kind, count, connections)
