"""The files that a closed incident leaves in its thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.postmortem.drafting.draft import report
from bot.postmortem.drafting.picture import PicturesMissing, timeline_png
from bot.postmortem.drafting.render import Renderer
from bot.postmortem.drafting.report import Report
from bot.slack.screen.screen import Document


@dataclass(frozen=True, slots=True)
class Papers:
    """The post-mortem draft as Markdown, the timeline as a picture when the extra `pictures` is installed, and the
    proposed runbook change as a diff that `git apply` takes."""

    renderer: Renderer

    def __call__(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Document]:
        made = report(incident.id, facts, incident.last_at)
        draft = Document(
            f"{incident.name}-postmortem.md",
            self.renderer.markdown(made).encode(),
            f"Post-mortem draft of {incident.name}: {len(made.unfilled)} of {len(made.fields)} fields need a person.",
        )
        papers = [draft, *_picture(incident, made)]
        if incident.proposal is None or not incident.proposal.diff:
            return papers
        change = Document(
            f"{incident.name}-runbook.diff",
            incident.proposal.diff.encode(),
            f"The proposed runbook change of {incident.name}. Apply it with: git apply {incident.name}-runbook.diff",
        )
        return [*papers, change]


def _picture(incident: Incident, made: Report) -> tuple[Document, ...]:
    try:
        drawn = timeline_png(made)
    except PicturesMissing:
        return ()
    name = f"{incident.name}-timeline.png"
    return (Document(name, drawn, f"Timeline of {incident.name}: severity, lead and steps, in UTC."),) if drawn else ()
