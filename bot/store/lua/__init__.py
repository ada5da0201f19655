"""The Lua scripts as packaged text."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text and the name under which a server caches it."""

    text: str
    sha: str


@functools.cache
def script(name: str, *shared: str) -> Script:
    """The script `name`.lua with the `shared` functions in front of it."""
    folder = resources.files(__name__)
    text = "\n".join((folder / f"{part}.lua").read_text("utf-8") for part in (*shared, name))
    return Script(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())
