"""The seven instants and the times between them: over days, reopenings, facts out of order, clocks that disagree."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.vocabulary import Actor, EndedBy, MarkKind
from bot.postmortem.drafting.report import Length, Moment
from bot.postmortem.drafting.summary import lasting
from bot.postmortem.drafting.times import lengths, message_time, moments, paused_ms
from tests.postmortem.story import ALERT, DANA, LEE, MINUTE, SAM, START, Story, declare

DAY = 24 * 60


def known(story: Story) -> dict[str, Moment]:
    return {one.key: one for one in moments(story.ended, story.stream)}


def between(story: Story) -> dict[str, Length]:
    return {one.key: one for one in lengths(moments(story.ended, story.stream))}


def minutes(story: Story) -> dict[str, float | None]:
    """Every length in minutes, None for unknown."""
    return {key: None if one.ms is None else one.ms / MINUTE for key, one in between(story).items()}


def ended(story: Story, at: float) -> Story:
    return story.at(at).say(c.Mitigate()).say(c.Close(ended_by=EndedBy.ITSELF))


def test_a_night_as_it_should_be() -> None:
    story = Story().say(declare("stuck"), ALERT).at(4).say(c.TakeLead()).at(6).say(c.Improvise(what="restarted"))
    story.at(10).say(c.Note(text="impact since 02:41"))
    story.at(30).say(c.Mitigate()).at(45).say(c.Close())
    assert minutes(story) == {"ttd": 30, "tta": 4, "ttm": 30, "ttr": 45, "impact": 60}
    assert known(story)["first_action"].at == START + 6 * MINUTE


def test_what_nobody_recorded_is_unknown_and_never_zero() -> None:
    story = ended(Story().say(declare("stuck"), SAM), 5)
    assert minutes(story) == {"ttd": None, "tta": None, "ttm": 5, "ttr": 5, "impact": None}
    assert between(story)["ttd"].note == "impact start unknown"
    assert between(story)["tta"].note == "acknowledged unknown"
    assert lasting(None) == "unknown"


def test_open_incidents_have_no_end() -> None:
    story = Story().say(declare("stuck"), SAM)
    assert known(story)["resolved"].at is None
    assert known(story)["resolved"].note == "still open"


def test_over_days() -> None:
    story = ended(Story().say(declare("stuck"), SAM).at(DAY).say(c.TakeLead()), 3 * DAY + 125)
    assert minutes(story)["tta"] == DAY
    assert minutes(story)["ttr"] == 3 * DAY + 125
    assert lasting((3 * DAY + 125) * MINUTE) == "3 d 2 h 05 min"


def test_an_end_that_is_dated_back() -> None:
    story = Story().say(declare("stuck"), SAM).at(90).say(c.Mitigate(since=START + 25 * MINUTE))
    story.at(100).say(c.Close())
    assert minutes(story)["ttm"] == 25
    assert minutes(story)["ttr"] == 100


def test_a_close_dated_before_impact_over_ends_the_impact_too() -> None:
    story = Story().say(declare("stuck"), SAM).at(50).say(c.Mitigate())
    story.at(60).say(c.Close(ended_at=START + 40 * MINUTE))
    assert minutes(story)["ttm"] == minutes(story)["ttr"] == 40


def test_an_impact_that_nobody_ended_says_that_it_was_counted_until_the_close() -> None:
    bare = Story().say(declare("stuck"), SAM).at(20).say(c.Close())
    assert known(bare)["mitigated"].note == "counted until the close: nobody said that it was over before"
    said = Story().say(declare("stuck"), SAM).at(10).say(c.Mitigate()).at(20).say(c.Close())
    assert known(said)["mitigated"].note == ""


def test_reopened_counts_to_the_last_end() -> None:
    story = ended(Story().say(declare("stuck"), SAM), 20)
    story.at(50).say(c.Reopen(why="again"))
    assert known(story)["mitigated"].at is None
    ended(story, 80)
    assert minutes(story)["ttm"] == minutes(story)["ttr"] == 80
    assert paused_ms(story.stream) == 30 * MINUTE


def test_a_report_that_was_written_before_the_declaration_is_the_detection() -> None:
    earlier = START - 12 * MINUTE
    link = f"https://acme.slack.com/archives/C0/p{earlier // 1000}000200?thread_ts=1"
    story = Story().say(declare("stuck", source=link), SAM)
    assert known(story)["detected"].at == earlier
    assert known(story)["declared"].at == START
    story.at(3).say(c.AddReport(text="us too"), LEE, happened=START - 20 * MINUTE)
    assert known(story)["detected"].at == START - 20 * MINUTE
    story.at(4).say(c.AddReport(text="and us", source="https://example.com/p123"), LEE)
    assert known(story)["detected"].at == START - 20 * MINUTE


def test_facts_out_of_order_are_dated_by_when_they_happened() -> None:
    story = Story().say(declare("stuck"), SAM).at(9).say(c.TakeLead(), DANA)
    story.at(10).say(c.Improvise(what="restarted"), LEE, happened=START + 2 * MINUTE)
    assert minutes(story)["tta"] == 2
    assert known(story)["first_action"].at == START + 2 * MINUTE


def test_clocks_that_disagree_by_seconds_say_nothing() -> None:
    story = Story().say(declare("stuck"), ALERT).at(1).say(c.TakeLead(), happened=START - 20_000)
    assert minutes(story)["tta"] == 0
    assert lasting(between(story)["tta"].ms) == "less than 1 min"


def test_clocks_that_disagree_by_more_are_named_not_counted() -> None:
    story = Story().say(declare("stuck"), ALERT).at(1).say(c.TakeLead(), happened=START - 5 * MINUTE)
    assert minutes(story)["tta"] is None
    assert between(story)["tta"].note == "acknowledged is dated before detected"


def test_timers_and_alerts_acknowledge_nothing() -> None:
    story = Story().say(declare("stuck"), ALERT).at(5).say(c.TakeLead(lead=DANA), Actor(id="timer", name="section3"))
    assert known(story)["acknowledged"].at is None


def test_the_last_word_on_the_impact_counts() -> None:
    story = Story().say(declare("stuck"), SAM).at(5).say(c.Note(text="impact since 02:30 I think"))
    story.at(6).say(c.PostUpdate(text="Impact started 25 min ago"))
    assert known(story)["impact_start"].at == START + 6 * MINUTE - 25 * MINUTE
    story.at(7).say(c.Note(text="no impact since the fix"))
    assert known(story)["impact_start"].at == START - 19 * MINUTE


def test_a_marked_message_counts_from_when_it_was_written() -> None:
    story = Story().say(declare("stuck"), SAM)
    written = START - 8 * MINUTE
    message = f"C0AP:{written // 1000}.000100"
    mark = c.MarkMessage(message=message, kind=MarkKind.FACT, text="impact since 10 min", author=LEE.id)
    story.at(30).say(mark)
    assert message_time(story.stream[-1]) == written
    assert known(story)["impact_start"].at == written - 10 * MINUTE
    story.say(c.RemoveMark(message=message))
    assert known(story)["impact_start"].at is None


def test_impact_is_read_in_the_time_zone_of_the_service() -> None:
    story = Story().say(declare("stuck", dossier={"service": "invoice-extract", "timezone": "Europe/Berlin"}), SAM)
    story.at(5).say(c.Note(text="impact from 03:41"))
    assert known(story)["impact_start"].at == START - 30 * MINUTE


def test_what_is_noted_the_next_morning_is_about_that_night() -> None:
    story = Story().say(declare("stuck"), SAM).at(5).say(c.Mitigate()).at(20).say(c.Close())
    story.at(7 * 60).say(c.Note(text="impact since 02:41"))
    assert known(story)["impact_start"].at == START - 30 * MINUTE


def test_what_a_person_fills_in_counts_more_than_the_clicks() -> None:
    story = Story().say(declare("stuck"), SAM).at(30).say(c.TakeLead()).at(40).say(c.Close())
    story.at(600).say(c.FillField(field="acknowledged", when=START + 4 * MINUTE))
    story.say(c.FillField(field="impact_start", when=START - 9 * MINUTE))
    moments_of = known(story)
    assert moments_of["acknowledged"].at == START + 4 * MINUTE
    assert moments_of["impact_start"].at == START - 9 * MINUTE
    assert minutes(story)["tta"] == 4


def test_durations_in_words() -> None:
    said = [lasting(ms) for ms in (0, 59_999, 60_000, 3_599_999, 3_600_000, 26 * 3_600_000)]
    assert said == ["less than 1 min", "less than 1 min", "1 min", "59 min", "1 h 00 min", "1 d 2 h"]
