"""Foreign alert pages into draft entries of section 3: text and commands verbatim, nothing dropped without a word."""

from __future__ import annotations

from bot.runbooks.foreign.convert import Conversion, ForeignEntry, convert

__all__ = ["Conversion", "ForeignEntry", "convert"]
