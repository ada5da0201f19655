"""Drafting again: what people wrote is never overwritten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.postmortem.drafting.document import markdown, redraft
from bot.postmortem.drafting.merge import merge_draft, stamp_of, stamped, unstamped
from bot.postmortem.drafting.render import Renderer
from tests.postmortem.night import night
from tests.postmortem.story import LEE, Story

RENDERER = Renderer()


def test_each_changed_elsewhere() -> None:
    merged = merge_draft("a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\n", "a\nb\nc\nd\nE\n")
    assert merged.text == "a\nB\nc\nd\nE\n"
    assert merged.clean


def test_both_changed_one_place() -> None:
    merged = merge_draft("a\nb\nc\n", "a\nmine\nc\n", "a\nnew\nc\n")
    assert merged.text == "a\nmine\nc\n"
    assert "-b\n+new\n" in merged.diff


def test_both_changed_it_alike() -> None:
    assert merge_draft("a\nb\n", "a\nB\n", "a\nB\n").clean


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@given(LINES, LINES, LINES)
def test_every_word_of_a_person_is_kept(previous: str, typed: str, new: str) -> None:
    mine = [f"{line} of mine" for line in typed.splitlines()]
    edited = "".join(f"{line}\n" for line in mine)
    text = merge_draft(previous, edited, new).text
    assert [line for line in text.splitlines() if line.endswith("of mine")] == mine


@given(LINES, LINES)
def test_without_edits_the_new_draft_is_taken(previous: str, new: str) -> None:
    assert merge_draft(previous, previous, new).text == new
    assert merge_draft(previous, new, previous).text == new


def test_the_stamp() -> None:
    text = stamped("# A\n", "a1b2", 7, "00ff")
    stamp = stamp_of(text)
    assert stamp is not None
    assert (stamp.incident_id, stamp.facts, stamp.digest) == ("a1b2", 7, "00ff")
    assert unstamped(text) == "# A\n"
    assert stamp_of("# A\n") is None


def drafted(story: Story) -> str:
    return markdown(story.incident_id, story.stream, RENDERER)


def again(story: Story, present: str) -> tuple[str, str, bool]:
    done = redraft(story.incident_id, story.stream, RENDERER, present)
    return done.text, done.diff, done.merged


def test_a_draft_that_people_filled_takes_in_what_came_later() -> None:
    story = night()
    blank = "**TODO(the second lead): what to keep**"
    written = drafted(story).replace(blank, "The handover at 03:40 went well.")
    story.at(27 * 60).say(c.Note(text="the vendor confirmed build 41"), LEE)
    text, diff, merged = again(story, written)
    assert merged
    assert diff == ""
    assert "The handover at 03:40 went well." in text
    assert "the vendor confirmed build 41" in text
    assert blank not in text
    # And once more from there, with nothing new: nothing changes.
    assert again(story, text) == (text, "", True)


def test_where_both_wrote_theirs_stays_and_the_rest_is_shown() -> None:
    story = night()
    line = next(line for line in drafted(story).splitlines() if line.startswith("**10 of 20 fields"))
    written = drafted(story).replace(line, "Nobody needs this line.")
    story.at(27 * 60).say(c.Note(text="impact since 02:55, the vendor confirmed"), LEE)
    text, diff, merged = again(story, written)
    assert merged
    assert "Nobody needs this line." in text
    assert "02:55" in text
    assert "Drafted from 45 facts" in diff
    assert "Drafted from 45 facts" not in text


def test_a_file_of_unknown_origin_is_left_alone() -> None:
    story = night()
    text, diff, merged = again(story, "my own notes\n")
    assert (text, merged) == ("my own notes\n", False)
    assert "+# INC-42" in diff
    forged = stamped("my own notes\n", story.incident_id, 3, "0000")
    assert again(story, forged)[0] == forged


def test_a_draft_of_an_open_incident_can_be_made_again() -> None:
    story = night()
    first = drafted(_opened(story, 12))
    text, diff, merged = again(story, first.replace("**TODO(the lead): what to keep**", "Quick to see."))
    assert merged
    assert "Quick to see." in text
    assert "It was ended by a rollback" in text
    # The blank has another owner by now, and theirs stands in its place: that alone is shown.
    assert "+**TODO(the second lead): what to keep**" in diff


def _opened(story: Story, facts: int) -> Story:
    return Story(story.incident_id, stream=story.stream[:facts])
