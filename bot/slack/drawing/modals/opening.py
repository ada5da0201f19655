"""The modal that opens an incident."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.base import SEVERITY_MEANING, Severity
from bot.slack.drawing.blocks import Choice, Json, check_input, modal, radio_input, select_input, text_input
from bot.slack.ids import Form, Meta

SERVICES_LISTED = 100
"""A select holds at most 100 options (Slack, select menu element); with more services the name is typed."""
FROM_RUNBOOK = "runbook"


def severity_choices() -> list[Choice]:
    """Each severity with what it means."""
    return [Choice(severity.value, severity.value, SEVERITY_MEANING[severity]) for severity in Severity]


def declare(
    services: Sequence[str],
    chosen: str,
    severity: Severity | None,
    meta: Meta,
    symptom: str = "",
    failures: Sequence[Choice] = (),
    failure_id: str = "",
    private: bool = False,
) -> Json:
    """Service (`chosen` preselected), symptom, severity, private or not, and, when known, the failure mode: one of
    `failures`, or the one named by `failure_id`."""
    named = list(failures) or ([Choice(failure_id, failure_id)] if failure_id else [])
    from_runbook = Choice("As the playbook says", FROM_RUNBOOK, "SEV3 when no playbook is found")
    blocks = [
        _service(services, chosen),
        text_input(
            "symptom",
            "What do you see?",
            initial=symptom,
            placeholder="queue is stuck, oldest message 70 min old",
            hint="In your own words: they find the playbook.",
            multiline=True,
        ),
        radio_input(
            "severity",
            "Severity",
            [from_runbook, *severity_choices()],
            initial=severity.value if severity else FROM_RUNBOOK,
        ),
    ]
    if named:
        hint = "Leave empty to have it looked up."
        blocks.append(select_input("failure", "Failure mode", named, initial=failure_id, hint=hint, optional=True))
    blocks.append(
        check_input(
            "private",
            "Who may see it",
            [Choice("Private", "private", "a private channel; in no list, on no Home tab")],
            initial=("private",) if private else (),
        )
    )
    return modal(Form.DECLARE, "Open an incident", blocks, meta, submit="Open", close="Cancel")


def _service(services: Sequence[str], chosen: str) -> Json:
    if services and len(services) <= SERVICES_LISTED:
        return select_input("service", "Service", [Choice(one, one) for one in services], initial=chosen)
    return text_input("service", "Service", initial=chosen, hint="Its id, or an alias of it.")
