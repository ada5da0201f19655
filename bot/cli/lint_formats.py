"""The reports of lint as text, JSON, GitHub annotations and SARIF. Pure: reports in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from bot import __version__
from bot.domain.runbook import Diagnostic, Level
from bot.runbooks.lint import RULES, Answer, Report
from bot.runbooks.lint.readiness import QUESTIONS
from bot.runbooks.parsing.diagnose import RULES as PARSER_RULES


def _all(reports: Sequence[Report]) -> Iterator[tuple[Report, Diagnostic, str | None]]:
    """Every diagnostic in the order of the files, silenced ones with the reason given."""
    for report in reports:
        both: list[tuple[Diagnostic, str | None]] = [(one, None) for one in report.diagnostics]
        both += [(silent.diagnostic, silent.reason) for silent in report.silenced]
        for one, reason in sorted(both, key=lambda pair: (pair[0].line, pair[0].column, pair[0].rule)):
            yield report, one, reason


def as_text(reports: Sequence[Report]) -> Iterator[str]:
    """`path:line:col: error E11 message`, one line each, as compilers write it."""
    for _, one, reason in _all(reports):
        place = f"{one.path}:{one.line}:{one.column}"
        if reason is None:
            yield f"{place}: {one.severity} {one.rule} {one.message}"
        else:
            yield f"{place}: silenced {one.rule} {one.message} (silenced because: {reason})"


def totals(reports: Sequence[Report]) -> str:
    """`3 files, 1 error, 2 warnings, 1 silenced.`"""
    silenced = sum(len(report.silenced) for report in reports)
    counts = [
        (len(reports), "file"),
        (sum(report.errors for report in reports), "error"),
        (sum(report.warnings for report in reports), "warning"),
    ]
    parts = [f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counts]
    return ", ".join(parts + [f"{silenced} silenced"] * bool(silenced)) + "."


def verdict(answer: Answer) -> str:
    """`yes`, or `no` and the rules behind it."""
    return "yes" if answer.yes else f"no {' '.join(answer.rules)}"


def readiness_rows(reports: Sequence[Report]) -> list[list[str]]:
    """The readiness table: a head, then a row for each file with an answer to each of the six questions."""
    head = ["service", *(question.name for question in QUESTIONS)]
    return [head] + [[report.service or report.path, *map(verdict, report.answers)] for report in reports]


def readiness_lines(reports: Sequence[Report]) -> Iterator[str]:
    """The readiness table for a narrow terminal: a line for each file, and one for each question not answered."""
    for report in reports:
        open_ = [answer for answer in report.answers if not answer.yes]
        said = f"{len(report.answers) - len(open_)} of {len(report.answers)} answered" if open_ else "all six answered"
        yield f"{report.service or report.path}: {said}"
        yield from (f"  {answer.question.name}: {verdict(answer)}" for answer in open_)


def as_json(reports: Sequence[Report]) -> str:
    """A list of objects, one per diagnostic. `silenced` holds the reason of a silenced one, else null."""
    found = [
        {
            "rule": one.rule,
            "severity": str(one.severity),
            "path": one.path,
            "line": one.line,
            "column": one.column,
            "message": one.message,
            "service": report.service,
            "silenced": reason,
        }
        for report, one, reason in _all(reports)
    ]
    return json.dumps(found, indent=2, ensure_ascii=False)


def as_github(reports: Sequence[Report]) -> Iterator[str]:
    """Workflow commands that GitHub shows beside the line; a silenced one is a notice."""
    for _, one, reason in _all(reports):
        kind = "notice" if reason is not None else str(one.severity)
        message = one.message if reason is None else f"{one.message} (silenced because: {reason})"
        place = f"file={_property(one.path)},line={one.line},col={one.column},title={_property(one.rule)}"
        yield f"::{kind} {place}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(reports: Sequence[Report]) -> str:
    """SARIF 2.1.0, as code scanning reads it. The readiness answers are in the run's properties."""
    rules = _sarif_rules()
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "section3", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(one, reason, index) for _, one, reason in _all(reports)],
        "properties": {
            "readiness": [
                {"service": report.service, "path": report.path}
                | {answer.question.name: verdict(answer) for answer in report.answers}
                for report in reports
            ]
        },
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _sarif_rules() -> list[dict[str, object]]:
    ours: list[dict[str, object]] = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.meaning},
            "fullDescription": {"text": rule.why},
            "help": {"text": rule.fix},
            "defaultConfiguration": {"level": str(rule.level)},
        }
        for rule in RULES.values()
    ]
    parsers: list[dict[str, object]] = [
        {"id": name, "shortDescription": {"text": meaning}, "defaultConfiguration": {"level": str(level)}}
        for name, (level, meaning) in PARSER_RULES.items()
    ]
    return [*ours, *parsers]


def _sarif_result(one: Diagnostic, reason: str | None, index: dict[object, int]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": one.rule,
        "ruleIndex": index[one.rule],
        "level": str(one.severity),
        "message": {"text": one.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(one.path)},
                    "region": {"startLine": one.line, "startColumn": one.column},
                }
            }
        ],
    }
    if reason is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    return result


def failed(reports: Sequence[Report]) -> bool:
    """Whether any file has an error that nobody silenced."""
    return any(one.severity is Level.ERROR for report in reports for one in report.diagnostics)
