"""The geometry of the timeline picture, and its drawing as SVG: three rows (steps, severity, lead) over one axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.postmortem.drafting.report import Moment, Report, Span
from bot.postmortem.drafting.summary import clock

ROWS = ("steps", "severity", "lead")
COLOURS = {
    "done": "#2f7d4f",
    "wait": "#8fb8de",
    "failed": "#b3372b",
    "skipped": "#9a9a9a",
    "unlike": "#c98a1b",
    "sev1": "#8c1d18",
    "sev2": "#c4622d",
    "sev3": "#d9a441",
    "sev4": "#9db17c",
    "lead": "#3b5b8c",
    "nobody": "#dddddd",
}
"""One colour for each tone; every bar also has a label, because colour alone tells some readers nothing."""
LEGEND = (
    ("done", "worked or as expected"),
    ("failed", "did not work"),
    ("unlike", "not as expected"),
    ("skipped", "skipped"),
    ("wait", "wait"),
)
DARK = frozenset({"done", "failed", "sev1", "sev2", "lead"})

Scale = Callable[[int], float]
"""An instant (ms) to its place from the left (pixels)."""

WIDTH, LEFT, RIGHT, TOP = 1080, 84, 16, 34
LANE, GAP, BAR, FOOT = 20, 12, 16, 56
_TICKS_MS = tuple(minutes * 60_000 for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080))


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in pixels. Two bars of a row that would overlap lie in different lanes."""

    span: Span
    x: float
    y: float
    width: float
    label: str

    @property
    def colour(self) -> str:
        return COLOURS.get(self.span.tone, "#666666")

    @property
    def ink(self) -> str:
        return "#ffffff" if self.span.tone in DARK else "#1d1d1d"


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn. Coordinates are pixels from the top left."""

    bars: tuple[Bar, ...]
    titles: tuple[tuple[str, float], ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str, int], ...]
    """Where, what, and on which line its label stands, so that none stands on another."""
    height: int


def chart(report: Report) -> Chart | None:
    """The picture of a report; None when there is nothing to draw."""
    if not report.spans:
        return None
    start = min(span.start for span in report.spans)
    end = max(max(span.end for span in report.spans), start + 60_000)
    scale = (WIDTH - LEFT - RIGHT) / (end - start)

    def x(at: int) -> float:
        return round(LEFT + (at - start) * scale, 1)

    bars: list[Bar] = []
    titles: list[tuple[str, float]] = []
    y = float(TOP)
    for row in ROWS:
        mine = [span for span in report.spans if span.row == row]
        laid, lanes = _laid(mine, x, y)
        bars += laid
        titles.append((row, y + BAR - 4))
        y += max(lanes, 1) * LANE + GAP
    marks = _laid_marks([(x(at), name) for at, name in _marked(report.moments) if start <= at <= end])
    return Chart(tuple(bars), tuple(titles), tuple(_ticks(start, end, x)), tuple(marks), round(y) + FOOT)


def _marked(moments: Iterable[Moment]) -> list[tuple[int, str]]:
    return [(one.at, one.name) for one in moments if one.key in ("acknowledged", "mitigated") and one.at is not None]


def _laid_marks(marks: Sequence[tuple[float, str]]) -> list[tuple[float, str, int]]:
    laid: list[tuple[float, str, int]] = []
    for x, name in sorted(marks):
        close = bool(laid) and x - laid[-1][0] < 84 and laid[-1][2] == 0
        laid.append((x, name, int(close)))
    return laid


def _laid(spans: Sequence[Span], x: Scale, top: float) -> tuple[list[Bar], int]:
    """Each bar in the first lane that is free; a bar is at least wide enough to be seen."""
    ends: list[float] = []
    bars = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        begin, stop = x(span.start), x(span.end)
        width = max(stop - begin, 4.0)
        begin = min(begin, WIDTH - RIGHT - width)
        lane = next((at for at, end in enumerate(ends) if end <= begin + 0.1), len(ends))
        ends[lane : lane + 1] = [begin + width]
        # One pixel of air, so that neighbours of one colour stay two.
        bars.append(Bar(span, begin, top + lane * LANE, max(width - 1, 3.0), fitted(span.label, width)))
    return bars, len(ends)


def fitted(label: str, width: float) -> str:
    """As much of a label as a bar of that width can show at 11 px; "" when that is nothing worth reading."""
    room = int((width - 6) / 6.4)
    if len(label) <= room:
        return label
    short = label.rsplit(" ", 1)[-1]
    return short if len(short) <= room else ""


def _ticks(start: int, end: int, x: Scale) -> list[tuple[float, str]]:
    step = next((one for one in _TICKS_MS if (end - start) / one <= 10), _TICKS_MS[-1])
    several_days = end - start > 86_400_000
    first = -(-start // step) * step
    return [
        (x(at), clock(at)[5:] if several_days else clock(at)[11:])
        for at in range(first, end + 1, step)
        if x(at) < WIDTH - RIGHT - 10
    ][:14]


def svg(report: Report) -> Markup:
    """The picture as inline SVG, readable without colour: every bar has a title. Empty when there is nothing."""
    drawn = chart(report)
    if drawn is None:
        return Markup("")
    label = Markup("Timeline of {}: steps, severity and lead, UTC").format(report.name)
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}" '
            'font-family="system-ui, sans-serif" font-size="11">'
        ).format(WIDTH, drawn.height, label)
    ]
    bottom = drawn.height - FOOT
    parts.append(Markup('<text x="8" y="{}" fill="currentColor" opacity=".7">UTC</text>').format(TOP - 14))
    for at, text in drawn.ticks:
        parts.append(Markup('<path d="M{0} {1}V{2}" stroke="currentColor" opacity=".18"/>').format(at, TOP - 8, bottom))
        parts.append(
            Markup('<text x="{}" y="{}" fill="currentColor" opacity=".7">{}</text>').format(at, TOP - 14, text)
        )
    for title, y in drawn.titles:
        parts.append(Markup('<text x="8" y="{}" fill="currentColor" font-weight="600">{}</text>').format(y, title))
    for at, text, line in drawn.marks:
        parts.append(
            Markup('<path d="M{0} {1}V{2}" stroke="currentColor" stroke-dasharray="3 3"/>').format(at, TOP - 4, bottom)
        )
        parts.append(
            Markup('<text x="{}" y="{}" fill="currentColor">{}</text>').format(
                min(at + 3, WIDTH - 90), bottom + 10 + 12 * line, text
            )
        )
    parts += [_bar(bar) for bar in drawn.bars]
    parts += _legend(drawn.height - 14)
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _bar(bar: Bar) -> Markup:
    tip = Markup("{} ({}) {}-{} UTC").format(
        bar.span.label, bar.span.tone, clock(bar.span.start)[11:], clock(bar.span.end)[11:]
    )
    rect = Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"><title>{}</title></rect>').format(
        bar.x, bar.y, round(bar.width, 1), BAR, bar.colour, tip
    )
    if not bar.label:
        return rect
    text = Markup('<text x="{}" y="{}" fill="{}">{}</text>').format(bar.x + 3, bar.y + 12, bar.ink, bar.label)
    return rect + text


def _legend(y: float) -> list[Markup]:
    parts, x = [], float(LEFT)
    for tone, text in LEGEND:
        parts.append(Markup('<rect x="{}" y="{}" width="10" height="10" fill="{}"/>').format(x, y - 9, COLOURS[tone]))
        parts.append(Markup('<text x="{}" y="{}" fill="currentColor">{}</text>').format(x + 14, y, text))
        x += 28 + len(text) * 6.4
    return parts
