"""A team's own templates: held to the same context, refused with a place, and unable to do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.runbook import Level
from bot.postmortem.drafting.example import examples
from bot.postmortem.drafting.render import HTML, MARKDOWN, Renderer, render_html, render_markdown
from bot.postmortem.drafting.templates import RULES, check_templates
from bot.runbooks.resources import templates_dir

KEYS = tuple(field.key for field in examples()[1].fields)
BLANKS = "".join(f"{{{{ blank('{key}') }}}}\n" for key in KEYS)


def found(folder: Path) -> list[tuple[str, str, int]]:
    return [(one.rule, Path(one.path).name, one.line) for one in check_templates(folder)]


def test_our_own_are_right() -> None:
    own = [one for one in check_templates(templates_dir()) if one.rule != "T04"]
    assert own == []


@pytest.mark.parametrize(
    ("template", "rule", "line"),
    [
        ("{% if %}", "T01", 1),
        ("one\n{% include 'gone.j2' %}", "T01", 2),
        ("one\ntwo\n{{ report.nonsense }}", "T02", 3),
        ("{{ nonsense }}", "T02", 1),
        ("one\n{{ blank('nonsense') }}", "T02", 2),
        ("{{ report.__class__.__mro__ }}", "T02", 1),
        ("one\n{{ 1 / 0 }}", "T02", 2),
        ("{{ report.timeline.append(1) }}", "T02", 1),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, template: str, rule: str, line: int) -> None:
    (tmp_path / MARKDOWN).write_text(BLANKS.replace("\n", "") + template)
    assert (rule, MARKDOWN, line) in found(tmp_path)
    (one, *_) = check_templates(tmp_path)
    assert one.severity is Level.ERROR


def test_a_field_that_is_left_out_and_a_file_that_is_not_used(tmp_path: Path) -> None:
    (tmp_path / MARKDOWN).write_text(BLANKS.replace("{{ blank('luck') }}\n", "{% include 'part.j2' %}"))
    (tmp_path / "part.j2").write_text("{{ report.name }}")
    (tmp_path / "stray.md.j2").write_text("x")
    assert found(tmp_path) == [("T03", MARKDOWN, 1), ("T04", "stray.md.j2", 1)]
    assert "blank('luck')" in check_templates(tmp_path)[0].message


def test_no_folder(tmp_path: Path) -> None:
    assert found(tmp_path / "gone") == [("T05", "gone", 1)]
    assert set(RULES) == {"T01", "T02", "T03", "T04", "T05"}


def test_a_team_s_template_wins_and_ours_fills_in(tmp_path: Path) -> None:
    (tmp_path / MARKDOWN).write_text("# {{ report.name }} for the board\n" + BLANKS)
    assert found(tmp_path) == []
    full = examples()[0]
    assert render_markdown(full, tmp_path).startswith("# INC-1 for the board\n")
    assert render_html(full, tmp_path) == render_html(full)


def test_whatever_a_template_does_text_is_escaped(tmp_path: Path) -> None:
    (tmp_path / MARKDOWN).write_text(
        "{{ report.symptom | upper }} {{ '*' ~ report.service }} {{ report.symptom[0:4] }}"
    )
    (tmp_path / HTML).write_text("{{ report.symptom | upper }} {{ report.symptom ~ '<' }}")
    made = examples()[0].model_copy(update={"symptom": "*a* <b>", "service": "x_y"})
    renderer = Renderer(tmp_path)
    assert renderer.markdown(made) == r"\*A\* \<B\> \*x\_y \*a\*"
    assert renderer.html(made) == "*A* &lt;B&gt; *a* &lt;b&gt;&lt;"


def test_the_examples_leave_nothing_unseen() -> None:
    full = examples()[0]
    lists = [name for name, value in full if isinstance(value, tuple) and not value]
    assert lists == []
