"""The timeline as a PNG, for places that take no SVG. Needs the extra `pictures` (Pillow)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from bot.postmortem.drafting.chart import BAR, COLOURS, FOOT, LEFT, LEGEND, TOP, WIDTH, Bar, Chart, chart
from bot.postmortem.drafting.report import Report

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

SCALE = 2
"""Twice the pixels, so that a phone shows it sharp."""


class PicturesMissing(Exception):
    """Pillow is not installed; the message says how to get it."""


def timeline_png(report: Report) -> bytes:
    """The picture as PNG bytes; b"" when there is nothing to draw. Raises PicturesMissing without Pillow."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise PicturesMissing("Pictures need Pillow: install section3[pictures].") from error
    drawn = chart(report)
    if drawn is None:
        return b""
    image = Image.new("RGB", (WIDTH * SCALE, drawn.height * SCALE), "#ffffff")
    pen = _Pen(ImageDraw.Draw(image), ImageFont.load_default(11 * SCALE))
    _axis(pen, drawn)
    _marks(pen, drawn)
    for bar in drawn.bars:
        _bar(pen, bar)
    _legend(pen, drawn.height - 14)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Pen:
    """Draws in the chart's pixels."""

    def __init__(self, draw: ImageDraw, font: FreeTypeFont | ImageFont) -> None:
        self.draw = draw
        self.font = font

    def line(self, x: float, top: float, bottom: float, colour: str) -> None:
        self.draw.line([(x * SCALE, top * SCALE), (x * SCALE, bottom * SCALE)], fill=colour, width=SCALE)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        corners = [(x * SCALE, y * SCALE), ((x + width) * SCALE, (y + height) * SCALE)]
        self.draw.rounded_rectangle(corners, radius=2 * SCALE, fill=colour)

    def text(self, x: float, y: float, text: str, colour: str) -> None:
        """`y` is the base line, as in SVG."""
        self.draw.text((x * SCALE, y * SCALE), text, fill=colour, font=self.font, anchor="ls")

    def width(self, text: str) -> float:
        return float(self.draw.textlength(text, font=self.font)) / SCALE


def _axis(pen: _Pen, drawn: Chart) -> None:
    for x, text in drawn.ticks:
        pen.line(x, TOP - 8, drawn.height - FOOT, "#e4e4e4")
        pen.text(x, TOP - 14, text, "#555555")
    pen.text(8, TOP - 14, "UTC", "#555555")
    for title, y in drawn.titles:
        pen.text(8, y, title, "#333333")


def _bar(pen: _Pen, bar: Bar) -> None:
    pen.box(bar.x, bar.y, bar.width, BAR, bar.colour)
    if bar.label and pen.width(bar.label) <= bar.width - 4:
        pen.text(bar.x + 3, bar.y + 12, bar.label, bar.ink)


def _marks(pen: _Pen, drawn: Chart) -> None:
    bottom = drawn.height - FOOT
    for x, text, line in drawn.marks:
        pen.line(x, TOP - 4, bottom, "#1d1d1d")
        pen.text(min(x + 3, WIDTH - 90), bottom + 10 + 12 * line, text, "#1d1d1d")


def _legend(pen: _Pen, y: float) -> None:
    x = float(LEFT)
    for tone, text in LEGEND:
        pen.box(x, y - 9, 10, 10, COLOURS[tone])
        pen.text(x + 14, y, text, "#333333")
        x += 28 + pen.width(text)
