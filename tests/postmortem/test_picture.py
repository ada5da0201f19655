"""The timeline picture: three rows, nothing outside the frame, the same bars as PNG and SVG."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageColor

from bot.domain import commands as c
from bot.postmortem.drafting.chart import COLOURS, ROWS, WIDTH, chart, svg
from bot.postmortem.drafting.draft import report
from bot.postmortem.drafting.picture import SCALE, timeline_png
from bot.postmortem.drafting.report import Report, Span
from tests.postmortem.night import night
from tests.postmortem.story import SAM, START, Story, declare


def drawn() -> Report:
    story = night()
    return report("a", story.stream, story.now)


def test_bars_lie_in_the_frame_and_never_on_each_other() -> None:
    made = chart(drawn())
    assert made is not None
    assert [title for title, _ in made.titles] == list(ROWS)
    for bar in made.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH
        assert bar.y + 16 <= made.height
        assert bar.span.tone in COLOURS
    lanes: dict[float, list[tuple[float, float]]] = {}
    for bar in made.bars:
        lanes.setdefault(bar.y, []).append((bar.x, bar.x + bar.width))
    for lane in lanes.values():
        assert all(left[1] <= right[0] + 3 for left, right in pairwise(sorted(lane)))


def test_the_rows_tell_the_night() -> None:
    spans = drawn().spans
    assert [(span.label, span.tone) for span in spans if span.row == "severity"] == [("SEV2", "sev2"), ("SEV1", "sev1")]
    assert [span.label for span in spans if span.row == "lead"] == ["nobody", "the first lead", "the second lead"]
    assert [span.tone for span in spans if span.row == "steps"][:4] == ["done", "failed", "unlike", "unlike"]


def test_the_png_has_the_colours_of_the_bars() -> None:
    made = chart(drawn())
    assert made is not None
    image = Image.open(BytesIO(timeline_png(drawn())))
    assert (image.format, image.size) == ("PNG", (WIDTH * SCALE, made.height * SCALE))
    for bar in made.bars:
        if bar.width > 8:
            spot = (round((bar.x + bar.width - 3) * SCALE), round((bar.y + 3) * SCALE))
            assert image.getpixel(spot) == ImageColor.getrgb(bar.colour)


def test_svg_is_readable_without_colour_and_escapes() -> None:
    span = Span(row="lead", label="<b>&", tone="lead", start=START, end=START + 60_000)
    text = svg(drawn().model_copy(update={"spans": (span,)}))
    assert "<b>" not in text
    assert "&lt;b&gt;&amp; (lead)" in text
    assert svg(drawn()).count("<title>") == len(drawn().spans)


def test_an_incident_of_one_instant_and_one_of_weeks() -> None:
    story = Story().say(declare("stuck"), SAM).say(c.Close())
    assert timeline_png(report("a", story.stream, story.now)) == b""
    long = Story().say(declare("stuck"), SAM).at(60 * 24 * 40).say(c.TakeLead()).say(c.Close())
    made = chart(report("a", long.stream, long.now))
    assert made is not None
    assert 2 <= len(made.ticks) <= 14
    assert all(" " in text for _, text in made.ticks)
