"""Rules about how steps are written: W02 to W05, W14."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.runbook import FailureMode, Section, Step, StepKind
from bot.runbooks.lint.page import Page, Place
from bot.runbooks.lint.quantity import DURATION, has_quantity, quoted
from bot.runbooks.lint.rule import Example, Finding, rule

_MOST_STEPS = 7
_IDLE = re.compile(r"(?:^|[.;:]\s+|\bthen )(?:wait|do nothing|keep an eye|monitor)\b[^.;]*", re.IGNORECASE)
"""A pause as people write it, up to the end of the sentence."""


def _steps(page: Page, *kinds: StepKind) -> Iterator[tuple[FailureMode, Step]]:
    for mode in page.runbook.failures:
        for step in mode.steps:
            if not kinds or step.kind in kinds:
                yield mode, step


@rule(
    "W02",
    Section.FAILURES,
    meaning="Every Act step says what to expect.",
    why="Without it nobody knows whether to go on; 8 % of 272 public OpenShift alert pages show an expected result.",
    fix="End the step with '*Expect:* ...'.",
    example=Example(
        3,
        "Steps",
        bad="**Steps:**\n1. **Act:** Restart the workers. `agentctl restart workers`\n",
        good="**Steps:**\n1. **Act:** Restart them. `agentctl restart workers` *Expect:* depth falls within 2 min.\n",
    ),
)
def expectation(page: Page) -> Iterator[Finding]:
    for mode, step in _steps(page, StepKind.ACT):
        if not step.expect:
            message = f"{mode.id} step {step.number} acts and does not say what to expect: add '*Expect:* ...'."
            yield Finding(page.at(step.span), message)


_VAGUE_VERB = re.compile(
    r"^(?:please\s+)?"
    r"(?:investigate|look into|look at|check (?:the )?(?:logs?|system)|debug|monitor|fix|analy[sz]e|resolve)\b",
    re.IGNORECASE,
)
_KINDS = "'**Check:**', '**Act:**', '**Wait 5 min:**', '**Branch:**', '**Roll back:**' or '**Escalate:**'"
_SOMEBODY = re.compile(r"^(?:call|phone|ring|ask|tell|page|inform|e-?mail|write to)\b", re.IGNORECASE)
_OBJECT = re.compile(r"`[^`]+`|https?://\S|\*\*[^*]+\*\*|[\"“][^\"”]+[\"”]")
"""Something one can type, open or press: code, a link, a button's name in bold or in quotes."""


@rule(
    "W03",
    Section.FAILURES,
    meaning="Every step says its kind; Check and Act steps name what to type, open or press.",
    why="A tired reader can type a command, and cannot type 'look into it'.",
    fix="Put the command in backticks, or the link, or the button's name in bold.",
    example=Example(
        3,
        "Steps",
        bad="**Steps:**\n1. **Check:** Investigate the issue.\n",
        good="**Steps:**\n1. **Check:** Which runs cost most? `agentctl runs top --by cost`\n",
    ),
)
def executable(page: Page) -> Iterator[Finding]:
    for mode, step in _steps(page, StepKind.CHECK, StepKind.ACT):
        if not _concrete(step):
            message = f"{mode.id} step {step.number} {quoted(step.text)} cannot be executed: add a command or a link."
            yield Finding(page.at(step.span, step.text), message)
        elif not step.labelled:
            message = f"{mode.id} step {step.number} says no kind and is taken for a check: begin it with {_KINDS}."
            yield Finding(page.at(step.span), message)


def _concrete(step: Step) -> bool:
    """Whether the step can be done as it is written."""
    if step.commands or _OBJECT.search(step.text) or _SOMEBODY.search(step.text) or _IDLE.match(step.text):
        return True
    return has_quantity(step.text) and not _VAGUE_VERB.search(step.text)


@rule(
    "W04",
    Section.FAILURES,
    meaning="At most seven steps in an entry.",
    why="The more steps, the less likely that the last one is reached.",
    fix="Put what belongs together into a script, or split the entry by cause.",
    example=Example(
        3,
        "Steps",
        bad="**Steps:**\n" + "".join(f"{n}. **Check:** Is shard {n} up? `agentctl shard {n}`\n" for n in range(1, 9)),
        good="**Steps:**\n1. **Check:** Are all shards up? `agentctl shards`\n",
    ),
)
def few_steps(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        if len(mode.steps) > _MOST_STEPS:
            message = f"{mode.id} has {len(mode.steps)} steps: keep at most {_MOST_STEPS}."
            yield Finding(page.at(mode.steps[_MOST_STEPS].span), message)


_WATCH = re.compile(r"`|\bwatch\b|\blook at\b|\bobserve\b|\buntil\b", re.IGNORECASE)


@rule(
    "W05",
    Section.FAILURES,
    meaning="Every wait says how many minutes and what to watch.",
    why="A pause with an end is an instruction, one without is a hope; a timer is set by it (seed, question 4).",
    fix="Write '**Wait 5 min:** Do nothing. Watch `metric`.'",
    example=Example(
        3,
        "Steps",
        bad="**Steps:**\n1. **Wait:** Wait a bit.\n",
        good="**Steps:**\n1. **Wait 5 min:** Do nothing. Watch `queue_depth`. *Expect:* it falls.\n",
    ),
)
def waits(page: Page) -> Iterator[Finding]:
    for mode, step in _steps(page):
        if step.kind is StepKind.WAIT:
            lacks = [] if step.wait_minutes else ["how many minutes"]
            if not (_WATCH.search(step.text) or has_quantity(step.expect)):
                lacks.append("what to watch")
            if lacks:
                message = f"{mode.id} step {step.number} waits and does not say {' nor '.join(lacks)}: add it."
                yield Finding(page.at(step.span), message)
        elif (idle := _IDLE.search(step.text)) and not DURATION.search(idle.group()):
            words = idle.group().strip(".;: ")
            message = f"{mode.id} step {step.number}: {quoted(words)} needs minutes and something to watch."
            yield Finding(page.at(step.span, words), message)


_DESTRUCTIVE = re.compile(
    r"\b(?:delete|purge|void|drop|flush|truncate|revoke|wipe|destroy|erase|flush(?:all|db))\b"
    r"|\brestart all\b|\brm -r?f",
    re.IGNORECASE,
)


@rule(
    "W14",
    meaning="A destructive step has a check before it and a result to look at after it; so has the rollback.",
    why="What is deleted in the night stays deleted; look at the scope first.",
    fix="Put a Check step before it and '*Expect:* ...' at its end; give section 5 a '**Verify:**'.",
    example=Example(
        3,
        "Steps",
        bad="**Steps:**\n1. **Act:** Purge the queue. `agentctl queue purge` *Expect:* depth 0.\n",
        good="**Steps:**\n1. **Check:** What is in it? `agentctl queue head`\n"
        "2. **Act:** Purge the queue. `agentctl queue purge` *Expect:* depth 0.\n",
    ),
)
def destruction(page: Page) -> Iterator[Finding]:
    for mode, step in _steps(page):
        verb = _destroys(step) if step.kind is StepKind.ACT or not step.labelled else ""
        if verb and (lacks := _unguarded(mode, step)):
            message = f"{mode.id} step {step.number} ({verb}) has {' and '.join(lacks)}: look first, look again."
            yield Finding(page.at(step.span), message)
    rollback = page.runbook.rollback
    if rollback.commands and not rollback.verify:
        place = Place(rollback.commands[0].span.start or page.top(Section.ROLLBACK).line)
        yield Finding(place, "The rollback has no '**Verify:**': say what shows that it worked.")


def _unguarded(mode: FailureMode, step: Step) -> list[str]:
    """What is missing around a destructive step."""
    before, after = mode.steps[: step.number - 1], mode.steps[step.number : step.number + 1]
    looked = any(one.labelled and one.kind in (StepKind.CHECK, StepKind.BRANCH) for one in before)
    seen = step.expect or any(one.labelled and one.kind is StepKind.CHECK for one in after)
    return ["no check before it"] * (not looked) + ["no result after it"] * (not seen)


def _destroys(step: Step) -> str:
    for text in (step.text, *(command.text for command in step.commands)):
        if found := _DESTRUCTIVE.search(text):
            return found.group().casefold()
    return ""
