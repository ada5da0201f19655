"""Are a team's own templates right? Each is rendered with the same context as the real document, strictly."""

from __future__ import annotations

import traceback
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_referenced_templates

from bot.domain.runbook import Diagnostic, Level
from bot.postmortem.drafting.example import examples
from bot.postmortem.drafting.render import HTML, MARKDOWN, Renderer
from bot.postmortem.drafting.report import Report

RULES: dict[str, tuple[Level, str]] = {
    "T01": (Level.ERROR, "The template cannot be read: its syntax is wrong or a part it includes is not there."),
    "T02": (Level.ERROR, "The template uses something that the context does not have, or may not be used."),
    "T03": (Level.WARNING, "The template never prints a field, so nobody is asked to fill it."),
    "T04": (Level.WARNING, "The file is no template that section3 uses, and none of those includes it."),
    "T05": (Level.ERROR, "There is no such folder."),
}
"""Every rule about templates: how bad it is and what it means."""


def check_templates(folder: Path) -> tuple[Diagnostic, ...]:
    """What is wrong with the templates of a folder, in the order of the files. A folder without any is right: ours are
    used then."""
    if not folder.is_dir():
        return (_said("T05", folder, 1, f"There is no folder {folder}."),)
    found: list[Diagnostic] = []
    used = {MARKDOWN, HTML}
    for name in (MARKDOWN, HTML):
        path = folder / name
        if path.is_file():
            found += _checked(folder, name, path)
            used |= _includes(folder, name)
    for path in sorted(folder.glob("*.j2")):
        if path.name not in used:
            known = f"{MARKDOWN} and {HTML}"
            found.append(
                _said("T04", path, 1, f"{path.name} is not used: section3 renders {known} and what they include.")
            )
    return tuple(sorted(found, key=lambda one: (one.path, one.line, one.rule)))


def _checked(folder: Path, name: str, path: Path) -> list[Diagnostic]:
    renderer = Renderer(folder)
    found: dict[str, Diagnostic] = {}
    for made in examples():
        trouble = _rendered(renderer, name, path, made)
        found |= {one.message: one for one in trouble}
        if any(one.severity is Level.ERROR for one in trouble):
            break
    return list(found.values())


def _rendered(renderer: Renderer, name: str, path: Path, made: Report) -> list[Diagnostic]:
    try:
        _, printed = renderer.render(name, made)
    except TemplateSyntaxError as error:
        where = path.parent / (error.name or name)
        return [_said("T01", where, error.lineno, f"{_clause(error)}.")]
    except (UndefinedError, SecurityError) as error:
        return [_said("T02", path, _line(error, path), f"{_clause(error)}. docs/postmortem.md lists the context.")]
    except TemplateError as error:
        return [_said("T01", path, _line(error, path), f"{_clause(error)}.")]
    except Exception as error:  # a template can do anything with a value: 1 / 0, a filter on the wrong type
        return [_said("T02", path, _line(error, path), f"{type(error).__name__}: {_clause(error)}.")]
    forgotten = [field for field in made.fields if field.key not in printed]
    return [
        _said("T03", path, 1, f"The field {field.key} is never printed: write {{{{ blank('{field.key}') }}}}.")
        for field in forgotten
        if not field.key.startswith("state_")
    ]


def _clause(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


def _line(error: BaseException, path: Path) -> int:
    """The line of the template where it went wrong: Jinja names templates in tracebacks as if they were source."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    return frames[-1].lineno or 1 if frames else 1


def _includes(folder: Path, name: str) -> set[str]:
    """The names of all parts that a template includes, imports or extends."""
    environment = Renderer(folder).environments[name]
    found: set[str] = set()
    todo = [name]
    while todo:
        path = folder / todo.pop()
        if not path.is_file():
            continue
        try:
            tree = environment.parse(path.read_text(encoding="utf-8"))
        except (TemplateError, UnicodeDecodeError):
            continue
        new = {one for one in find_referenced_templates(tree) if one} - found
        found |= new
        todo += new
    return found


def _said(rule: str, path: Path, line: int, message: str) -> Diagnostic:
    return Diagnostic(rule=rule, severity=RULES[rule][0], path=str(path), line=line, message=message)
