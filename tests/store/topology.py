"""Several servers that belong together: a primary with replicas, a Sentinel trio, a three-node Cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.store.server import ServerProcess, debian_redis, free_port, wait_for

SLOTS = 16384
DOWN_AFTER_MS = 600


def link_is_up(replica: ServerProcess) -> bool:
    """Whether a replica has its primary's data and follows it."""
    info = replica.ask("INFO", "replication")
    return isinstance(info, dict) and info.get("master_link_status") == "up"


@contextmanager
def replicated(folder: Path, program: str, *, replicas: int = 1) -> Iterator[list[ServerProcess]]:
    """A primary and its replicas, in step."""
    with ExitStack() as stack:
        primary = stack.enter_context(ServerProcess(folder / "primary", program, repl_diskless_sync_delay="0"))
        followers = [
            stack.enter_context(
                ServerProcess(folder / f"replica{number}", program, replicaof=f"127.0.0.1 {primary.port}")
            )
            for number in range(replicas)
        ]
        for follower in followers:
            wait_for(lambda follower=follower: link_is_up(follower), "the replica")  # type: ignore[misc]
        yield [primary, *followers]


@dataclass(frozen=True)
class Trio:
    """Three data servers watched by three Sentinels under the name "main"."""

    data: list[ServerProcess]
    sentinels: list[ServerProcess]

    @property
    def url(self) -> str:
        return "redis+sentinel://" + ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels) + "/main"

    def primary(self) -> ServerProcess | None:
        """The data server that the Sentinels agree on, None while they do not."""
        answers = [sentinel.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main") for sentinel in self.sentinels]
        ports = {int(answer[1]) for answer in answers if isinstance(answer, list | tuple)}
        return next((server for server in self.data if {server.port} == ports), None)


@contextmanager
def sentinel_trio(folder: Path) -> Iterator[Trio]:
    """A primary, two replicas and three Sentinels that all know each other."""
    with ExitStack() as stack:
        data = stack.enter_context(replicated(folder, debian_redis(), replicas=2))
        watch = (
            f"monitor main 127.0.0.1 {data[0].port} 2\ndown-after-milliseconds main {DOWN_AFTER_MS}\n"
            "failover-timeout main 3000\nparallel-syncs main 2"
        )
        sentinels = [ServerProcess(folder / f"sentinel{number}", debian_redis(), sentinel=watch) for number in range(3)]
        for sentinel in sentinels:
            stack.callback(sentinel.stop)
            sentinel.start(sentinel=True)

        def informed(sentinel: ServerProcess) -> bool:
            state = sentinel.ask("SENTINEL", "MASTER", "main")
            return (
                isinstance(state, dict)
                and int(state["num-slaves"]) == 2
                and int(state["num-other-sentinels"]) == 2
                and state["flags"] == "master"
            )

        wait_for(lambda: all(map(informed, sentinels)), "the Sentinels", seconds=25)
        yield Trio(data, sentinels)


@contextmanager
def cluster(folder: Path) -> Iterator[list[ServerProcess]]:
    """Three primaries that share the slots."""
    with ExitStack() as stack:
        buses = [free_port() for _ in range(3)]
        nodes = [
            stack.enter_context(
                ServerProcess(
                    folder / f"node{number}",
                    debian_redis(),
                    cluster_enabled="yes",
                    cluster_node_timeout="2000",
                    cluster_port=str(bus),
                )
            )
            for number, bus in enumerate(buses)
        ]
        edges = [SLOTS * number // 3 for number in range(4)]
        for number, node in enumerate(nodes):
            node.ask("CLUSTER", "ADDSLOTSRANGE", edges[number], edges[number + 1] - 1)
        for node, bus in zip(nodes[1:], buses[1:], strict=True):
            nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        wait_for(lambda: all("cluster_state:ok" in str(node.ask("CLUSTER", "INFO")) for node in nodes), "the cluster")
        yield nodes
