"""Rules about section 4: E11 to E14."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.runbook import Contact, Section
from bot.runbooks.lint.page import Page
from bot.runbooks.lint.quantity import quoted
from bot.runbooks.lint.roles import NOBODY, addressees, known
from bot.runbooks.lint.rule import Example, Finding, rule

_PHONE = re.compile(r"\+[1-9][\d\s().\-/]{5,}\d")
_DIGITS = range(7, 16)
"""E.164 allows 15 digits with the country code; shorter than 7 is an extension."""


_SECOND = "| 2 | Engineering on-call: Priya Nair | +44 20 7946 0102 | beyond on-call's scope |"


_HANDLE = re.compile(r"(?<!\S)[@#][\w.-]+|\S+@\S+\.\w+|https?://\S+|<[@#]\S+>")


def _table(
    who: str,
    phone: str,
    second: str = _SECOND,
) -> str:
    head = "| Order | Who | Phone | For |\n|---|---|---|---|\n"
    return f"{head}| 1 | {who} | {phone} | anything in section 3 |\n{second}\n"


def _is_phone(text: str) -> bool:
    found = _PHONE.search(text)
    return found is not None and "(0)" not in text and sum(one.isdigit() for one in found.group()) in _DIGITS


@rule(
    "E11",
    Section.ESCALATION,
    meaning="Every contact's phone is a telephone number in international form.",
    why="A handle reaches nobody on the night that the chat is down; a telephone rings (seed, 4. Escalation).",
    fix="Write '+', country code and number, without '(0)': '+44 20 7946 0101'.",
    example=Example(
        4,
        "table",
        bad=_table("Dana Okoye (on-call, primary)", "@dana"),
        good=_table("Dana Okoye (on-call, primary)", "+44 20 7946 0101"),
    ),
)
def phones(page: Page) -> Iterator[Finding]:
    for contact in page.runbook.contacts:
        written = contact.phone if not NOBODY.match(contact.phone) else _handle(contact)
        if written and not _is_phone(written):
            message = f"{quoted(written)} cannot be dialled from everywhere: write '+44 20 7946 0101'."
            yield Finding(page.at(contact.span, written), message)


def _handle(contact: Contact) -> str:
    """A handle, channel, mail address or link beside the name instead of a number; "" when there is none."""
    found = _HANDLE.search(contact.who)
    return found.group() if found else ""


@rule(
    "E12",
    Section.ESCALATION,
    meaning="Every contact has a name or a rota and a number, in one row.",
    why="A number without a name is not dialled, a name without a number cannot be (seed, question 3).",
    fix="Fill the empty cell, or delete the row.",
    example=Example(
        4,
        "table",
        bad=_table("Marta Kos (on-call, primary)", ""),
        good=_table("Marta Kos (on-call, primary)", "+386 1 555 0142"),
    ),
)
def names_and_numbers(page: Page) -> Iterator[Finding]:
    for contact in page.runbook.contacts:
        nameless, numberless = bool(NOBODY.match(contact.who)), bool(NOBODY.match(contact.phone))
        if nameless:
            shown = quoted(contact.phone) if not numberless else f"{contact.order or '?'} of section 4"
            yield Finding(
                page.at(contact.span, contact.phone), f"Number {shown} belongs to nobody: write whom it reaches."
            )
        elif numberless and not _handle(contact):
            message = f"{quoted(contact.who)} has no telephone number: add it in the same row."
            yield Finding(page.at(contact.span, contact.who), message)


@rule(
    "E13",
    Section.ESCALATION,
    meaning="At least two contacts, in order (1, 2, ...), each with the kind of issue it is for.",
    why="The second call is made when the first rings out, so the order must be written (seed, 4. Escalation).",
    fix="Number the rows from 1 and fill the 'For' column.",
    example=Example(
        4,
        "table",
        bad=_table("Dana Okoye (on-call, primary)", "+44 20 7946 0101", second=_SECOND.replace("| 2 |", "| |")),
        good=_table("Dana Okoye (on-call, primary)", "+44 20 7946 0101"),
    ),
)
def order_and_purpose(page: Page) -> Iterator[Finding]:
    contacts = page.runbook.contacts
    if len(contacts) < 2:
        number = "only one contact" if contacts else "no contact in a table of Order, Who, Phone, For"
        place = page.at(contacts[0].span) if contacts else page.top(Section.ESCALATION)
        yield Finding(place, f"Section 4 has {number}: add who is called when that one does not answer.")
    for index, contact in enumerate(contacts, 1):
        shown = quoted(contact.who)
        if contact.order.strip(" .)") != str(index):
            message = f"{shown} has order {quoted(contact.order)}, expected {index}: number the rows in calling order."
            yield Finding(page.at(contact.span, contact.order), message)
        if NOBODY.match(contact.for_what):
            message = f"{shown} is not said to be for anything: fill the 'For' column."
            yield Finding(page.at(contact.span, contact.who), message)


_BEYOND = re.compile(
    r"\bbeyond\b|\bout of (?:\w+ )?scope\b|\boutside (?:\w+ )?(?:\S+ )?scope\b|\b(?:cannot|can't|can not) (?:be )?fix"
    r"|\bescalate to engineering\b|\bnothing (?:in section 3 )?(?:fits|helps)\b",
    re.IGNORECASE,
)


@rule(
    "E14",
    Section.ESCALATION,
    meaning="There is a path for what is beyond on-call.",
    why="On-call must know the moment when it may stop trying, and who takes over (seed, 4. Escalation).",
    fix="Give one contact 'beyond on-call's scope' in the 'For' column.",
    example=Example(
        4,
        "table",
        bad=_table(
            "Dana Okoye (on-call, primary)",
            "+44 20 7946 0101",
            second="| 2 | Engineering on-call: Priya Nair | +44 20 7946 0102 | the broker |",
        ),
        good=_table("Dana Okoye (on-call, primary)", "+44 20 7946 0101"),
    ),
)
def beyond_on_call(page: Page) -> Iterator[Finding]:
    contacts = page.runbook.contacts
    if not contacts or any(_BEYOND.search(contact.for_what) for contact in contacts):
        return
    for _, line in page.section_lines(Section.ESCALATION):
        if not line.lstrip().startswith("|") and _BEYOND.search(line) and _points(line, contacts):
            return
    yield Finding(
        page.top(Section.ESCALATION),
        "No contact is for what is beyond on-call: write 'beyond on-call's scope' in the 'For' column of one row.",
    )


def _points(line: str, contacts: tuple[Contact, ...]) -> bool:
    """`Beyond on-call: engineering on-call, after 30 min` names a contact behind the colon, or after 'to'."""
    after = re.split(r":\**\s|\bto\s", line)[1:]
    return any(known(name, contacts) for part in after for name in addressees(part)[:1])
