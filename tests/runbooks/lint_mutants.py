"""Ways to break a sample runbook, each in exactly one respect, and the line where lint must point."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.runbooks.lint_page import TODAY

Broken = tuple[str, int]
"""The broken text and the 1-based line where the finding must stand."""


@dataclass(frozen=True)
class Mutant:
    """`rule` is the rule that must find it."""

    rule: str
    name: str
    breaks: Callable[[str], Broken]


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def change(pattern: str, replacement: str, *, line: str = "", after: str = "") -> Callable[[str], Broken]:
    """Replace the first match behind `after`.

    The finding is expected where the change begins, or, with `line`, at the last line matching that up to the end of
    what was put in, else at the first one behind it.
    """

    def breaks(text: str) -> Broken:
        begin = re.search(after, text, re.M) if after else None
        found = re.compile(pattern, re.M).search(text, begin.end() if begin else 0)
        assert found, pattern
        new = found.expand(replacement)
        broken = text[: found.start()] + new + text[found.end() :]
        if not line:
            return broken, _line(text, found.start())
        places = [place.start() for place in re.finditer(line, broken, re.M)]
        before = [place for place in places if place < found.start() + len(new)]
        return broken, _line(broken, before[-1] if before else places[0])

    return breaks


def _bare_section(number: int) -> Callable[[str], Broken]:
    """Everything below a section's heading is deleted."""
    return change(rf"^(## {number}\. .*)\n[\s\S]*?(?=^## {number + 1}\. |\Z)", r"\1\n\n", line=rf"^## {number}\. ")


def _swapped(text: str) -> Broken:
    """Sections 4 and 5 change places."""
    before, four, five, six = re.split(r"^(?=## [456]\. )", text, flags=re.M)
    broken = before + five + four + six
    return broken, _line(broken, broken.index("## 5. "))


def _short(text: str) -> Broken:
    """Only the first five entries are left."""
    starts = [found.start() for found in re.finditer(r"^### ", text, re.M)]
    end = text.index("## 4. ")
    broken = text[: starts[5]] + text[end:]
    return broken, _line(broken, broken.index("## 3. "))


def _shared_alert(text: str) -> Broken:
    """An entry that begins with an act gets the first alert of another entry."""
    entries = re.split(r"^(?=### |## 4\. )", text, flags=re.M)
    acting = next(at for at, entry in enumerate(entries) if re.search(r"^1\. \*\*(?!Check|Branch)", entry, re.M))
    other = next(at for at in range(1, len(entries) - 1) if at != acting)
    alert = re.search(r"^- alert: (`.*`)$", entries[other], re.M)
    mine = re.search(r"^- alert: (`.*`)$", entries[acting], re.M)
    assert alert and mine
    entries[acting] = entries[acting].replace(mine[0], alert[0], 1)
    broken = "".join(entries)
    line = [number for number, row in enumerate(broken.split("\n"), 1) if row == alert[0]]
    return broken, line[-1]


def _same_symptoms(text: str) -> Broken:
    """The second entry gets the symptoms and the first step of the first."""
    head, one, two, *rest = re.split(r"^(?=### )", text, flags=re.M)
    for pattern in (r"^\*\*Symptoms:\*\*\n(?:- .*\n)+", r"^1\. .*\n"):
        mine, theirs = re.search(pattern, one, re.M), re.search(pattern, two, re.M)
        assert mine and theirs
        two = two.replace(theirs[0], mine[0], 1)
    broken = "".join([head, one, two, *rest])
    return broken, _line(broken, len(head) + len(one) + two.index("**Symptoms:**"))


def _old_log(text: str) -> Broken:
    """Every change is two years older; the newest row is the first."""
    start = text.index("## 6. ")
    broken = text[:start] + re.sub(r"^\| 2026", "| 2024", text[start:], flags=re.M)
    return broken, _line(broken, broken.index("| 2024"))


def _dead_dashboard(text: str) -> Broken:
    return text, _line(text, text.index("**Dashboard:**"))


def _unreviewed_change(text: str) -> Broken:
    """A change of today, after the review."""
    broken = re.sub(
        r"^(\| \d{4}-.*)$", rf"| {TODAY} 08:00Z | config | limit | 1 | 2 | Sam |\n\1", text, count=1, flags=re.M
    )
    return broken, _line(broken, broken.index("\nreviewed:") + 1)


_SECRET = "AKIA" + "Q7Z2" * 4
_FIRST = r"^### "
_ESSAY = "Because the stages were written by different people at different times, " * 7
_ROW = r"^\| (\d) \| (.*?) \| (.*?) \| (.*?) \|$"

MUTANTS: tuple[Mutant, ...] = (
    Mutant("E01", "section missing", change(r"^## 5\. [\s\S]*(?=^## 6)", "", line=r"^## 6\. ")),
    Mutant("E01", "section empty", _bare_section(6)),
    Mutant("E01", "sections swapped", _swapped),
    Mutant("E02", "nobody uses it", change(r"^\*\*Used by:\*\*.*\n", "", line=r"^## 1\. ")),
    Mutant("E02", "depends on blank", change(r"^\*\*Depends on:\*\*.*", "**Depends on:**")),
    Mutant("E03", "dashboard is a hint", change(r"^\*\*Dashboard:\*\*.*", "**Dashboard:** see Grafana")),
    Mutant(
        "E04",
        "sixth metric",
        change(r"^(\| .*>.*\|)\n\n## 3", r"\1\n| Extra | < 1 % | 1-2 % | > 2 % | |\n\n## 3", line=r"^\| Extra"),
    ),
    Mutant("E05", "red is a feeling", change(r"\| [<>][^|]* \| (`.*` \|)$", r"| too slow | \1")),
    Mutant("E05", "gap", change(r"^\| ([^|]*) \| < [^|]* \|", r"| \1 | < 0.001 % |", after=r"^## 2\.")),
    Mutant("E06", "same id twice", change(r"^### (\S+)-02 ", r"### \1-01 ")),
    Mutant("E07", "no threshold", change(r"^- .*(?:\n- .*)*", "- users complain", after=r"^\*\*Symptoms:\*\*")),
    Mutant("E08", "no steps", change(r"^\*\*Steps:\*\*\n(?:.+\n)+", "**Steps:** restart it and see\n")),
    Mutant("E09", "no verification", change(r"^\*\*Verify:\*\*.*\n\n", "", line=_FIRST, after=_FIRST)),
    Mutant("E09", "verification is a shrug", change(r"^\*\*Verify:\*\*.*", "**Verify:** it works again", after=_FIRST)),
    Mutant("E10", "stranger", change(r"^\*\*Escalate to:\*\*.*", "**Escalate to:** the platform wizard after 30 min")),
    Mutant(
        "E10", "stranger in a step", change(r"\*\*Escalate:\*\* to .*", "**Escalate:** to the wizard if it goes on.")
    ),
    Mutant("E11", "handle", change(_ROW, r"| \1 | \2 | @dana | \4 |", after="^## 4")),
    Mutant("E11", "trunk zero", change(r"\+44 20", "+44 (0)20")),
    Mutant("E12", "no number", change(_ROW, r"| \1 | \2 | | \4 |", after="^## 4")),
    Mutant("E13", "order jumps", change(r"^\| 2 \|", "| 7 |", after="^## 4")),
    Mutant("E13", "for nothing", change(_ROW, r"| \1 | \2 | \3 | |", after="^## 4")),
    Mutant("E14", "nothing beyond", change(r"beyond on-call[^|]*", "the broker ", line="^## 4")),
    Mutant("E15", "mood", change(r"^- .*", "- it gets bad", after=r"^## 5[\s\S]*?\*\*Roll back when:\*\*")),
    Mutant(
        "E15",
        "no window",
        change(r"^- .*", "- `parse_fail_ratio > 0.03`", after=r"^## 5[\s\S]*?\*\*Roll back when:\*\*"),
    ),
    Mutant("E15", "mood in an entry", change(r"^\*\*Roll back when:\*\*.*", "**Roll back when:** it looks bad")),
    Mutant("E16", "two commands", change(r"^(agentctl rollback .*)$", r"git pull && \1", after="^## 5")),
    Mutant("E16", "three lines", change(r"^(agentctl rollback .*)$", r"git pull\nmake\n\1", after="^## 5")),
    Mutant("E17", "sign-off", change(r"^\*\*Authorised:\*\*.*", "**Authorised:** needs product sign-off")),
    Mutant("E17", "stranger", change(r"^\*\*Authorised:\*\*.*", "**Authorised:** the release wizard, alone")),
    Mutant("E18", "queue forgotten", change(r"^\| Queued.*\n", "", line=r"^\| Partial")),
    Mutant("E18", "fate unknown", change(r"^\| (Queued[^|]*) \|.*", r"| \1 | who can say |")),
    Mutant("E19", "no date", change(r"^\| \d{4}-[^|]*", "| last week ", after=r"^## 6[\s\S]*?\n\| 2")),
    Mutant("E19", "day without hours", change(r"^\| (\d{4}-..-..)[^|]*", r"| \1 ", after="^## 6")),
    Mutant("E19", "unknown kind", change(r"^(\| \d{4}-[^|]*)\|[^|]*\|", r"\1| magic |", after="^## 6")),
    Mutant(
        "E19", "version before is blank", change(r"^((?:\|[^|]*){3})\|[^|]*\|", r"\1| |", after=r"^## 6[\s\S]*?\|-.*")
    ),
    Mutant("E20", "placeholder", change(r"^\*\*Impact:\*\* .*", "**Impact:** TODO(ap): what the customer sees")),
    Mutant("E20", "placeholder in a command", change(r"`agentctl (.*?)`", r"`agentctl <insert host>`")),
    Mutant("E20", "secret", change(r"^\*\*Impact:\*\* (.*)", rf"**Impact:** \1 Key {_SECRET}.")),
    Mutant("E21", "unknown rule", change(r"^(reviewed: .*)$", r'\1\nlint: {W99: "we agreed"}', line="^lint:")),
    Mutant("E21", "no reason", change(r"^(reviewed: .*)$", r'\1\nlint: {W13: ""}', line="^lint:")),
    Mutant("W01", "five entries", _short),
    Mutant("W02", "act without result", change(r"^(\d\. \*\*Act:\*\* .*?)(?: \*If not|\*Expect:).*", r"\1")),
    Mutant("W03", "vague check", change(r"^(\d)\. \*\*Check:\*\* .*", r"\1. **Check:** Investigate the issue.")),
    Mutant("W04", "eight steps", change(r"^6\. (.*)\n", r"6. \1\n7. \1\n8. \1\n", line=r"^8\. ")),
    Mutant("W05", "wait a bit", change(r"^(\d)\. \*\*Wait .*", r"\1. **Wait:** Wait a bit.")),
    Mutant("W05", "nothing to watch", change(r"^(\d)\. \*\*Wait .*", r"\1. **Wait 5 min:** Have a coffee.")),
    Mutant("W06", "one word", change(r"^- words: ([^,\n]*).*", r"- words: \1", line=r"^\*\*Signals")),
    Mutant("W07", "one alert for two", _shared_alert),
    Mutant("W07", "one set of symptoms for two", _same_symptoms),
    Mutant("W08", "no such severity", change(r"\*\*Severity:\*\* SEV\d", "**Severity:** high")),
    Mutant("W08", "human error", change(r"^\*\*Likely cause:\*\* .*", "**Likely cause:** human error")),
    Mutant("W09", "old drill", change(r"\*\*Last drilled:\*\* \S+", "**Last drilled:** 2024-02-10")),
    Mutant("W09", "no owner", change(r" · \*\*Owner:\*\* \S+", "", line=_FIRST)),
    Mutant("W10", "stale log", _old_log),
    Mutant("W11", "essay", change(r"^\*\*Impact:\*\* (.*)", rf"**Impact:** \1 {_ESSAY}")),
    Mutant("W11", "heading", change(r"^\*\*Impact:", "#### How it works\n\n**Impact:", line="^#### ")),
    Mutant("W12", "new joiners", change(r"^(\*\*Impact:\*\* .*)", r"\1 New joiners ask Dana.")),
    Mutant("W13", "second paragraph", change(r"^(\*\*Depends)", r"It was built in spring.\n\n\1")),
    Mutant("W14", "purge first", change(r"^1\. .*", "1. **Act:** Purge it. `agentctl purge` *Expect:* depth 0.")),
    Mutant(
        "W14",
        "rollback unverified",
        change(r"^\*\*Verify:\*\*.*\n", "", after="^## 5", line="^```sh"),
    ),
    Mutant("W16", "old review", change(r"^reviewed: .*", "reviewed: 2024-01-01")),
    Mutant("W16", "change since", _unreviewed_change),
)
