"""`section3 new`: asks the seed's six questions and writes a runbook that holds the answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.author_import import SERVICE
from bot.cli.files import create
from bot.cli.people import USAGE, fail, say

if TYPE_CHECKING:
    from bot.runbooks.editing.skeleton import Answers, Change, Contact, Metric


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new")(new)


Words = Annotated[str, typer.Option(metavar="TEXT")]
Many = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="May be repeated.")]


def new(
    service: Annotated[str, typer.Argument(help="The service's id: lower case letters, digits and hyphens.")],
    playbooks: Annotated[Path, typer.Option("--playbooks", metavar="DIR", help="The folder.")] = Path("playbooks"),
    ask: Annotated[
        bool | None, typer.Option("--ask/--no-ask", help="Ask what no option says. Default: ask in a terminal.")
    ] = None,
    owner: Words = "",
    summary: Words = "",
    depends_on: Words = "",
    used_by: Words = "",
    dashboard: Annotated[str, typer.Option(metavar="URL")] = "",
    metric: Annotated[list[str] | None, typer.Option(metavar="NAME|GREEN|YELLOW|RED", help="May be repeated.")] = None,
    failure: Annotated[str, typer.Option(metavar="TEXT", help="The first failure's title.")] = "",
    severity: Annotated[str, typer.Option(metavar="SEV1…SEV4", help="The first failure's severity.")] = "",
    impact: Words = "",
    symptom: Many = None,
    alert: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Its alert. May be repeated.")] = None,
    words: Annotated[str, typer.Option(metavar="WORD, WORD, …", help="What people call it.")] = "",
    cause: Words = "",
    step: Annotated[list[str] | None, typer.Option(metavar="KIND: TEXT", help="Check, Act, Wait 5 min, …")] = None,
    verify: Words = "",
    contact: Annotated[list[str] | None, typer.Option(metavar="WHO|PHONE|FOR", help="In calling order.")] = None,
    roll_back_when: Many = None,
    authorised: Words = "",
    command: Annotated[str, typer.Option(metavar="COMMAND", help="The one command that rolls back.")] = "",
    rollback_verify: Words = "",
    in_flight: Words = "",
    partial: Words = "",
    queued: Words = "",
    change: Annotated[list[str] | None, typer.Option(metavar="WHEN|KIND|WHAT|FROM|TO|BY", help="The last one.")] = None,
) -> None:
    """Ask the six questions a runbook answers and write it. What is skipped stays as TODO(owner) for lint to find."""
    path = _path(playbooks, service)
    texts = {"owner": owner, "summary": summary, "depends_on": depends_on, "used_by": used_by, "dashboard": dashboard}
    texts |= {"failure": failure, "severity": severity, "impact": impact, "words": words, "cause": cause}
    texts |= {"verify": verify, "authorised": authorised, "rollback_verify": rollback_verify}
    texts |= {"in_flight": in_flight, "partial": partial, "queued": queued}
    lists = {"symptoms": symptom, "alerts": alert, "steps": step, "rollback_when": roll_back_when}
    answers = _given(service, texts, lists, {"metrics": metric, "contacts": contact, "changes": change}, command)
    if ask or (ask is None and sys.stdin.isatty()):
        answers = _interview(answers, path)
    _write(path, answers)


def _given(
    service: str,
    texts: dict[str, str],
    lists: dict[str, list[str] | None],
    tables: dict[str, list[str] | None],
    command: str,
) -> Answers:
    """The answers that the options give, by the names of their fields."""
    from dataclasses import replace

    from bot.runbooks.editing.skeleton import Answers

    values: dict[str, object] = {"rollback_command": _command(command)}
    values |= {name: _line(text) for name, text in texts.items()}
    values |= {name: _lines(given) for name, given in lists.items()}
    values |= {name: tuple(_row(name, one) for one in given or ()) for name, given in tables.items()}
    return replace(Answers(service), **values)  # type: ignore[arg-type]  # every name above is a field of Answers


def _path(playbooks: Path, service: str) -> Path:
    """The file of a new service."""
    if not SERVICE.fullmatch(service):
        fail(
            f"{service!r} is no service id. Use lower case letters, digits and hyphens, such as invoice-extract.", USAGE
        )
    if service == "readme":
        fail("README.md explains the folder and is read as no runbook. Choose another service id.", USAGE)
    path = playbooks / f"{service}.md"
    if path.exists():
        fail(f"{path} is there already and is left as it is. Edit it, or choose another name.")
    return path


def _line(text: str) -> str:
    """An answer is one line of Markdown."""
    return " ".join(text.split())


def _command(text: str) -> str:
    """A command as it is typed: people paste it with the code marks of the page it stood on."""
    return _line(text).strip("`~ ")


def _lines(texts: list[str] | None) -> tuple[str, ...]:
    return tuple(line for text in texts or () if (line := _line(text)))


_COLUMNS = {
    "metrics": ("name", "green", "yellow", "red"),
    "contacts": ("who", "phone", "for"),
    "changes": ("when", "kind", "what", "from", "to", "by"),
}


def _row(table: str, text: str) -> Metric | Contact | Change:
    """A row of one of the tables, from the parts of an option."""
    from bot.runbooks.editing.skeleton import Change, Contact, Metric

    columns = _COLUMNS[table]
    parts = [_line(part) for part in text.split("|")]
    if len(parts) != len(columns) or not all(parts):
        fail(f'"{text}" must be {" | ".join(columns)}.', USAGE)
    return Metric(*parts) if table == "metrics" else Contact(*parts) if table == "contacts" else Change(*parts)


_METRIC = ("Metric", "green", "yellow", "red")
_CONTACT = ("Who", "phone", "for what")
_CHANGE = ("When it changed last", "kind (prompt, model, index, dependency, config, code)", "what", "from", "to", "by")


def _interview(given: Answers, path: Path) -> Answers:
    """The answers with those that a person gives; when they stop in the middle, nothing is written."""
    try:
        return _asked(given)
    except typer.Abort:
        fail(f"stopped before the last question. {path} was not written.")


def _asked(given: Answers) -> Answers:
    """Ask for what is not given. An empty answer is one still owed."""
    from dataclasses import replace

    from bot.runbooks.editing.skeleton import OWED, Change, Contact, Metric
    from bot.runbooks.lint.readiness import QUESTIONS

    say(f"Six questions. Press Enter to skip one: it stays in the file as {OWED} until somebody answers it.")
    said: dict[str, object] = {}

    def one(name: str, question: str, read: Callable[[str], str] = _line) -> None:
        if not getattr(given, name):
            said[name] = read(_ask(question))

    def many(name: str, question: str) -> None:
        if not getattr(given, name):
            said[name] = tuple(_ask_many(question))

    def rows(name: str, kind: type[Metric | Contact | Change], columns: tuple[str, ...], most: int) -> None:
        if not getattr(given, name):
            said[name] = tuple(kind(*row) for row in _ask_rows(columns, most))

    def asked(number: int, hint: str = "") -> None:
        say(f"\n{number}. {QUESTIONS[number - 1].text}{hint}")

    say(f"\n{given.service}")
    one("summary", "What does it do, in one sentence?")
    one("depends_on", "What does it depend on? (or none)")
    one("used_by", "What depends on it? (or none)")
    one("owner", "Which team or rota owns it?")
    asked(1)
    one("dashboard", "Dashboard URL")
    rows("metrics", Metric, _METRIC, 5)
    asked(2, " Take the failure that you fear most.")
    one("failure", "Its title")
    one("severity", "How severe is it? (SEV1 to SEV4)")
    one("impact", "Who notices, and what does it cost them?")
    many("symptoms", "A symptom, with a number")
    many("alerts", "The name of its alert, if it has one")
    one("words", "Three words or more that people use for it, with commas")
    one("cause", "Its likely cause")
    asked(3)
    rows("contacts", Contact, _CONTACT, 9)
    asked(4)
    many("steps", "A step, such as: Check: `queue head` shows one id")
    one("verify", "How do you know that it worked, with a number?")
    asked(5)
    many("rollback_when", "A measured condition")
    one("authorised", "Who decides alone, without a meeting?")
    one("rollback_command", "The one command", _command)
    one("rollback_verify", "How do you see that it worked?")
    asked(6)
    one("in_flight", "In-flight workflows")
    one("partial", "Partial completions")
    one("queued", "Queued requests")
    say("\nAnd the change log.")
    rows("changes", Change, _CHANGE, 1)
    return replace(given, **said)  # type: ignore[arg-type]  # every name above is a field of Answers


def _ask(question: str) -> str:
    return _line(str(typer.prompt(question, default="", show_default=False, err=True)))


def _ask_many(question: str) -> list[str]:
    """Answers until an empty one."""
    found: list[str] = []
    while answer := _ask(f"{question} (Enter ends)" if found else question):
        found.append(answer)
    return found


def _ask_rows(columns: tuple[str, ...], most: int) -> list[list[str]]:
    """Rows of a table until one has no first cell; a cell left empty is one still owed."""
    from bot.runbooks.editing.skeleton import todo

    rows: list[list[str]] = []
    while len(rows) < most and (first := _ask(f"{columns[0]} (Enter ends)" if rows else columns[0])):
        rows.append([first, *(_ask(f"  {column}") or todo(column) for column in columns[1:])])
    return rows


def _write(path: Path, answers: Answers) -> None:
    from bot.runbooks.editing.skeleton import OWED, new_runbook

    text = new_runbook(answers, datetime.now(UTC).date())
    create(path, text)
    owed = text.count(OWED)
    rest = f" {owed} {'answer is' if owed == 1 else 'answers are'} still owed, marked {OWED}." if owed else ""
    typer.echo(f"{path} is written.{rest} Next: section3 lint {path}")
