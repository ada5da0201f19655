"""What the drawing tests share: a night told by commands, and payloads as plain text that a person can judge."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.domain.base import Severity
from bot.domain.commands import Command, Declare
from bot.domain.decide import Context, decide, facts
from bot.domain.dossier import Candidate, Dossier, Playbook, RollbackPlan, Verdict
from bot.domain.fold import fold
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal
from bot.domain.runbook import Change, Contact, Metric, Runbook, StateRow
from bot.domain.vocabulary import Actor
from bot.runbooks.guide import playbook_of, rollback_of
from bot.runbooks.parsing.parse import parse

SAM = Actor(id="U0SAM", name="Sam")
DANA = Actor(id="U0DANA", name="Dana")
MINUTE = 60_000
START = 1_795_144_260_000
"""2026-11-20 03:11 UTC, a Friday."""

SAMPLE = Path(__file__).with_name("invoice-extract.md")


def sample() -> Runbook:
    """A runbook that stays as it is: the pictures show its words. The ones that ship may change."""
    parsed = parse(SAMPLE.read_bytes(), "playbooks/invoice-extract.md")
    assert parsed.runbook is not None
    return parsed.runbook


def sample_playbook(failure_id: str = "IX-04") -> Playbook:
    runbook = sample()
    mode = runbook.failure(failure_id)
    assert mode is not None
    return playbook_of(runbook, mode)


def dossier(**update: Any) -> Dossier:
    """The dossier of the sample, with one change of the last 24 h."""
    runbook = sample()
    change = Change(when="2026-11-20 01:38Z", kind="prompt", what="line items", before="v60", after="v61", by="Noor")
    known = Dossier(
        service=runbook.service,
        title=runbook.title,
        owner=runbook.owner,
        timezone=runbook.timezone,
        dashboard=runbook.health.dashboard.text,
        metrics=runbook.health.metrics,
        contacts=runbook.contacts,
        rollback=rollback_of(runbook),
        changes=(change,),
    )
    return known.model_copy(update=update)


def small_dossier() -> Dossier:
    """A dossier of few words, for pictures."""
    return Dossier(
        service="invoice-extract",
        owner="ap-oncall",
        dashboard="https://grafana.acme.internal/d/ix",
        metrics=(Metric(name="Oldest document", green="< 10 min", red="> 60 min", query="queue_oldest_age_minutes"),),
        contacts=(
            Contact(order="1", who="Primary on-call: Dana", phone="+44 20 7946 0101"),
            Contact(order="2", who="Engineering: Mei", phone="+44 20 7946 0201"),
        ),
        rollback=RollbackPlan(
            conditions=("workers stop within 30 min of a restart",),
            authorised="the primary on-call, alone",
            command="agentctl rollback invoice-extract",
            verify="`agentctl version` shows the previous build",
            state=(StateRow(state="Queued requests", on_rollback="survive in the broker"),),
        ),
        changes=(Change(when="2026-11-20 01:38Z", kind="prompt", what="prompt", before="v60", after="v61"),),
    )


CANDIDATES = (
    Candidate(
        failure_id="IX-04",
        service="invoice-extract",
        title="Queue backlog with idle workers",
        score=0.9,
        why=("alert `IngestQueueAge`",),
    ),
    Candidate(
        failure_id="IX-05", service="invoice-extract", title="In-flight workflows stuck", score=0.05, why=("stuck",)
    ),
)


class Night:
    """An incident told by commands, through the real decisions and folds."""

    def __init__(self, declare: Declare, by: Actor = SAM) -> None:
        self.now = START
        self.incident: Incident = self._told(None, declare, by)

    def _told(self, incident: Incident | None, command: Command, by: Actor) -> Incident:
        context = Context(by=by, at=self.now, via="slack")
        decided = decide(incident, command, context)
        assert not isinstance(decided, Refusal), decided
        folded = fold(facts(incident, decided, context), incident, "01NIGHT")
        assert folded is not None
        return folded

    def does(self, *commands: Command, by: Actor = DANA, minutes: float = 1) -> Night:
        """One command after the other, `minutes` apart."""
        for command in commands:
            self.now += round(minutes * MINUTE)
            self.incident = self._told(self.incident, command, by)
        return self


def declared(**update: Any) -> Declare:
    """The night of the mock-up: IX-04, documented."""
    said: dict[str, Any] = {
        "number": 42,
        "service": "invoice-extract",
        "symptom": "queue stuck, oldest 70 min",
        "severity": Severity.SEV2,
        "dossier": small_dossier(),
        "verdict": Verdict.DOCUMENTED,
        "candidates": CANDIDATES,
        "playbook": sample_playbook(),
        "channel": "C0AP",
    }
    return Declare(**{**said, **update})


def night(**update: Any) -> Night:
    return Night(declared(**update))


def undocumented(**update: Any) -> Night:
    told: dict[str, Any] = {"verdict": Verdict.UNDOCUMENTED, "candidates": (), "playbook": None, **update}
    return Night(declared(**told))


def seen(text: str) -> str:
    """A picture with its long lines folded, for snapshots."""
    return "\n".join("\n        ".join(textwrap.wrap(line, 100, drop_whitespace=False)) for line in text.split("\n"))


def picture(blocks: Iterable[dict[str, Any]]) -> str:
    """Blocks as a person sees them: text as is, buttons in brackets."""
    return "\n".join(_block(block) for block in blocks)


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "section":
            accessory = f"   {_element(block['accessory'])}" if "accessory" in block else ""
            return _text(block["text"]) + accessory
        case "context":
            return "\n".join(f"({_text(text)})" for text in block["elements"])
        case "header":
            return f"# {_text(block['text'])}"
        case "divider":
            return "---"
        case "actions":
            return " ".join(_element(element) for element in block["elements"])
        case "rich_text":
            return "\n".join(_rich(part) for part in block["elements"])
        case "input":
            optional = " (optional)" if block.get("optional") else ""
            hint = f"\n   ({_text(block['hint'])})" if "hint" in block else ""
            return f"{block['block_id']}: {_text(block['label'])}{optional}\n   {_element(block['element'])}{hint}"
        case other:
            return f"<{other}>"


def _text(text: dict[str, Any]) -> str:
    return re.sub(r"<!date\^\d+\^[^^]*\^([^>]*)>", r"{\1}", str(text["text"]))


def _rich(part: dict[str, Any]) -> str:
    text = "".join(str(element.get("text", "")) for element in part["elements"])
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _element(element: dict[str, Any]) -> str:
    match element["type"]:
        case "button":
            asks = " ?" if "confirm" in element else ""
            return f"[{_text(element['text'])}{asks}]"
        case "overflow":
            return "[… " + " · ".join(_text(option["text"]) for option in element["options"]) + "]"
        case "static_select" | "radio_buttons" | "checkboxes":
            chosen = element.get("initial_option")
            initial = [chosen] if chosen else element.get("initial_options", [])
            options = [_option(option, option in initial) for option in element["options"]]
            return f"{element['type']}: " + " | ".join(options)
        case kind:
            initial_value = (
                element.get("initial_value") or element.get("initial_user") or element.get("initial_date_time")
            )
            return f"{kind}: {initial_value or ''}".rstrip()


def _option(option: dict[str, Any], chosen: bool) -> str:
    described = f" ({_text(option['description'])})" if "description" in option else ""
    return f"{'*' if chosen else ''}{_text(option['text'])}{described}"
