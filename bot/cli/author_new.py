"""`section3 new`: asks the seed's six questions and writes a runbook that holds the answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.author_import import SERVICE
from bot.cli.files import create
from bot.cli.people import USAGE, fail, say

if TYPE_CHECKING:
    from bot.runbooks.editing.skeleton import Answers, Contact, Metric


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new")(new)


Words = Annotated[str, typer.Option(metavar="TEXT")]


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
    impact: Words = "",
    symptom: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="May be repeated.")] = None,
    step: Annotated[list[str] | None, typer.Option(metavar="KIND: TEXT", help="Check, Act, Wait 5 min, …")] = None,
    verify: Words = "",
    contact: Annotated[list[str] | None, typer.Option(metavar="WHO|PHONE|FOR", help="In calling order.")] = None,
    roll_back_when: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="May be repeated.")] = None,
    authorised: Words = "",
    command: Annotated[str, typer.Option(metavar="COMMAND", help="The one command that rolls back.")] = "",
    rollback_verify: Words = "",
    in_flight: Words = "",
    partial: Words = "",
    queued: Words = "",
) -> None:
    """Ask the six questions a runbook answers and write it. What is skipped stays as TODO(owner) for lint to find."""
    from bot.runbooks.editing.skeleton import Answers, new_runbook

    path = _path(playbooks, service)
    answers = Answers(
        service,
        owner=_line(owner),
        summary=_line(summary),
        depends_on=_line(depends_on),
        used_by=_line(used_by),
        dashboard=_line(dashboard),
        metrics=tuple(_metric(one) for one in metric or ()),
        failure=_line(failure),
        impact=_line(impact),
        symptoms=_lines(symptom),
        steps=_lines(step),
        verify=_line(verify),
        contacts=tuple(_contact(one) for one in contact or ()),
        rollback_when=_lines(roll_back_when),
        authorised=_line(authorised),
        rollback_command=_command(command),
        rollback_verify=_line(rollback_verify),
        in_flight=_line(in_flight),
        partial=_line(partial),
        queued=_line(queued),
    )
    if ask or (ask is None and sys.stdin.isatty()):
        answers = _interview(answers, path)
    _write(path, new_runbook(answers))


def _path(playbooks: Path, service: str) -> Path:
    """The file of a new service."""
    if not SERVICE.match(service):
        fail(f"{service} is no service id. Use lower case letters, digits and hyphens, such as invoice-extract.", USAGE)
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


def _parts(text: str, names: tuple[str, ...]) -> list[str]:
    parts = [_line(part) for part in text.split("|")]
    if len(parts) != len(names) or not all(parts):
        fail(f'"{text}" must be {" | ".join(names)}.', USAGE)
    return parts


def _metric(text: str) -> Metric:
    from bot.runbooks.editing.skeleton import Metric

    return Metric(*_parts(text, ("name", "green", "yellow", "red")))


def _contact(text: str) -> Contact:
    from bot.runbooks.editing.skeleton import Contact

    return Contact(*_parts(text, ("who", "phone", "for")))


_METRIC = ("Metric", "green", "yellow", "red")
_CONTACT = ("Who", "phone", "for what")


def _interview(given: Answers, path: Path) -> Answers:
    """The answers with those that a person gives; when they stop in the middle, nothing is written."""
    try:
        return _asked(given)
    except typer.Abort:
        fail(f"stopped before the last question. {path} was not written.")


def _asked(given: Answers) -> Answers:
    """Ask for what is not given. An empty answer is one still owed."""
    from dataclasses import replace

    from bot.runbooks.editing.skeleton import Contact, Metric
    from bot.runbooks.lint.readiness import QUESTIONS

    say("Six questions. Press Enter to skip one: it stays in the file as TODO(owner) until somebody answers it.")
    said: dict[str, object] = {}

    def one(name: str, question: str, read: Callable[[str], str] = _line) -> None:
        if not getattr(given, name):
            said[name] = read(_ask(question))

    def many(name: str, question: str, read: Callable[[str], object] = lambda text: text) -> None:
        if not getattr(given, name):
            said[name] = tuple(read(text) for text in _ask_many(question))

    def asked(number: int, hint: str = "") -> None:
        say(f"\n{number}. {QUESTIONS[number - 1].text}{hint}")

    say(f"\n{given.service}")
    one("summary", "What does it do, in one sentence?")
    one("depends_on", "What does it depend on? (or none)")
    one("used_by", "What depends on it? (or none)")
    one("owner", "Which team or rota owns it?")
    asked(1)
    one("dashboard", "Dashboard URL")
    if not given.metrics:
        said["metrics"] = tuple(Metric(*row) for row in _ask_rows(_METRIC, 5))
    asked(2, " Take the failure that you fear most.")
    one("failure", "Its title")
    one("impact", "Who notices, and what does it cost them?")
    many("symptoms", "A symptom, with a number")
    asked(3)
    if not given.contacts:
        said["contacts"] = tuple(Contact(*row) for row in _ask_rows(_CONTACT, 9))
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


def _write(path: Path, text: str) -> None:
    create(path, text)
    owed = text.count("TODO(owner)")
    rest = f" {owed} {'answer is' if owed == 1 else 'answers are'} still owed, marked TODO(owner)." if owed else ""
    typer.echo(f"{path} is written.{rest} Next: section3 lint {path}")
