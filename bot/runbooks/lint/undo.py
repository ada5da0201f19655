"""Rules about section 5: E15 to E18."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.runbook import Command, Section, Text
from bot.runbooks.lint.page import Page, Place
from bot.runbooks.lint.quantity import EVENT, VAGUE, WINDOW, has_quantity, quoted
from bot.runbooks.lint.roles import EVERYBODY, addressees, known, one_is_unnamed
from bot.runbooks.lint.rule import Example, Finding, rule

_NEVER = re.compile(r"^\W*never\b", re.IGNORECASE)


@rule(
    "E15",
    Section.ROLLBACK,
    meaning="Every rollback condition is a number over a window, or an event somebody confirmed.",
    why="A threshold decides in seconds, an adjective starts a discussion (seed, question 5).",
    fix="Write '`doc_error_ratio > 0.05 for 10m`' or 'at least 1 confirmed double payment'.",
    example=Example(
        5,
        "Roll back when",
        bad="**Roll back when:**\n- it gets bad\n",
        good="**Roll back when:**\n- `doc_error_ratio > 0.05 for 10m`\n- at least 1 confirmed double payment\n",
    ),
)
def conditions(page: Page) -> Iterator[Finding]:
    given = page.runbook.rollback.conditions
    if not given:
        yield Finding(
            page.top(Section.ROLLBACK),
            "Section 5 has no condition: add '**Roll back when:**' with a number and a window.",
        )
    for condition in given:
        if not EVENT.search(condition.text):
            yield from _judge(page, condition, "Rollback condition", window=True)
    for mode in page.runbook.failures:
        when = mode.roll_back_when
        if when and not _NEVER.match(when.text) and not EVENT.search(when.text):
            yield from _judge(page, when, f"{mode.id}: rollback condition", window=False)


def _judge(page: Page, condition: Text, what: str, *, window: bool) -> Iterator[Finding]:
    if not has_quantity(condition.text):
        vague = VAGUE.search(condition.text)
        reason = f" ({quoted(vague.group())} is a mood)" if vague else ""
        message = (
            f"{what} {quoted(condition.text)} needs a number{reason}: write a bound and a window, or a confirmed event."
        )
        yield Finding(page.at(condition.span, condition.text), message)
    elif window and not WINDOW.search(condition.text):
        message = f"{what} {quoted(condition.text)} has no window: say for how long, or over how many cases."
        yield Finding(page.at(condition.span, condition.text), message)


_SENTENCE = re.compile(r"(?<!\S)(?:the|an?|your|our|and|then|whoever)(?!\S)|[a-z]\.$", re.I)
"""A word that stands between words and never in a command, or a full stop."""
_JOINED = re.compile(r"&&|\|\|?|;|(?<!&)&(?!&)\s*$")
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"")


@rule(
    "E16",
    Section.ROLLBACK,
    meaning="The rollback is one command on one line.",
    why="Whatever takes several steps goes wrong at the second one, in the middle of the night (seed, 5. Rollback).",
    fix="Put the steps into one script and write the line that starts it.",
    example=Example(
        5,
        "Command",
        bad="**Command:**\n```sh\ngit revert HEAD && make image\nkubectl rollout restart deploy/ix\n```\n",
        good="**Command:**\n```sh\nagentctl rollback invoice-extract\n```\n",
    ),
)
def one_command(page: Page) -> Iterator[Finding]:
    commands = page.runbook.rollback.commands
    if not commands:
        yield Finding(page.top(Section.ROLLBACK), "Section 5 has no command: add '**Command:**' and one line of code.")
        return
    lines = [line for command in commands for line in _lines(command)]
    parts = sum(1 + len(_JOINED.findall(_QUOTED.sub("''", line))) for line in lines)
    if parts > 1:
        message = f"The rollback takes {parts} commands: put them into one script and name that."
        yield Finding(page.at(commands[0].span, lines[0]), message)
    elif not lines:
        yield Finding(page.at(commands[0].span), "The rollback's code block is empty: write the one command.")
    elif _SENTENCE.search(lines[0]):
        message = f"{quoted(lines[0])} is a sentence: write the command itself, as code."
        yield Finding(page.at(commands[0].span, lines[0]), message)
    elif "\n" in commands[0].text.strip() and "\\\n" in commands[0].text:
        yield Finding(
            page.at(commands[0].span, lines[0]), "The rollback command runs over several lines: write it on one."
        )


def _lines(command: Command) -> list[str]:
    """The lines a shell would run: comments left out, continued lines joined."""
    whole = re.sub(r"\\\n\s*", "", command.text)
    return [line.strip() for line in whole.split("\n") if line.strip() and not line.strip().startswith("#")]


_DEMAND = re.compile(
    r"\bapprov(?:al|ed|es?)\b|\bsign[ -]?off\b|\bmeeting\b|\bconsult|\bpermission\b|\bask \w+ first\b", re.IGNORECASE
)
_AWAITED = re.compile(
    r"\b(?:after|with|needs?|requires?|once|upon|pending)\b[^.;]*?"
    r"\b(?:approval|sign[ -]?off|meeting|permission|consent)\b|\bapproved by\b|\bapproves\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:no|not|never|without|nor|neither|don't|doesn't|needs? nobody)\b", re.IGNORECASE)


@rule(
    "E17",
    Section.ROLLBACK,
    meaning="Section 5 names who decides alone, a role of section 4; nothing in it asks for a meeting or an approval.",
    why="Waiting for consent is what makes a rollback late; one person must be free to decide (seed, 5. Rollback).",
    fix="Write '**Authorised:** the on-call engineer, alone, without a meeting'.",
    example=Example(
        5,
        "Authorised",
        bad="**Authorised:** needs product sign-off\n",
        good="**Authorised:** the on-call engineer, alone, without a meeting\n",
    ),
)
def authority(page: Page) -> Iterator[Finding]:
    text = page.runbook.rollback.authorised
    demand = next(_demands(page), None)
    if demand:
        place, word = demand
        message = f"{quoted(word)} is asked for before a rollback: name who decides alone, without a meeting."
        yield Finding(place, message)
    elif not text:
        yield Finding(
            page.top(Section.ROLLBACK),
            "Nobody is authorised to roll back: add '**Authorised:** the on-call engineer, alone'.",
        )
    elif page.runbook.contacts and not one_is_unnamed(page.runbook.contacts):
        names = addressees(text.text)
        if not any(known(name, page.runbook.contacts) for name in names):
            shown = quoted(names[0] if names else text.text)
            message = f"{shown} may roll back, and section 4 does not define them: add a row or fix the name."
            if names and names[0].casefold() in EVERYBODY:
                message = f"{shown} is nobody in particular: name the one role of section 4 that decides alone."
            yield Finding(page.at(text.span, text.text), message)


def _demands(page: Page) -> Iterator[tuple[Place, str]]:
    """Places that ask for a meeting or an approval and are not denied in the same clause."""
    listed = {n for one in page.runbook.rollback.conditions for n in range(one.span.start, one.span.end + 1)}
    for number, line in page.section_lines(Section.ROLLBACK):
        if line.lstrip().startswith("|"):
            continue
        # A condition may be about approvals (their queue, say); it must not wait for one.
        for found in (_AWAITED if number in listed else _DEMAND).finditer(line):
            clause = re.split(r"[.;]", line[: found.start()])[-1]
            if not _DENIAL.search(clause):
                yield Place(number, found.start() + 1), found.group()


_STATES = (
    ("in-flight workflows", re.compile(r"in[ -]?flight|running", re.IGNORECASE)),
    ("partial completions", re.compile(r"partial|half[- ]done|incomplete", re.IGNORECASE)),
    ("queued requests", re.compile(r"queue|waiting|pending", re.IGNORECASE)),
)
_FATE = re.compile(
    r"\b(?:surviv\w*|los[te]\w*|replay\w*|kept|keep\w*|resum\w*|re-?run\w*|dropped|discard\w*|re-?deliver\w*"
    r"|re-?queue\w*|none|wait\w*|stay\w*|finish\w*|drain\w*|complet\w*|continu\w*"
    r"|abort\w*|cancel\w*|deleted|gone|recover\w*|restor\w*)\b",
    re.IGNORECASE,
)


@rule(
    "E18",
    Section.ROLLBACK,
    meaning="For in-flight workflows, partial completions and queued requests it says what a rollback does to them.",
    why="Who rolls back must know beforehand what has to be run again (seed, question 6).",
    fix="Three rows: survive, lost or replayed, and from where.",
    example=Example(
        5,
        "table",
        bad="""\
| State | On rollback |
|---|---|
| In-flight workflows | survive |
| Partial completions | lost: re-run from the ledger |
""",
        good="""\
| State | On rollback |
|---|---|
| In-flight workflows | survive |
| Partial completions | lost: re-run from the ledger |
| Queued requests | survive |
""",
    ),
)
def state(page: Page) -> Iterator[Finding]:
    rows = page.runbook.rollback.state
    for name, pattern in _STATES:
        row = next((row for row in rows if pattern.search(row.state)), None)
        if row is None:
            place = page.at(rows[-1].span) if rows else page.top(Section.ROLLBACK)
            yield Finding(
                place, f"Section 5 does not say what a rollback does to {name}: add a row, survive, lost or replayed."
            )
        elif not _FATE.search(row.on_rollback):
            message = f"{name.capitalize()}: {quoted(row.on_rollback)} does not say survive, lost or replayed."
            yield Finding(page.at(row.span, row.on_rollback or row.state), message)
