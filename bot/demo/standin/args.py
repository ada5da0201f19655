"""The arguments of a Web API call, however they were sent (docs.slack.dev/apis/web-api)."""

from __future__ import annotations

import json
from typing import Any

from bot.demo.standin.errors import Json, SlackError, missing


class Args:
    """Typed access with Slack's refusals. Objects may come as JSON text inside a form."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    def __contains__(self, name: str) -> bool:
        return self.raw.get(name) not in (None, "")

    def need(self, *names: str) -> None:
        """Refuse with `invalid_arguments` when one is missing."""
        for name in names:
            if name not in self:
                raise missing(name)

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self.raw.get(name)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise SlackError("invalid_arguments", messages=[f"must provide a string [json-pointer:/{name}]"])
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean: true, 1 or "true"."""
        value = self.raw.get(name)
        if value is None or value == "":
            return default
        return value is True or str(value).lower() in ("true", "1")

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 1 to `most`; outside it Slack answers `invalid_limit`."""
        value = self.raw.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise SlackError("invalid_arg_name") from None
        if not 1 <= number <= most:
            raise SlackError("invalid_limit")
        return number

    def names(self, name: str) -> list[str]:
        """A comma-separated list, or a JSON array."""
        value = self.raw.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, list):
            return [str(item) for item in value]
        return [item.strip() for item in str(value).split(",") if item.strip()]

    def structure(self, name: str, refusal: SlackError) -> Any:
        """An array or object, decoded if it came as text; `refusal` when it cannot be read. None when absent."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise refusal from None
        if not isinstance(value, (dict, list)):
            raise refusal
        return value

    def mapping(self, name: str, refusal: SlackError) -> Json | None:
        """An object."""
        value = self.structure(name, refusal)
        if value is not None and not isinstance(value, dict):
            raise refusal
        return value
