"""Why a command was not recorded. Each reason has one sentence for the person who asked."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from pydantic import Field

from bot.domain.base import Value


class Refused(StrEnum):
    """The name of a reason. The values are stable: metrics and tests use them."""

    ALREADY_DECLARED = "already_declared"
    UNKNOWN_INCIDENT = "unknown_incident"
    INCIDENT_CLOSED = "incident_closed"
    INCIDENT_OPEN = "incident_open"
    NO_PLAYBOOK = "no_playbook"
    PLAYBOOK_LEFT = "playbook_left"
    PLAYBOOK_ACTIVE = "playbook_active"
    UNKNOWN_PLAYBOOK = "unknown_playbook"
    NO_CURRENT_STEP = "no_current_step"
    UNKNOWN_STEP = "unknown_step"
    STEP_ALREADY_DONE = "step_already_done"
    STEP_NOT_DONE = "step_not_done"
    SAME_ANSWER = "same_answer"
    WRONG_ANSWER = "wrong_answer"
    UNKNOWN_CHOICE = "unknown_choice"
    NO_WAIT = "no_wait"
    WAIT_RUNNING = "wait_running"
    BAD_MINUTES = "bad_minutes"
    EMPTY_TEXT = "empty_text"
    TEXT_TOO_LONG = "text_too_long"
    BAD_NEXT_UPDATE = "bad_next_update"
    SAME_SEVERITY = "same_severity"
    ALREADY_LEAD = "already_lead"
    LED_BY_ANOTHER = "led_by_another"
    NO_HANDOVER = "no_handover"
    NOT_OFFERED_TO_YOU = "not_offered_to_you"
    NO_CONTACT = "no_contact"
    NOT_CALLED = "not_called"
    ALREADY_REMINDED = "already_reminded"
    ALREADY_MARKED = "already_marked"
    NOT_MARKED = "not_marked"
    NO_ACTION = "no_action"
    ROLLBACK_RUNNING = "rollback_running"
    ROLLBACK_NOT_DECIDED = "rollback_not_decided"
    ROLLBACK_NEEDS_REASON = "rollback_needs_reason"
    ROLLBACK_NOT_FINISHED = "rollback_not_finished"
    ROLLBACK_UNDER_WAY = "rollback_under_way"
    NO_ENTRY = "no_entry"
    ALREADY_MITIGATED = "already_mitigated"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_IT_BEGAN = "before_it_began"
    ALREADY_AFFECTED = "already_affected"
    ALREADY_PRIVATE = "already_private"
    NEEDS_DUPLICATE = "needs_duplicate"
    SAME_DRAFT = "same_draft"
    NO_FIELD = "no_field"
    NO_PROPOSAL = "no_proposal"
    NOT_REDACTED = "not_redacted"
    PROPOSAL_OUT = "proposal_out"
    ALREADY_SHOWN = "already_shown"


SENTENCES: dict[Refused, str] = {
    Refused.ALREADY_DECLARED: "{name} is already open.",
    Refused.UNKNOWN_INCIDENT: "There is no such incident. Nothing was recorded.",
    Refused.INCIDENT_CLOSED: "{name} is {phase}; nothing was changed. Reopen it to go on.",
    Refused.INCIDENT_OPEN: "{name} is still {phase}; close it first.",
    Refused.NO_PLAYBOOK: "{name} has no playbook in use, so it has no steps. What else is done: tried <what>.",
    Refused.PLAYBOOK_LEFT: "{failure_id} was set aside in {name}. Go back to it first.",
    Refused.PLAYBOOK_ACTIVE: "{failure_id} is the playbook of {name} already.",
    Refused.UNKNOWN_PLAYBOOK: "{name} never used that playbook.",
    Refused.NO_CURRENT_STEP: "No step of {name} is waiting for an answer.",
    Refused.UNKNOWN_STEP: "{failure_id} has no step {number}; it has {count}.",
    Refused.STEP_ALREADY_DONE: "Step {number} was answered by {who} at {at}: {outcome}. If that is wrong:"
    " change {number} done, failed or fixed.",
    Refused.STEP_NOT_DONE: "Step {number} has no answer yet, so there is nothing to change.",
    Refused.SAME_ANSWER: "Step {number} says that already: {outcome}. Nothing was changed.",
    Refused.WRONG_ANSWER: "Step {number} ({kind}) cannot be answered with '{answer}'.",
    Refused.UNKNOWN_CHOICE: "Step {number} has no choice '{choice}'. Its choices: {choices}.",
    Refused.NO_WAIT: "{name} is not waiting for anything.",
    Refused.WAIT_RUNNING: "The wait of step {number} runs until {at}.",
    Refused.BAD_MINUTES: "A wait can be made longer by 1 to 240 minutes.",
    Refused.EMPTY_TEXT: "There was no text, so nothing was recorded.",
    Refused.TEXT_TOO_LONG: "That is {length} characters long, and at most {limit} are kept as one text. Nothing was"
    " recorded. Say the main thing here, in several notes if need be, and where the whole of it is.",
    Refused.BAD_NEXT_UPDATE: "The next update can be promised for 1 minute to 24 hours from now. Nothing was posted.",
    Refused.SAME_SEVERITY: "{name} is {severity} already.",
    Refused.ALREADY_LEAD: "{who} leads {name} already.",
    Refused.LED_BY_ANOTHER: "{who} has led {name} since {at}. The word 'lead' takes it over all the same.",
    Refused.NO_HANDOVER: "Nobody has offered to hand {name} over.",
    Refused.NOT_OFFERED_TO_YOU: "{name} was offered to {who}. The word 'lead' takes it over all the same.",
    Refused.NO_CONTACT: "The runbook names nobody else to call for {name}.",
    Refused.NOT_CALLED: "No call is open in {name}.",
    Refused.ALREADY_REMINDED: "That was asked already.",
    Refused.ALREADY_MARKED: "That message is marked as {kind} already.",
    Refused.NOT_MARKED: "That message has no mark.",
    Refused.NO_ACTION: "{name} has no open action item like that.",
    Refused.ROLLBACK_RUNNING: "A rollback is already {stage} in {name}.",
    Refused.ROLLBACK_NOT_DECIDED: "Nobody has decided to roll back {name}.",
    Refused.ROLLBACK_NEEDS_REASON: "Nobody has said which condition of {name} is met. Say which (rollback met 1), or"
    " why you roll back all the same (rollback because …), and then decide.",
    Refused.ROLLBACK_NOT_FINISHED: "The rollback command of {name} has not been reported as finished.",
    Refused.ROLLBACK_UNDER_WAY: "A rollback of {name} is decided, and nobody has said what became of its command. Say"
    " that first: rollback done, or rollback failed (also when it was never run).",
    Refused.NO_ENTRY: "No playbook was used in {name}, so 'this' and 'wrong' name no entry; nothing was changed. Say"
    " another with its id (another IX-04), or none.",
    Refused.ALREADY_MITIGATED: "The impact of {name} was over at {at} already.",
    Refused.IN_THE_FUTURE: "That time lies in the future; nothing was recorded.",
    Refused.BEFORE_IT_BEGAN: "That is before {name} was declared at {at}; nothing was recorded.",
    Refused.ALREADY_AFFECTED: "{service} is listed in {name} already.",
    Refused.ALREADY_PRIVATE: "{name} is private already.",
    Refused.NEEDS_DUPLICATE: "Say which incident {name} is a duplicate of.",
    Refused.SAME_DRAFT: "The draft has not changed.",
    Refused.NO_FIELD: "The post-mortem asks for no '{field}' like that. It asks for: {fields}.",
    Refused.NOT_REDACTED: "{name} is private: read its proposal with Edit… and save it without what must not be seen.",
    Refused.NO_PROPOSAL: "{name} has no open proposal. One is made two minutes after the close, when the runbook has"
    " something to learn.",
    Refused.PROPOSAL_OUT: "The proposal of {name} is already {status}: {ref}.",
    Refused.ALREADY_SHOWN: "That message is known already.",
}


class Refusal(Value):
    """A refused command: the reason and what its sentence needs. Fields named `at` are instants in ms."""

    reason: Refused
    fields: dict[str, str | int] = Field(default_factory=dict)

    def sentence(self, when: Callable[[int], str]) -> str:
        """What the person is told. `when` writes an instant for the place where it is read."""
        fields = {key: when(int(value)) if key == "at" else value for key, value in self.fields.items()}
        return SENTENCES[self.reason].format(**fields)
