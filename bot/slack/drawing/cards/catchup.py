"""Catch me up: the facts so far, for whoever joins, to them alone. No guesses."""

from __future__ import annotations

from bot.domain.incident import Incident
from bot.slack.drawing.blank import tried_line
from bot.slack.drawing.blocks import Message, context, section
from bot.slack.drawing.card import head
from bot.slack.drawing.cards.call import call_line
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import one_line
from bot.slack.drawing.show import Options, plain_name, step_line

STEPS_SHOWN = 15
TRIED_SHOWN = 8


def catch_up(incident: Incident, now: int, options: Options) -> Message:
    """The head without its buttons, then what was done, who was called, who is here."""
    blocks = [block for block in head(incident, now, options).blocks if block["type"] != "actions"]
    blocks += [section("\n".join(lines)) for lines in (_steps(incident), _tried(incident), _calls(incident)) if lines]
    here = [one_line(person.name or person.id, 60) for person in incident.participants if person.is_person]
    if here:
        more = f" and {len(here) - 20} more" if len(here) > 20 else ""
        blocks.append(context(f"*Here:* {', '.join(here[:20])}{more}"))
    return discreet(Message(f"{plain_name(incident)}: the facts so far.", blocks), options)


def _steps(incident: Incident) -> list[str]:
    lines: list[str] = []
    for run in incident.runs:
        done = [state for state in run.steps if state.by or state.follow_up]
        if not done:
            continue
        aside = "" if run.active else " (set aside)"
        lines.append(f"*{one_line(run.playbook.failure_id, 60)}* {one_line(run.playbook.title, 120)}{aside}")
        if len(done) > STEPS_SHOWN:
            lines.append(f"… {len(done) - STEPS_SHOWN} earlier steps")
        lines += [step_line(run, state) for state in done[-STEPS_SHOWN:]]
    return lines


def _tried(incident: Incident) -> list[str]:
    tried = [tried_line(one) for one in incident.improvised]
    earlier = [f"… {len(tried) - TRIED_SHOWN} earlier"] if len(tried) > TRIED_SHOWN else []
    return ["*Tried beside the playbook*", *earlier, *tried[-TRIED_SHOWN:]] if tried else []


def _calls(incident: Incident) -> list[str]:
    calls = [call_line(call) for call in incident.calls]
    return ["*Calls*", *calls[-8:]] if calls else []
