"""How long what people type may be: one number, for every way in."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.refusals import Refusal, Refused

LONGEST_TEXT = 3_000
"""Characters of one text: what a section of a Slack message shows whole, and a field of a form takes (docs.slack.dev,
Block Kit, "Section block" and "Plain-text input element"). A longer one could be shown in Slack only with a cut."""

TYPED: dict[type, tuple[str, ...]] = {
    c.Declare: ("symptom",),
    c.AddReport: ("text",),
    c.LeavePlaybook: ("why",),
    c.Rematch: ("words",),
    c.Note: ("text",),
    c.PostUpdate: ("text",),
    c.ChangeSeverity: ("why",),
    c.AnswerStep: ("note",),
    c.AnswerWait: ("note",),
    c.SkipStep: ("note",),
    c.ChangeAnswer: ("note",),
    c.ChooseBranch: ("choice",),
    c.Improvise: ("what", "command"),
    c.MeetRollbackCondition: ("condition", "why"),
    c.FailRollback: ("what",),
    c.Close: ("what",),
    c.Reopen: ("why",),
    c.FillField: ("text",),
    c.DeclineProposal: ("why",),
}
"""The texts of each command that a person typed for it. A marked message is none of them: Slack took it already, whole,
and it may have 40,000 characters."""


def too_long(command: c.Command) -> Refusal | None:
    """The refusal of a text that is too long; it is never cut."""
    for field in TYPED.get(type(command), ()):
        if (length := len(getattr(command, field))) > LONGEST_TEXT:
            return Refusal(reason=Refused.TEXT_TOO_LONG, fields={"length": f"{length:,}", "limit": f"{LONGEST_TEXT:,}"})
    return None
