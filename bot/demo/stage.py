"""The terminal as a stage: a narrator, people who act, and messages as Slack would show them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from bot.demo.standin.driver.person import Person
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.terminal import render_message

PAUSE_SECONDS = 1.6
"""Long enough to read a line, short enough that a night takes two minutes."""


@dataclass(slots=True)
class Stage:
    """Where the demo is shown. `fast` leaves the pauses out."""

    console: Console
    fast: bool = False

    async def pause(self, beats: float = 1.0) -> None:
        """Time to read."""
        if not self.fast:
            await asyncio.sleep(PAUSE_SECONDS * beats)

    async def scene(self, title: str) -> None:
        """A new part of the night."""
        self.console.print()
        self.console.rule(f"[bold]{escape(title)}[/bold]", align="left")
        await self.pause()

    async def tell(self, text: str) -> None:
        """The narrator."""
        self.console.print(f"[italic]{escape(text)}[/italic]")
        await self.pause()

    async def act(self, who: Person, what: str) -> None:
        """Somebody types or clicks."""
        self.console.print()
        self.console.print(f"[bold cyan]{escape(who.name)}[/bold cyan]  {escape(what)}")
        await self.pause(0.5)

    async def show(self, message: Posted, reader: Person | None = None) -> None:
        """A message as it stands now."""
        width = min(self.console.width, 92)
        rich = self.console.is_terminal
        text = render_message(message, width, rich=rich, reader=reader)
        self.console.print(text, markup=rich, highlight=False, soft_wrap=True)
        await self.pause(2)

    async def document(self, title: str, text: str, first: int = 0) -> None:
        """A file, whole or its first lines; what is left out is said."""
        lines = text.rstrip("\n").split("\n")
        shown = lines[:first] if first and len(lines) > first else lines
        self.console.print()
        self.console.print(f"[bold]{escape(title)}[/bold]")
        for line in shown:
            self.console.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)
        if len(shown) < len(lines):
            self.console.print(f"    … {len(lines) - len(shown)} more lines", markup=False)
        await self.pause(2)
