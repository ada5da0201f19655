"""`section3 match` and `section3 eval`: the right playbook from a few words, and how often that is right."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bot.cli.people import NO, USAGE, fail, nearest, say
from bot.cli.shelf import Playbooks, open_shelf

if TYPE_CHECKING:
    from bot.domain.runbook import Runbook
    from bot.runbooks.match import Index, Query
    from bot.runbooks.match.evaluate import Report
    from bot.runbooks.match.lines import Case


_SEMANTIC = escape("Compare by meaning too: needs the extra section3[semantic].")


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSONL = "jsonl"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("match")(match)
    app.command("eval")(evaluate)


def match(
    text: Annotated[
        list[str] | None, typer.Argument(help="What you see, in your words. Default: lines on stdin.")
    ] = None,
    playbooks: Playbooks = None,
    service: Annotated[str | None, typer.Option(metavar="NAME", help="The service it is about.")] = None,
    alert: Annotated[str | None, typer.Option(metavar="NAME", help="The exact name of the alert that fired.")] = None,
    severity: Annotated[str | None, typer.Option(metavar="SEV", help="critical, warning, SEV2, …")] = None,
    label: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A label of the alert.")] = None,
    metric: Annotated[list[str] | None, typer.Option(metavar="NAME=NUMBER", help="A measured value.")] = None,
    semantic: Annotated[bool, typer.Option("--semantic", help=_SEMANTIC)] = False,
    format: Annotated[
        Format | None, typer.Option("--format", help="Default: text for an argument, jsonl for lines on stdin.")
    ] = None,
) -> None:
    """Find the playbook for what somebody sees, or say that there is none.

    Without TEXT, each line of stdin is a JSON object with text, service, alert, labels, severity and metrics, and
    each is answered by a line. Exits 1 when a line could not be read.
    """
    asked = " ".join(text or ())
    options = any((service, alert, severity, label, metric))
    if not asked.strip() and not alert and not metric:
        if options or text:
            fail("nothing to match: say what you see, or give --alert or --metric.", USAGE)
        if format is Format.TEXT or sys.stdin.isatty():
            fail('nothing to match: say what you see (section3 match "queue is stuck"), or pipe JSON lines in.', USAGE)
        _answer_lines(_index(_books(playbooks), semantic), sys.stdin.buffer)
        return
    query = _query(asked, service, alert, severity, label or [], metric or [])
    books = _books(playbooks)
    known = _known(service, books)
    if service and not known:
        say(f"section3: no runbook for the service {service}. {nearest(service, (b.service for b in books))}")
    answer = _index(books, semantic).match(query)
    if format is Format.JSONL:
        from bot.runbooks.match.lines import write_match

        typer.echo(json.dumps(write_match(answer), ensure_ascii=False))
        return
    from bot.cli.match_report import answer_lines, next_line

    folder = ["--playbooks", str(playbooks)] if playbooks is not None else []
    typer.echo("\n".join([*answer_lines(answer), next_line(answer, known, folder)]))


def evaluate(
    queries: Annotated[Path, typer.Argument(metavar="QUERIES.jsonl", help="Queries, each with the right id as gold.")],
    playbooks: Playbooks = None,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    twins: Annotated[
        bool, typer.Option(help="Ask each documented query again with its right entry removed: it should be refused.")
    ] = True,
    semantic: Annotated[bool, typer.Option("--semantic", help=_SEMANTIC)] = False,
    most_false: Annotated[
        float | None, typer.Option("--max-false-documented", min=0, max=1, help="Exit 1 above this share.")
    ] = None,
    least_first: Annotated[float | None, typer.Option("--min-r1", min=0, max=1, help="Exit 1 below this R@1.")] = None,
) -> None:
    """Measure the matcher on queries with known answers.

    Each line of QUERIES.jsonl is a query as for `match` with "gold": the id of the right entry, or null when no entry
    describes it. Blank lines and lines that begin with # are skipped.
    """
    from bot.runbooks.match.evaluate import evaluate as measure
    from bot.runbooks.match.evaluate import figures

    cases = list(_cases(queries))
    if not cases:
        fail(f"{queries}: there is no query in it.", USAGE)
    books = _books(playbooks)
    known = {mode.id.casefold() for book in books for mode in book.failures}
    for case in cases:
        if case.gold is not None and case.gold.casefold() not in known:
            fail(f"{queries}: no runbook has the entry {case.gold}. Is --playbooks the right folder?", USAGE)
    report = measure(books, cases, time.perf_counter, twins, lambda found: _index(found, semantic))
    if as_json:
        typer.echo(json.dumps(figures(report), ensure_ascii=False, indent=1))
    else:
        from bot.cli.match_report import lines

        typer.echo("\n".join(lines(report)))
    _hold(report, most_false, least_first)


def _hold(report: Report, most_false: float | None, least_first: float | None) -> None:
    wrong = report.verdicts(report.undocumented)["documented"]
    if most_false is not None and wrong > most_false:
        fail(f"{wrong:.1%} of the undocumented queries were stated as documented, allowed are {most_false:.1%}.")
    first = report.recall(1)
    if least_first is not None and (first is None or first < least_first):
        fail(f"R@1 is {'unknown' if first is None else format(first, '.3f')}, wanted is {least_first:.3f} or more.")


def _index(books: Iterable[Runbook], semantic: bool) -> Index:
    from bot.runbooks.match import Index

    if not semantic:
        return Index(books)
    from bot.runbooks.match.semantic import UnavailableError, load

    try:
        return Index(books, load(Path(typer.get_app_dir("section3")) / "vectors.sqlite3"))
    except UnavailableError as error:
        fail(f"--semantic: {error}", USAGE)


def _books(playbooks: Path | None) -> list[Runbook]:
    return list(open_shelf(playbooks).runbooks())


def _known(service: str | None, books: Iterable[Runbook]) -> str | None:
    """The id of the runbook that is called so, by its id or an alias."""
    name = (service or "").strip().casefold()
    return next((book.service for book in books if name in (book.service, *map(str.casefold, book.aliases))), None)


def _query(
    text: str, service: str | None, alert: str | None, severity: str | None, labels: list[str], metrics: list[str]
) -> Query:
    from bot.runbooks.match import Query

    values: dict[str, float] = {}
    for name, value in _pairs(metrics, "--metric"):
        try:
            values[name] = float(value)
        except ValueError:
            fail(f"--metric {name}={value}: {value} is not a number.", USAGE)
    return Query(
        text=text,
        service=service,
        alert=alert,
        severity=severity,
        labels=dict(_pairs(labels, "--label")),
        metrics=values,
    )


def _pairs(written: Iterable[str], option: str) -> Iterator[tuple[str, str]]:
    for one in written:
        name, found, value = one.partition("=")
        if not found or not name:
            fail(f"{option} {one}: write NAME=VALUE.", USAGE)
        yield name.strip(), value.strip()


def _answer_lines(index: Index, source: Iterable[bytes]) -> None:
    from bot.runbooks.match.lines import LineError, read_query, write_match

    broken = 0
    for number, raw in enumerate(source, 1):
        if not raw.strip():
            continue
        try:
            query, extra = read_query(raw.decode("utf-8-sig"))
            answer = write_match(index.match(query), extra)
        except (LineError, UnicodeDecodeError) as error:
            broken += 1
            said = (
                str(error) if isinstance(error, LineError) else f"not UTF-8: {error.reason} at byte {error.start + 1}"
            )
            answer = {"error": said, "line": number}
        typer.echo(json.dumps(answer, ensure_ascii=False))
    if broken:
        fail(f"{broken} line{'s' if broken > 1 else ''} could not be read; the others are answered.", NO)


def _cases(path: Path) -> Iterator[Case]:
    from bot.runbooks.match.lines import LineError, read_case

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.", USAGE)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            try:
                yield read_case(line)
            except LineError as error:
                fail(f"{path}:{number}: {error}", USAGE)
