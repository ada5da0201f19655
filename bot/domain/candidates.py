"""The failure modes that may be the one, while no playbook is in use."""

from __future__ import annotations

from bot.domain.dossier import Candidate
from bot.domain.incident import Incident


def candidates_left(incident: Incident) -> tuple[Candidate, ...]:
    """Candidates that nobody has rejected and that were not tried."""
    tried = {(run.playbook.service, run.playbook.failure_id) for run in incident.runs}
    return tuple(
        one
        for one in incident.candidates
        if one.failure_id not in incident.rejected and (one.service, one.failure_id) not in tried
    )
