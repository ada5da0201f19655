"""What the parser can say about a file, and how it says it.

An *error* means that the file must not be used as it stands (something was swallowed or damaged); a *warning* means
that it was read, and how.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.runbook import Diagnostic, Level

RULES: dict[str, tuple[Level, str]] = {
    "P01": (Level.ERROR, "The file is no runbook: no front matter with a service and none of the six sections."),
    "P02": (Level.ERROR, "The file is not clean UTF-8 text."),
    "P03": (Level.ERROR, "The front matter cannot be read as YAML, or is never closed."),
    "P04": (Level.WARNING, "The front matter names no service; the file's name is used."),
    "P05": (
        Level.WARNING,
        "A value has the wrong form and is ignored or mended (a date, a list, a zone, an id), or a key stands twice.",
    ),
    "P06": (Level.ERROR, "A code block or an HTML comment is never closed and swallows what follows."),
    "P07": (Level.WARNING, "A section appears twice."),
    "P08": (Level.WARNING, "A heading is none of the six sections; what stands under it is not loaded."),
    "P09": (Level.ERROR, "The file is too large or too deeply nested to be a runbook."),
    "P10": (Level.WARNING, "A table is malformed: no line under its header, or a row with too many cells."),
    "P11": (Level.WARNING, "A label appears twice in one failure entry; both values are kept."),
    "P12": (Level.WARNING, "A branch points to a step that does not exist."),
    "P13": (Level.WARNING, "A failure entry's heading has no id; one was made from its title."),
    "P14": (Level.WARNING, "Text in section 3 stands before the first failure entry and is not loaded."),
    "P15": (Level.WARNING, "Labels are written in another way than the format's; they are read as meant."),
}
"""Every rule of the parser: how bad it is and what it means."""


@dataclass(slots=True)
class Log:
    """Collects the diagnostics of one file."""

    path: str
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, rule: str, line: int, message: str, column: int = 1) -> None:
        """`line` and `column` are 1-based."""
        level = RULES[rule][0]
        self.found.append(
            Diagnostic(rule=rule, severity=level, path=self.path, line=line, column=column, message=message)
        )

    def sorted(self) -> tuple[Diagnostic, ...]:
        return tuple(sorted(self.found, key=lambda one: (one.line, one.column, one.rule)))
