"""Refusals in the Web API's own shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """An `ok: false` answer. `code` is Slack's error string, `extra` whatever else the answer carries."""

    def __init__(self, code: str, *, messages: Iterable[str] = (), **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.extra = extra

    def body(self) -> Json:
        """The answer as JSON. Block Kit problems are listed twice, as Slack does: bare and marked `[ERROR]`."""
        answer: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            if self.code == "invalid_blocks":
                answer["errors"] = list(self.messages)
            answer["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return answer


def missing(field: str) -> SlackError:
    """A required argument was not sent (measured: the text Slack's own validator gives)."""
    return SlackError("invalid_arguments", messages=[f"missing required field: {field}"])
