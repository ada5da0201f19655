"""Small runbooks on disk, and a clock that tests move."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

GOOD = """\
---
service: {service}
aliases: [{alias}]
channels: ["C0{service}", "#ops"]
---

# {service}

## 3. Common failures

### AB-01 Stuck

**Steps:**
1. **Act:** restart.
"""
BROKEN = GOOD + "   ```sh\n   never closed\n"


@dataclass
class Watch:
    """A clock that tests move. Milliseconds."""

    at: int = 1_000

    def now(self) -> int:
        return self.at


def write(folder: Path, service: str, *, text: str = GOOD, alias: str = "", name: str = "", dated: int = 500) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (name or f"{service}.md")
    file.write_text(text.format(service=service, alias=alias or f"{service}-x"), encoding="utf-8")
    os.utime(file, ns=(dated * 1_000_000, dated * 1_000_000))
    return file
