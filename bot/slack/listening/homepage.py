"""The Home tab of one person, gathered and published."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.engine.ports import StoreUnavailable
from bot.engine.worker import GiveUp, RetryLater
from bot.runbooks.lint import Options as LintOptions
from bot.runbooks.lint import lint
from bot.slack.drawing.home import Coverage, HomeState, Readiness, home
from bot.slack.ids import Click
from bot.slack.listening.front import Asked, Front, Reply


async def publish(front: Front, user: str) -> None:
    """Draw the Home tab of a person. What Slack does not take is let go: the next visit draws it anew."""
    view = home(await state_of(front, user), front.clock.now())
    try:
        await front.api.call("views.publish", user_id=user, view=view)
    except (RetryLater, GiveUp) as error:
        front.log.warning("home_lost", reason=str(error))


async def refresh(front: Front, asked: Asked, click: Click) -> Reply:
    """The Refresh button."""
    await publish(front, asked.by.id)
    return Reply()


async def state_of(front: Front, user: str) -> HomeState:
    """Everything the tab shows; with the store away, what is known without it."""
    mine = services_of(front, user)
    ready = tuple(one for one in readiness_of(front) if one.service in mine or not mine)
    try:
        incidents = await front.open_incidents()
        recent = await front.recent_incidents()
        counted = await front.coverage.now()
    except StoreUnavailable as error:
        trouble = ("The runbooks, phones and rollback commands still answer: /runbook.", str(error))
        return HomeState(user_id=user, readiness=ready, mine=bool(mine), trouble=trouble)
    covered = tuple(
        Coverage(service=one.name, incidents=one.incidents, documented=one.documented) for one in counted.by_service
    )
    return HomeState(
        user_id=user,
        incidents=incidents,
        coverage=covered,
        readiness=ready,
        mine=bool(mine),
        lessons_lost=len(counted.lost),
        actions=[(one, item) for one in recent for item in one.actions if not item.closed],
    )


def services_of(front: Front, user: str) -> frozenset[str]:
    """The services that somebody owns or is called for, as far as the settings say which contact is which user."""
    names = {name for name, known in front.around.contacts.items() if known == user}
    return frozenset(
        one.service
        for one in front.guide.shelf.runbooks
        if one.owner in names or any(contact.who in names for contact in one.contacts)
    )


def readiness_of(front: Front) -> list[Readiness]:
    """How many of the six questions each runbook answers, as its file is now."""
    today = datetime.fromtimestamp(front.clock.now() / 1000, UTC).date()
    found = []
    for runbook in list(front.guide.shelf.runbooks)[:50]:
        path = Path(runbook.path)
        if not path.is_file():
            continue
        report = lint(path.read_bytes(), str(path), LintOptions(today=today))
        missing = tuple(answer.question.text for answer in report.answers if not answer.yes)
        answered = len(report.answers) - len(missing)
        found.append(Readiness(service=runbook.service, answered=answered, missing=missing))
    return found
