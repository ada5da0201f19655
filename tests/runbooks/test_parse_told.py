"""What the parser says about a file: every rule, at its place."""

from __future__ import annotations

import pytest

from bot.runbooks.parsing.diagnose import RULES
from bot.runbooks.parsing.parse import MAX_BYTES
from tests.runbooks.test_parse import HEAD, read, rules

_FRONT = "---\nservice: a-b\n{}\n---\n\n## 5. Rollback\n\nx\n"
_STEPS = "---\nservice: a-b\n---\n\n## 3. Common failures\n\n### AB-01 X\n\n**Steps:**\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("P01", 1, 1)]),
        ("just prose\n\n## Other\n", [("P01", 1, 1), ("P08", 3, 1)]),
        (b"\xff\xfea\x00", [("P02", 1, 1)]),
        (b"---\nservice: a-b\n---\n\n## 5. Rollback\n\nab\xe9\n", [("P02", 7, 3)]),
        (b"\xef\xbb\xbf---\r\nservice: a-b\r\n---\r\n\r\nx\0y\r\n", [("P02", 5, 2)]),
        ("---\nservice: a-b\n\n## 5. Rollback\n", [("P03", 1, 1)]),
        (_FRONT.format("aliases: [a"), [("P03", 3, 12)]),
        (_FRONT.format("owner: *nobody"), [("P03", 3, 8)]),
        (_FRONT.format("- a"), [("P03", 3, 1)]),
        ("---\nowner: me\n---\n\n## 5. Rollback\n", [("P04", 1, 1)]),
        (_FRONT.format("reviewed: soon"), [("P05", 3, 1)]),
        (_FRONT.format("reviewed: 2026-13-40"), [("P05", 3, 1)]),
        (_FRONT.format("timezone: Mars/Olympus"), [("P05", 3, 1)]),
        (_FRONT.format("aliases: {a: b}"), [("P05", 3, 1)]),
        (_FRONT.format("owner: [a]"), [("P05", 3, 1)]),
        (_FRONT.format("private: perhaps"), [("P05", 3, 1)]),
        (_FRONT.format("lint: [W13]"), [("P05", 3, 1)]),
        (_FRONT.format("owner: ann\nService: y\nowner: bob\nowner: cy"), [("P05", n, 1) for n in (4, 5, 6)]),
        ("---\nservice: My Service\n---\n\n## 5. Rollback\n", [("P05", 2, 1)]),
        (_STEPS + "1. x\n   ```sh\n   ls\n", [("P06", 11, 4)]),
        (_STEPS + "1. x\n   ```sh\n   ls\n```\n2. y\n", [("P06", 11, 4), ("P06", 13, 1)]),
        (HEAD + "## 5. Rollback\n\n<!-- open\n\n## 6. Change log\n", [("P06", 9, 1)]),
        (HEAD + "## 5. Rollback\n\n## Rollback\n", [("P07", 9, 1)]),
        (HEAD + "## Changes\n\n# Second title\n", [("P08", 7, 1), ("P08", 9, 1)]),
        (b"#" * (MAX_BYTES + 1), [("P09", 1, 1)]),
        (HEAD + "## 6. Change log\n\n| When | Kind |\n| a | b |\n", [("P10", 9, 1)]),
        (HEAD + "## 6. Change log\n\n| When | Kind |\n|---|---|\n| a | b | c |\n", [("P10", 11, 1)]),
        (_STEPS + "1. x\n\n**Impact:** a\n\n**impact:** b\n", [("P11", 14, 1)]),
        (_STEPS + "1. **Check:** x *If not:* go to step 4.\n", [("P12", 10, 1)]),
        (HEAD + "## 3. Common failures\n\n### Two words\n", [("P13", 9, 5)]),
        (HEAD + "## 3. Common failures\n\n<!-- c -->\n\nintro\n", [("P14", 11, 1)]),
        (HEAD + "## 3. Common failures\n\n### AB-01 X\n\n- **Owner:** a\n", [("P15", 11, 1)]),
    ],
)
def test_diagnostics_name_the_place(text: str | bytes, expected: list[tuple[str, int, int]]) -> None:
    parsed = read(text)
    assert rules(parsed) == expected
    for one in parsed.diagnostics:
        assert one.path == "a-b.md"
        assert one.severity is RULES[one.rule][0]
        assert one.message.endswith((".", "?"))
    assert parsed.usable == all(one.severity == "warning" for one in parsed.diagnostics)


def test_every_parser_rule_is_shown_above() -> None:
    mark = next(mark for mark in test_diagnostics_name_the_place.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]
    assert {rule for _, found in mark.args[1] for rule, _, _ in found} == set(RULES)
