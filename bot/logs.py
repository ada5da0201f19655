"""Logs: one JSON object a line on stderr, for machines; what people read is in Slack and on the terminal.

What people typed is never logged, and neither are secrets, not even inside the message of an error.
"""

from __future__ import annotations

import asyncio
import io
import logging
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TextIO, TypeVar

import structlog
from pydantic_core import to_json

from bot.domain.refusals import Refusal
from bot.engine.orders import Order, Outcome
from bot.engine.ports import Lease

HIDDEN = "***"
_LIKE_A_SECRET = r"xox[a-z]-[\w-]+|xapp-[\w-]+|gh[a-z]_\w+|github_pat_\w+|(?<=://)[^/\s\"@]*:[^/\s\"@]*(?=@)"
"""Slack's and GitHub's tokens, and the user and password in an address."""
_HINTS = ("xox", "xapp-", "gh", "://")
"""What stands in each of these."""
Kind = TypeVar("Kind")


def configure(secrets: Iterable[str] = (), level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's records through one JSON renderer, without `secrets`, to `stream`
    (stderr)."""
    stream = stream or sys.stderr
    hide = _hider(secrets)
    first: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: list[structlog.types.Processor] = [structlog.processors.JSONRenderer(_json), hide]
    # Our own records go straight to the stream: the way through the standard library costs three times as much, and
    # there is one line for each acknowledgement.
    structlog.configure(
        processors=[*first, *last],
        logger_factory=partial(_Lines, _Patient(stream)),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.getLogger("slack_bolt.RequestVerification").addFilter(_without_body)
    logging.getLogger("section3.bolt").addFilter(_without_token_remark)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _without_body(record: logging.LogRecord) -> bool:
    """Bolt quotes the whole delivery whose signature it refuses: what people typed, when a secret or a clock is off."""
    record.msg = str(record.msg).partition(", body:")[0]
    return True


def _without_token_remark(record: logging.LogRecord) -> bool:
    """Bolt reads SLACK_BOT_TOKEN for itself and warns at each start that its client has a token as well: nothing that
    anybody could mend."""
    return "`token` will be unused" not in str(record.msg)


class _Patient(io.TextIOBase):
    """A stream that may be gone. A log that cannot be written must not keep a fact from being recorded."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


class _Lines(structlog.WriteLogger):
    """Writes to a stream, and knows its own name."""

    def __init__(self, stream: Any, name: str = "section3") -> None:
        super().__init__(stream)
        self.name = name


def _json(value: Any, **_: Any) -> str:
    """JSON at a third of what `json.dumps` with a fallback costs; whatever is no JSON is shown as text."""
    return to_json(value, fallback=str, inf_nan_mode="strings").decode()


def _hider(secrets: Iterable[str]) -> structlog.types.Processor:
    # A secret stands in the rendered line as JSON writes it.
    known = sorted({_json(secret)[1:-1] for secret in secrets if secret}, key=len, reverse=True)
    pattern = re.compile("|".join([*map(re.escape, known), _LIKE_A_SECRET]))
    # Nearly every line has none of these, and finding that out costs a tenth of the pattern.
    hints = (*known, *_HINTS)

    def hide(logger: object, name: str, line: Any) -> str:
        return pattern.sub(HIDDEN, line) if any(hint in line for hint in hints) else line

    return hide


class Witness:
    """Logs what the desk decided and what became of due work, with the incident it belongs to."""

    def __init__(self) -> None:
        self._desk = structlog.get_logger("section3.desk").bind()
        self._work = structlog.get_logger("section3.worker").bind()
        self._store = structlog.get_logger("section3.store").bind()
        self._slack = structlog.get_logger("section3.slack").bind()

    def decided(self, incident_id: str, order: Order, outcome: Outcome) -> None:
        """A command was recorded or refused. Names and kinds only: what was typed is in the stream."""
        about = {"command": type(order.command).__name__, "by": order.by.id, "via": order.via}
        if isinstance(outcome, Refusal):
            self._desk.info("refused", incident=incident_id, reason=outcome.reason.value, **about)
            return
        incident = outcome.incident
        what = "duplicate" if outcome.duplicate else "recorded"
        events = [fact.event.type for fact in outcome.facts]
        self._desk.info(
            what, incident=incident.id, name=incident.name, version=incident.version, events=events, **about
        )

    def store(self, reason: str) -> None:
        """The store stopped answering, or answers again ("")."""
        if reason:
            self._store.error("store_lost", reason=reason)
        else:
            self._store.info("store_back")

    def slack(self, way: str, reason: str, lasted_ms: int) -> None:
        """Slack was lost, or is there again (reason ""), as seen by one of the ways to it."""
        if reason:
            self._slack.warning("slack_lost", way=way, reason=reason)
        else:
            self._slack.info("slack_back", way=way, lasted_s=round(lasted_ms / 1000, 1))

    def performed(self, lease: Lease, outcome: str, late_ms: int, error: str) -> None:
        """A piece of due work was dealt with; what went well is told by /metrics alone."""
        if outcome == "done":
            return
        say = self._work.error if outcome == "buried" else self._work.warning
        kind, _, rest = lease.key.partition(":")
        incident = rest.partition(":")[0]
        event = "lease lost" if outcome == "lost" else f"work_{outcome}"
        say(event, incident=incident, work=kind, key=lease.key, attempts=lease.attempts + 1, reason=error)


Handler = Callable[[str, str], Awaitable[None]]


def with_incident(handlers: Mapping[Kind, Handler]) -> dict[Kind, Handler]:
    """The same handlers; whatever is logged inside one carries the incident and the kind of work."""

    def bound(kind: Kind, handler: Handler) -> Handler:
        async def handle(incident_id: str, detail: str) -> None:
            with structlog.contextvars.bound_contextvars(incident=incident_id, work=str(kind)):
                await handler(incident_id, detail)

        return handle

    return {kind: bound(kind, handler) for kind, handler in handlers.items()}


def each(*told: Callable[..., None]) -> Callable[..., None]:
    """One listener for several."""

    def tell(*what: Any) -> None:
        for one in told:
            one(*what)

    return tell


def afterwards(told: Callable[..., None]) -> Callable[..., None]:
    """The same listener, told in the next turn of the event loop: whoever waits for an answer has it by then."""

    def tell(*what: Any) -> None:
        asyncio.get_running_loop().call_soon(told, *what)

    return tell
