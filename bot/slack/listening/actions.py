"""Clicks: one handler for each verb. A click becomes a command, a modal, or something shown to the clicker alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain import commands as c
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal
from bot.domain.step_words import stage_name
from bot.domain.vocabulary import Answer, Surface
from bot.engine.orders import Order
from bot.slack.drawing import cards
from bot.slack.drawing.mrkdwn import escape
from bot.slack.ids import Click, Verb, decode
from bot.slack.listening import rights, runbooks
from bot.slack.listening.commands import declare_window, pick
from bot.slack.listening.front import Asked, Front, Reply, refused, say
from bot.slack.listening.homepage import publish, refresh
from bot.slack.listening.opening import separate
from bot.slack.listening.windows import WINDOWS

Json = dict[str, Any]
Simple = Callable[[Front, Asked, Incident, Click], "c.Command | None"]


async def click(front: Front, asked: Asked, body: Json) -> Reply:
    """Answer a click. What this version never drew is said to be so, never ignored."""
    action = body["actions"][0]
    chosen = action.get("selected_option") or {}
    try:
        asked_for = decode(str(action["action_id"]), str(chosen.get("value") or action.get("value") or ""))
    except ValueError:
        return Reply(say("This button is from another version of section3. Use `/incident help`."))
    if asked_for.verb in ELSEWHERE:
        return await ELSEWHERE[asked_for.verb](front, asked, asked_for)
    # What people will read is drawn from the newest state; what is only recorded is decided on it, at the desk.
    read = front.desk.remembered if asked_for.verb in COMMANDS else front.desk.incident
    incident = await read(asked_for.incident_id)
    if incident is None:
        return Reply(say("That incident is not known any more. Nothing was recorded."))
    if asked_for.verb in DECISIONS:
        return await DECISIONS[asked_for.verb](front, asked, incident, asked_for)
    if asked_for.verb in WINDOWS:
        return await WINDOWS[asked_for.verb](front, asked, incident, asked_for)
    reply = await command(front, asked, incident, asked_for)
    if reply.recorded and (body.get("view") or {}).get("type") == "home":
        await publish(front, asked.by.id)
    return reply


async def decide_rollback(front: Front, asked: Asked, incident: Incident, asked_for: Click) -> Reply:
    """Decide to roll back. Somebody outside the group is warned first, and may decide all the same."""
    wanted = await rights.marked(front, asked, c.DecideRollback(), incident)
    warned = await rights.warning(front, asked, wanted, incident)
    if warned is not None and asked_for.verb is Verb.DECIDE:
        return Reply(warned)
    outcome = await front.desk.handle(incident.id, Order(wanted, asked.by, "slack", asked.dedup))
    return Reply(refused(outcome)) if isinstance(outcome, Refusal) else Reply(recorded=True)


async def ask_authorised(front: Front, asked: Asked, incident: Incident, asked_for: Click) -> Reply:
    """Ask somebody of the group in the thread, by name."""
    head = incident.shown.get(Surface.HEAD)
    if head is None or not asked_for.argument:
        return Reply(say("The incident has no thread yet. Try again in a moment."))
    text = f"<@{asked_for.argument}>: {escape(asked.by.name)} asks you to decide the rollback of {incident.name}."
    await front.api.call("chat.postMessage", channel=head.channel, thread_ts=head.ts, text=text)
    return Reply(say("Asked in the thread."))


async def command(front: Front, asked: Asked, incident: Incident, asked_for: Click) -> Reply:
    """A click that is a command."""
    wanted = COMMANDS[asked_for.verb](front, asked, incident, asked_for)
    if wanted is None:
        newest = await front.desk.incident(incident.id)
        wanted = COMMANDS[asked_for.verb](front, asked, newest, asked_for) if newest else None
    if wanted is None:
        return Reply(say("The runbook has changed and no longer says that. Nothing was recorded."))
    outcome = await front.desk.handle(incident.id, Order(wanted, asked.by, "slack", asked.dedup))
    return Reply(refused(outcome)) if isinstance(outcome, Refusal) else Reply(recorded=True)


def _choose(front: Front, asked: Asked, incident: Incident, asked_for: Click) -> c.Command | None:
    ref = asked_for.step
    if ref is None or not 0 <= ref.run < len(incident.runs):
        return None
    run = incident.runs[ref.run]
    choices = run.step(ref.number).choices if run.state(ref.number) else ()
    index = int(asked_for.argument) if asked_for.argument.isdigit() else -1
    return c.ChooseBranch(step=ref, choice=choices[index].label) if 0 <= index < len(choices) else None


def _on_it(front: Front, asked: Asked, incident: Incident, asked_for: Click) -> c.Command | None:
    """Whoever works on it has it, unless somebody leads already: then it is a line of the timeline."""
    if incident.lead is None:
        return c.TakeLead()
    ref, run = asked_for.step, incident.run
    state = run.state(ref.number) if ref and run and run.run == ref.run else None
    step = f"step {stage_name(state) if state else ref.number}" if ref else "it"
    return c.Note(text=f"{asked.by.name} is on {step}")


def _attach(front: Front, asked: Asked, incident: Incident, asked_for: Click) -> c.Command | None:
    service, _, failure_id = asked_for.argument.partition("/")
    known = next((one for one in incident.candidates if one.failure_id == failure_id), None)
    return front.intake.attach(service, failure_id, known.why if known else ())


def _contact(incident: Incident, who: str) -> c.Command:
    contact = next((one for one in incident.dossier.contacts if one.who == who), None)
    return c.CallContact(who=contact.who, phone=contact.phone) if contact else c.CallContact()


def _since(asked_for: Click) -> c.Command:
    return c.Mitigate(since=int(asked_for.argument) if asked_for.argument.isdigit() else None)


COMMANDS: dict[Verb, Simple] = {
    Verb.TAKE_LEAD: lambda front, asked, incident, asked_for: c.TakeLead(),
    Verb.TAKE_HANDOVER: lambda front, asked, incident, asked_for: c.TakeHandover(),
    Verb.CALL_NEXT: lambda front, asked, incident, asked_for: c.CallContact(),
    Verb.CALLED: lambda front, asked, incident, asked_for: _contact(incident, asked_for.argument),
    Verb.REACHED: lambda front, asked, incident, asked_for: c.ReachContact(who=asked_for.argument),
    Verb.NO_ANSWER: lambda front, asked, incident, asked_for: c.MissContact(who=asked_for.argument),
    Verb.OVER: lambda front, asked, incident, asked_for: c.Mitigate(),
    Verb.OVER_SINCE: lambda front, asked, incident, asked_for: _since(asked_for),
    Verb.STILL_GOING: lambda front, asked, incident, asked_for: c.Note(text=cards.STILL_GOING),
    Verb.REOPEN: lambda front, asked, incident, asked_for: c.Reopen(),
    Verb.ANSWER: lambda front, asked, incident, asked_for: c.AnswerStep(
        step=asked_for.step, answer=Answer(asked_for.argument)
    ),
    Verb.CHOOSE: _choose,
    Verb.ON_IT: _on_it,
    Verb.ATTACH: _attach,
    Verb.NONE_OF_THESE: lambda front, asked, incident, asked_for: c.RejectPlaybooks(),
    Verb.WRONG_PLAYBOOK: lambda front, asked, incident, asked_for: c.LeavePlaybook(),
    Verb.RESUME: lambda front, asked, incident, asked_for: c.ResumePlaybook(run=int(asked_for.argument)),
    Verb.WAIT_YES: lambda front, asked, incident, asked_for: c.AnswerWait(step=asked_for.step, as_expected=True),
    Verb.WAIT_NO: lambda front, asked, incident, asked_for: c.AnswerWait(step=asked_for.step, as_expected=False),
    Verb.EXTEND: lambda front, asked, incident, asked_for: c.ExtendWait(minutes=float(asked_for.argument or 5)),
    Verb.SHOW_STEP: lambda front, asked, incident, asked_for: c.CallUpStep(),
    Verb.REDRAW: lambda front, asked, incident, asked_for: c.CallUpStep(),
    Verb.ROLLBACK_DONE: lambda front, asked, incident, asked_for: c.FinishRollback(),
    Verb.ROLLBACK_FAILED: lambda front, asked, incident, asked_for: c.FailRollback(),
    Verb.ROLLBACK_GOOD: lambda front, asked, incident, asked_for: c.VerifyRollback(good=True),
    Verb.ROLLBACK_BAD: lambda front, asked, incident, asked_for: c.VerifyRollback(good=False),
    Verb.PROPOSAL_OPEN: lambda front, asked, incident, asked_for: c.AcceptProposal(),
    Verb.CLOSE_ACTION: lambda front, asked, incident, asked_for: c.CloseAction(message=asked_for.argument),
}
"""The verbs that are one command."""


DECISIONS = {
    Verb.DECIDE: decide_rollback,
    Verb.DECIDE_ANYWAY: decide_rollback,
    Verb.ASK_AUTHORISED: ask_authorised,
}
"""The verbs that need to know who is authorised."""


async def _nothing(front: Front, asked: Asked, asked_for: Click) -> Reply:
    return Reply()


ELSEWHERE: dict[Verb, Callable[[Front, Asked, Click], Awaitable[Reply]]] = {
    Verb.OPEN_LINK: _nothing,
    Verb.REFRESH_HOME: refresh,
    Verb.SEPARATE: separate,
    Verb.SHARE: runbooks.share,
    Verb.POST_IN_THREAD: runbooks.post_in_thread,
    Verb.SHOW_ENTRY: runbooks.show_entry,
    Verb.SHOW_SECTION: runbooks.show_section,
    Verb.NOT_DOCUMENTED: runbooks.not_documented,
    Verb.DECLARE: declare_window,
    Verb.PICK: pick,
}
"""The verbs that need no known incident, or more than one."""
