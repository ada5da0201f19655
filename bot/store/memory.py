"""How much memory a server of our own may take, where the kernel ends what takes more: a container, a systemd unit."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

BOT_BYTES = 256 * 1024 * 1024
"""What is left to the bot beside it: twice and a half its idle memory (docs/performance.md)."""
UNLIMITED = 1 << 60
"""The first kind of control groups writes no limit as a number of about 2^63."""
LEAST_SHARE = 8
"""Where the bot would have all, an eighth is the server's: 0 would be no limit, and next to none would refuse all."""


def share(limit: int | None) -> int | None:
    """The server's `maxmemory` in bytes under a limit for it and the bot together; None without a limit.

    Half of what the bot leaves: while its file is rewritten, what changes meanwhile lies in memory twice, up to all.
    """
    return None if limit is None else max((limit - BOT_BYTES) // 2, limit // LEAST_SHARE)


def limit(process: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> int | None:
    """The bytes that this process and its children may take together; None when nothing says so, as outside Linux.

    The least of its control group and of all above it (docs.kernel.org, "Control Group v2", `memory.max`, and "Memory
    Resource Controller", `memory.limit_in_bytes`). A container often sees only its own group, as the root.
    """
    found = [
        number
        for group, folder, name in _groups(process, root)
        for above in (group, *group.parents)
        if (number := _number(folder / str(above).lstrip("/") / name)) is not None
    ]
    return min(found, default=None)


def _groups(process: Path, root: Path) -> list[tuple[PurePosixPath, Path, str]]:
    """The process's groups that may limit memory: path, where the paths begin, and the file with the limit."""
    try:
        lines = process.read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            found.append((PurePosixPath(path), root, "memory.max"))
        elif "memory" in controllers.split(","):
            found.append((PurePosixPath(path), root / "memory", "memory.limit_in_bytes"))
    return found


def _number(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() and int(text) < UNLIMITED else None
