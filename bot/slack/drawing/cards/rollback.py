"""The rollback card: condition, decision, the one command, what survives, the proof. The bot never runs it."""

from __future__ import annotations

from bot.domain.incident import Incident, RollbackStage
from bot.slack.drawing.blocks import Json, Message, actions, button, confirm, context, preformatted, section
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import clock, inline, one_line, shorten
from bot.slack.drawing.show import Options, is_user, name, plain_name
from bot.slack.ids import Click, Verb

STATES_SHOWN = 10

_TITLES: dict[RollbackStage, str] = {
    RollbackStage.NONE: "No rollback is under way",
    RollbackStage.CONDITION: "Roll back? A person decides",
    RollbackStage.DECIDED: "Rollback decided: run the command",
    RollbackStage.FINISHED: "Rolled back: does it hold?",
    RollbackStage.FAILED: "The rollback command failed",
    RollbackStage.VERIFIED: "Rolled back and verified",
    RollbackStage.NOT_VERIFIED: "Rolled back, but it did not help",
}


def rollback_card(incident: Incident, now: int, options: Options) -> Message:
    """The card for the present stage."""
    rollback, plan = incident.rollback, incident.dossier.rollback
    undecided = rollback.stage is RollbackStage.CONDITION and not incident.live
    title = "No rollback was decided" if undecided else _TITLES[rollback.stage]
    by = f" · {name(rollback.by)} {clock(rollback.at, now)}" if rollback.by and rollback.at else ""
    flag = "" if rollback.authorised else "\n*Decided outside the authorised group.*"
    blocks: list[Json] = [section(f"*{incident.name} · {title}*{by}{flag}")]
    if rollback.condition or rollback.why:
        # A step's text ends with the command, which stands below.
        condition = rollback.condition.rstrip().removesuffix(f"`{plan.command}`").rstrip()
        said = [f"*Condition met:* {inline(shorten(condition, 400))}"] if condition else []
        said += [f"*No condition is met.* Why all the same: {one_line(rollback.why, 400)}"] if rollback.why else []
        blocks.append(section("\n".join(said)))
    if rollback.stage in (RollbackStage.NONE, RollbackStage.CONDITION):
        blocks.append(context(f"*Authorised:* {inline(shorten(plan.authorised, 300)) or 'the runbook does not say'}"))
    if rollback.stage in (RollbackStage.CONDITION, RollbackStage.DECIDED, RollbackStage.FAILED) and not undecided:
        blocks += _command(incident)
    if rollback.stage in (RollbackStage.FINISHED, RollbackStage.VERIFIED, RollbackStage.NOT_VERIFIED) and plan.verify:
        blocks.append(section(f"*Verify:* {inline(shorten(plan.verify, 600))}"))
    elif rollback.stage is RollbackStage.FINISHED:
        blocks.append(context("The runbook does not say how to verify a rollback: look at the health table."))
    buttons = _buttons(incident) if incident.live else []
    if buttons:
        blocks.append(actions(*buttons))
    return discreet(Message(f"{plain_name(incident)}: {title[:1].lower()}{title[1:]}", blocks), options)


def _command(incident: Incident) -> list[Json]:
    plan = incident.dossier.rollback
    blocks: list[Json] = []
    if plan.command:
        blocks += [preformatted(shorten(plan.command, 2500))]
    else:
        blocks.append(section("*The runbook gives no rollback command.* Call the next contact."))
    if plan.state:
        rows = [
            f"{one_line(row.state, 100)}: {inline(shorten(row.on_rollback, 250))}" for row in plan.state[:STATES_SHOWN]
        ]
        blocks.append(context("*What happens to the state*\n" + "\n".join(rows)))
    else:
        blocks.append(context("The runbook does not say what survives a rollback."))
    return blocks


def _buttons(incident: Incident) -> list[Json]:
    of = incident.id
    match incident.rollback.stage:
        case RollbackStage.CONDITION | RollbackStage.FAILED | RollbackStage.NOT_VERIFIED:
            again = "Decide to roll back" if incident.rollback.stage is RollbackStage.CONDITION else "Roll back again"
            return [
                button(again, Click(Verb.DECIDE, of), "danger", _decide_confirm(incident)),
                button("Call next", Click(Verb.CALL_NEXT, of)),
            ]
        case RollbackStage.DECIDED:
            return [
                button("Command finished", Click(Verb.ROLLBACK_DONE, of), "primary"),
                button("Command failed", Click(Verb.ROLLBACK_FAILED, of)),
            ]
        case RollbackStage.FINISHED:
            return [
                button("Verified", Click(Verb.ROLLBACK_GOOD, of), "primary"),
                button("It did not help", Click(Verb.ROLLBACK_BAD, of)),
            ]
        case _:
            return []


def _decide_confirm(incident: Incident) -> Json:
    command = incident.dossier.rollback.command
    text = f"You decide, and a person runs it: {shorten(command, 180)}" if command else "You decide; a person runs it."
    return confirm(f"Roll back {shorten(incident.service, 60)}?", text, "Decide to roll back", danger=True)


def rollback_warning(incident: Incident, options: Options) -> Message:
    """For somebody outside the authorised group: warned, never refused."""
    said = inline(shorten(incident.dossier.rollback.authorised, 300)) or "the runbook does not say"
    blocks: list[Json] = [
        section(
            f"*You are not in the group that may decide this rollback.* Authorised: {said}.\n"
            "You can decide all the same: it is recorded and marked."
        )
    ]
    ask = [
        button(f"Ask {shorten(_name_of(user, options), 60)}", Click(Verb.ASK_AUTHORISED, incident.id, argument=user))
        for user in options.authorised[:3]
        if is_user(user)
    ]
    anyway = button("I'm deciding anyway", Click(Verb.DECIDE_ANYWAY, incident.id), "danger", _decide_confirm(incident))
    blocks.append(actions(*ask, anyway))
    return Message(f"{plain_name(incident)}: you are not in the group that may decide this rollback.", blocks)


def _name_of(user: str, options: Options) -> str:
    named = next((contact for contact, known in options.contacts.items() if known == user), "")
    return named.partition(":")[2].strip() or named or user
