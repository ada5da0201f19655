"""Block Kit as the service checks it."""

from __future__ import annotations

from bot.demo.standin.blockkit.surfaces import check_blocks, check_view, elements_of

__all__ = ["check_blocks", "check_view", "elements_of"]
