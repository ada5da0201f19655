"""The whole draft, word for word, and what must hold of every draft.

After a wanted change of the document: `python -m tests.postmortem.test_draft` writes the golden file anew.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.domain import commands as c
from bot.domain.vocabulary import Answer, CancelKind, Helped, MarkKind, StepRef
from bot.postmortem.drafting.document import as_json
from bot.postmortem.drafting.draft import NoIncident, report
from bot.postmortem.drafting.render import Renderer, render_html, render_markdown
from bot.postmortem.drafting.report import Report
from tests.postmortem.lessons import walking
from tests.postmortem.night import SYMPTOM, night
from tests.postmortem.story import DANA, LEE, SAM, START, Story, declare

GOLDEN = Path(__file__).parent / "golden" / "INC-42.md"
SECTIONS = (
    "Summary of facts",
    "Impact",
    "Times",
    "Timeline",
    "Playbook used",
    "Changes in the 24 h before",
    "People",
    "Trigger",
    "Contributing factors",
    "Detection",
    "What went well",
    "What was hard",
    "What was luck",
    "State check after the rollback",
    "Action items",
    "Open questions",
    "Runbook change",
    "Wording to look at",
)


def drafted() -> Report:
    story = night()
    return report(story.incident_id, story.stream, story.now)


def test_the_golden_draft() -> None:
    assert render_markdown(drafted()) == GOLDEN.read_text(encoding="utf-8")


def test_every_section_in_both_documents() -> None:
    made = drafted()
    assert tuple(re.findall(r"^## (.+)$", render_markdown(made), re.MULTILINE)) == SECTIONS
    assert tuple(re.findall(r"<h2>(.+)</h2>", render_html(made))) == SECTIONS


def test_the_placeholders_are_counted_and_owned() -> None:
    made = drafted()
    for text, pattern in (
        (render_markdown(made), r"\*\*TODO\(the second lead\): "),
        (render_html(made), r'<strong class="todo">TODO\(the second lead\): '),
    ):
        assert len(re.findall(pattern, text)) == len(made.unfilled)
        assert len(re.findall(r"TODO\(", text)) == len(made.unfilled)
    assert f"{len(made.unfilled)} of {len(made.fields)} fields need a person" in render_markdown(made)


def test_a_check_whose_remedy_worked_was_not_as_expected_first() -> None:
    story = walking().at(3).say(c.AnswerStep(answer=Answer.NOT_AS_EXPECTED)).at(5)
    story.say(c.AnswerStep(answer=Answer.WORKED))
    step = report(story.incident_id, story.stream, story.now).walks[0].steps[0]
    assert step.status == "done"
    assert step.detail.startswith("not as expected; then: ") and step.detail.endswith("; worked")


def test_what_people_fill_in_takes_the_place_of_the_blanks() -> None:
    story = night()
    before = drafted()
    said = "Forty invoices | late. Ask dana@acme.com, or Dana Okoye.\n# Nobody should have waited `x|y`."
    for field in ("impact", "state_1"):
        story.say(c.FillField(field=field, text=said), LEE)
    story.say(c.FillField(field="trigger", text="unclear")).say(c.FillField(field="trigger", text="a poison message"))
    made = report(story.incident_id, story.stream, story.now)
    assert len(made.unfilled) == len(before.unfilled) - 3
    text = render_markdown(made)
    assert text.count("Forty invoices \\| late. Ask \\[redacted e-mail\\], or the first lead.<br>\\# Nobody") == 2
    assert "a poison message" in text and "unclear" not in text
    assert "should have" in [one.found for one in made.wording]
    assert "<br># Nobody should have waited <code>x|y</code>." in render_html(made)


def test_a_command_that_was_told_in_the_sentence_is_printed_once() -> None:
    story = Story().say(declare("stuck"), SAM)
    said = "moved it aside `agentctl queue deadletter 17`"
    story.at(2).say(c.Improvise(what=said, command="agentctl queue deadletter 17", helped=Helped.YES))
    story.at(3).say(c.Improvise(what="agentctl ps", command="agentctl ps"))
    text = render_markdown(report(story.incident_id, story.stream, story.now))
    assert "“moved it aside · agentctl queue deadletter 17”" in text
    assert "moved it aside `agentctl queue deadletter 17` (helped)" in text
    assert ": `agentctl ps` (effect unknown)" in text


def test_names_stand_in_one_table_and_secrets_nowhere() -> None:
    made = drafted()
    for text in (render_markdown(made), render_html(made), as_json(made)):
        for person in (DANA, LEE, SAM):
            assert text.count(person.name) == 1
        assert "abcd1234efgh" not in text
        assert "[redacted secret]" in text.replace("\\", "")


def test_the_owner_of_an_action_item_is_a_person_and_not_everybody_of_that_name() -> None:
    story = night()
    for user in (LEE.id, "U0OTHER"):
        marked = c.MarkMessage(message=user, kind=MarkKind.ACTION, text=user, author=LEE.name, author_id=user)
        story.say(marked, LEE)
    items = {one.text: one.owner for one in report(story.incident_id, story.stream, story.now).actions}
    assert items["U0OTHER"] == "a colleague"
    assert items[LEE.id] not in ("", "a colleague")
    assert [one.owner_id for one in story.ended.actions if one.text in items] == ["", LEE.id, "U0OTHER"]


def test_the_same_stream_gives_the_same_draft() -> None:
    story = night()
    assert report("a", story.stream, story.now) == report("a", story.stream, story.now + 10**9)


def test_steps_say_what_became_of_them() -> None:
    (walk,) = drafted().walks
    assert [(step.number, step.status, step.minutes) for step in walk.steps] == [
        (1, "done", 6),
        (2, "failed", 3),
        (3, "failed", 15),
        (4, "done", 6),
        (5, "done", 1),
        (6, "skipped", 1),
    ]


def test_whoever_never_clicks_is_not_said_to_have_done_nothing() -> None:
    story = night()
    silent = Story()
    for fact in story.stream[:6]:
        silent.stream.append(fact)
    made = report("a", silent.stream, START)
    assert {step.status for step in made.walks[0].steps} == {"unknown"}


def test_recalled_steps_are_done_and_the_others_unknown() -> None:
    story = Story()
    opening = night().stream[0]
    assert opening.event.type == "declared"
    first = night()
    for fact in first.stream[:7]:
        story.stream.append(fact)
    from bot.domain.fold import fold

    story.incident = fold(story.stream, None, story.incident_id)
    story.at(30).say(c.RecallSteps(steps=(StepRef(run=0, number=2),)))
    (walk,) = report("a", story.stream, story.now).walks
    assert [step.status for step in walk.steps][:3] == ["unknown", "done", "unknown"]
    assert walk.steps[1].minutes is None


def test_facts_link_to_where_the_thread_shows_them() -> None:
    rows = {row.what: row for row in drafted().timeline}
    assert rows["fact"].link.endswith("p1763608440000500")
    assert rows["IX-04 step 1: as expected"].link.endswith("p1763608261000200")
    assert rows["impact over"].link.endswith("p1763608260000100")
    assert rows["fact"].who == "the second lead"
    assert rows["fact"].late


def test_the_timeline_is_in_the_order_of_the_events() -> None:
    rows = drafted().timeline
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert [row.fact for row in rows] != sorted(row.fact for row in rows)


def test_a_mark_that_was_taken_off_leaves_no_row() -> None:
    story = night()
    mark = next(fact.event for fact in story.stream if fact.event.type == "marked")
    assert mark.type == "marked"
    before = len(report("a", story.stream, story.now).timeline)
    story.say(c.EditMark(message=mark.message, text="grafana is *not* flat"))
    assert any(row.said == "grafana is *not* flat" for row in report("a", story.stream, story.now).timeline)
    story.say(c.RemoveMark(message=mark.message))
    assert len(report("a", story.stream, story.now).timeline) == before - 1


def test_without_a_rollback_there_is_no_state_check() -> None:
    story = Story().say(declare("stuck"), SAM).at(5).say(c.Close())
    made = report("a", story.stream, story.now)
    assert "State check" not in render_markdown(made)
    assert made.documented == "not documented"
    assert "None: no playbook was attached" in render_markdown(made)


def test_a_cancelled_incident_says_so() -> None:
    story = Story().say(declare("stuck"), SAM).at(5).say(c.Cancel(kind=CancelKind.FALSE_ALARM))
    text = render_markdown(report("a", story.stream, story.now))
    assert "It was cancelled: false alarm." in text


def test_what_the_runbook_left_open_is_said_to_be_that() -> None:
    dossier = {"service": "invoice-extract", "gaps": ["Whom do we call?", "No runbook of this service was found."]}
    story = Story().say(declare("stuck", dossier=dossier), SAM).at(5).say(c.Close())
    hard = render_markdown(report("a", story.stream, story.now)).partition("## What was hard")[2].partition("##")[0]
    assert "- the runbook does not answer: Whom do we call?\n" in hard
    assert "- No runbook of this service was found.\n" in hard


def test_nothing_is_no_incident() -> None:
    with pytest.raises(NoIncident):
        report("a", (), START)


class Page(HTMLParser):
    """Open elements, and everything that would load something."""

    VOID = frozenset({"meta", "path", "rect", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in ("src", "srcset", "data", "onload", "onclick")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_html_is_whole_and_loads_nothing() -> None:
    text = render_html(drafted())
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.loads == []
    assert not {"script", "link", "iframe", "img", "b"} & page.seen
    assert "svg" in page.seen
    assert "&lt;b&gt;now&lt;/b&gt;" in text


def test_typed_text_stays_text_in_markdown() -> None:
    text = render_markdown(drafted())
    assert SYMPTOM not in text
    assert r"queue stuck \| oldest 70 min \<b\>now\</b\>" in text
    assert r"“grafana \*flat\*”" in text


def test_json_has_every_section() -> None:
    data = json.loads(as_json(drafted()))
    assert data["name"] == "INC-42"
    assert {one["key"] for one in data["moments"]} >= {"impact_start", "resolved"}
    assert data["unfilled"]


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(Renderer().markdown(drafted()), encoding="utf-8")
