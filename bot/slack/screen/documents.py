"""The files that a closed incident leaves in its thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.slack.screen.screen import Document

if TYPE_CHECKING:
    from bot.postmortem.drafting.render import Renderer
    from bot.postmortem.drafting.report import Report


class Papers:
    """The post-mortem draft as Markdown, the timeline as a picture when the extra `pictures` is installed, and the
    proposed runbook change as a diff that `git apply` takes. `templates` holds a team's own templates.

    What makes them is loaded with the first draft: it would be 0.1 s of the start."""

    def __init__(self, templates: Path | None) -> None:
        self._templates = templates

    @cached_property
    def _renderer(self) -> Renderer:
        from bot.postmortem.drafting.render import Renderer

        return Renderer(self._templates)

    def __call__(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Document]:
        from bot.postmortem.drafting.draft import report

        made = report(incident.id, facts, incident.last_at)
        draft = Document(
            f"{incident.name}-postmortem.md",
            self._renderer.markdown(made).encode(),
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
    from bot.postmortem.drafting.picture import PicturesMissing, timeline_png

    try:
        drawn = timeline_png(made)
    except PicturesMissing:
        return ()
    name = f"{incident.name}-timeline.png"
    return (Document(name, drawn, f"Timeline of {incident.name}: severity, lead and steps, in UTC."),) if drawn else ()
