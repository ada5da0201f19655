"""Every method there is, by name."""

from __future__ import annotations

from bot.demo.standin.api import chat, conversations, extras, files, people, views
from bot.demo.standin.api.method import Method

METHODS: dict[str, Method] = {
    method.name: method for family in (chat, conversations, views, people, files, extras) for method in family.METHODS
}
