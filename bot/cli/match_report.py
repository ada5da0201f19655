"""What `section3 match` and `section3 eval` print for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from bot.runbooks.match.evaluate import Outcome, Report
from bot.runbooks.match.model import Candidate, Match, Verdict

_HEADS = {
    Verdict.DOCUMENTED: "documented",
    Verdict.UNSURE: "unsure: one of these, or none of them",
    Verdict.UNDOCUMENTED: "not documented",
}
_SHOWN = {Verdict.DOCUMENTED: 1, Verdict.UNSURE: 3, Verdict.UNDOCUMENTED: 3}


def answer_lines(match: Match) -> Iterator[str]:
    """One answer: the verdict, the candidates worth showing, and why."""
    yield _HEADS[match.verdict]
    shown = match.candidates[: _SHOWN[match.verdict]]
    if match.verdict is Verdict.UNDOCUMENTED and shown:
        yield "nearest, not matching:"
    for candidate in shown:
        yield from _candidate(candidate)
    if match.elsewhere is not None and match.verdict is not Verdict.UNDOCUMENTED:
        yield f"{match.elsewhere.id} belongs to another service, {match.elsewhere.service}."
    if match.note:
        yield match.note


def next_line(match: Match, service: str | None = None, options: Sequence[str] = ()) -> str:
    """What to type next: the command that shows the first answer's steps, or whom to call when there is none.

    `service` is the one that was asked about, None when nobody said or when no runbook is called so: whom to call then
    is not for us to guess from the nearest entry.
    """
    if match.verdict is not Verdict.UNDOCUMENTED and match.best is not None:
        words = ["show", match.best.service, match.best.id]
    else:
        words = ["phone", service] if service else ["list"]
    return f"Next: {shlex.join(['section3', *words, *options])}"


def _candidate(candidate: Candidate) -> Iterator[str]:
    draft = " (draft, nobody has reviewed it)" if candidate.draft else ""
    title = "" if candidate.title == candidate.id else f" {candidate.title}"
    yield f"  {candidate.id}{title} · {candidate.service} · {candidate.score:.0%}{draft}"
    for reason in candidate.why:
        yield f"      {reason}"


def lines(report: Report) -> Iterator[str]:
    """The figures of an evaluation."""
    documented, undocumented = report.documented, report.undocumented
    yield f"{len(documented)} documented and {len(undocumented)} undocumented queries, {report.entries} entries"
    yield ""
    yield f"R@1 {_share(report.recall(1))}   R@3 {_share(report.recall(3))}   MRR {_share(report.mrr)}"
    yield f"AUROC {_share(report.auroc)}   with the right entry removed {_share(report.auroc_removed)}"
    yield f"answered (not refused, right one in the top 3) {_share(report.answered)}"
    yield ""
    yield f"{'verdicts':<28}{'documented':>12}{'unsure':>12}{'undocumented':>14}"
    for name, outcomes in (
        ("documented queries", documented),
        ("undocumented queries", undocumented),
        ("right entry removed", report.removed),
    ):
        if outcomes:
            yield _verdict_row(name, report, outcomes)
    yield ""
    yield from _reliability(report)
    yield ""
    yield from _worst(report)
    speed = report.milliseconds
    if speed is not None:
        yield f"{speed[0]:.2f} ms a query (p95 {speed[1]:.2f}), index built in {report.index_seconds * 1000:.0f} ms"


def _verdict_row(name: str, report: Report, outcomes: Sequence[Outcome]) -> str:
    rates = report.verdicts(outcomes)
    return (
        f"{name + f' ({len(outcomes)})':<28}{rates['documented']:>12.1%}{rates['unsure']:>12.1%}"
        f"{rates['undocumented']:>14.1%}"
    )


def _reliability(report: Report) -> Iterator[str]:
    yield f"{'score of the first':<28}{'queries':>12}{'mean score':>12}{'right':>14}"
    for row in report.reliability():
        yield f"{f'{row.low:.2f} to {row.high:.2f}':<28}{row.count:>12}{row.said:>12.2f}{row.true:>14.2f}"


def _worst(report: Report) -> Iterator[str]:
    worst = report.worst()
    if not worst:
        return
    yield "worst misses"
    for one in worst:
        best = one.match.best
        found = f"{best.id} {best.score:.2f}" if best else "nothing"
        rank = f", right one at {one.rank}" if one.rank else ""
        text = " ".join((one.case.text or one.case.alert or "").split())
        yield f"  {found}, wanted {one.case.gold or 'none'}{rank}: {text[:100]}"
    yield ""


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
