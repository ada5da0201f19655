"""Text: what people type stays text, what authors write is shown, what is cut is seen to be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.demo.standin.blockkit.surfaces import check_blocks
from bot.slack.drawing.gate import gate
from bot.slack.drawing.markdown import blocks_of
from bot.slack.drawing.mrkdwn import (
    ago,
    clock,
    code,
    escape,
    inline,
    link,
    one_line,
    plain_minutes,
    shorten,
    shorten_mrkdwn,
    size,
    span,
    utc,
)
from tests.slack.drawn import MINUTE, START, picture


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("@here @Channel @everyone", "@\u200bhere @\u200bChannel @\u200beveryone"),
        ("mail me@hereford.example", "mail me@hereford.example"),
        ("&lt;", "&amp;lt;"),
        ("see `code` and ``` fence", "see ˋcodeˋ and ˋˋˋ fence"),
        ("see `code`", "see `code`"),
        ("\u202eevil\u202c", "evil"),
        ("שלום", "\u2068שלום\u2069"),
    ],
)
def test_typed_text_stays_text(typed: str, shown: str) -> None:
    assert escape(typed) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("run `agentctl a<b` **now**", "run `agentctl a&lt;b` *now*"),
        ("_soon_ or *later*", "_soon_ or _later_"),
        ("[the bank](https://evil.example)", "the bank (https://evil.example)"),
        ("![x](https://evil.example/a.png)", "x (https://evil.example/a.png)"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("two ``a ` b`` ticks", "two `a ˋ b` ticks"),
        ("odd ` tick", "odd ˋ tick"),
        ("> 60 min", "&gt; 60 min"),
        ("a_b_c and 2 * 3 * 4", "a_b_c and 2 * 3 * 4"),
        ("", ""),
    ],
)
def test_the_authors_markdown(written: str, shown: str) -> None:
    assert inline(written) == shown


def test_a_link_is_never_behind_other_words() -> None:
    assert link("https://grafana.example/d/1?a=1&b=2") == "<https://grafana.example/d/1?a=1&amp;b=2>"
    assert link("https://x.example|your bank") == "https://x.example|your bank"
    assert link("javascript:alert(1)") == "javascript:alert(1)"
    assert link("<https://x.example>") == "&lt;https://x.example&gt;"


@given(st.text(max_size=200), st.integers(1, 120))
def test_shortened_text_fits_and_says_that_it_is_shortened(text: str, limit: int) -> None:
    cut = shorten(text, limit)
    assert size(cut) <= limit
    if size(text) <= limit:
        assert cut == text
    else:
        assert cut.endswith("…") and text.startswith(cut[:-1])


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 15, "👩‍👩‍👧‍👦…"),
        ("ab👍🏽", 5, "ab…"),
        ("abe\u0301", 4, "abe\u0301"),
        ("abe\u0301x", 4, "ab…"),
        ("🔥🔥🔥", 4, "🔥…"),
        ("abc", 1, "…"),
    ],
)
def test_a_joined_character_is_kept_whole_or_left_out(text: str, limit: int, kept: str) -> None:
    assert shorten(text, limit) == kept


@given(st.text(alphabet="ab<>&;`🔥א ", max_size=120), st.integers(10, 60))
def test_shortened_mrkdwn_fits_and_opens_nothing(text: str, limit: int) -> None:
    cut = shorten_mrkdwn(escape(text), limit)
    assert size(cut) <= limit
    assert cut.count("`") % 2 == 0
    assert cut.count("\u2068") == cut.count("\u2069")
    rest = cut.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "")
    assert not set(rest) & set("<>&")


def test_one_line_is_one_line() -> None:
    assert one_line("a\n\n  b\tc") == "a b c"
    assert one_line("word " * 100, 20) == "word word word word…"


def test_times_are_the_readers_own_with_utc_for_those_who_cannot() -> None:
    assert clock(START) == "<!date^1795144260^{time}^03:11 UTC>"
    assert (
        clock(START, START + 13 * 60 * MINUTE) == "<!date^1795144260^{date_short_pretty} {time}^2026-11-20 03:11 UTC>"
    )
    assert clock(START, START + 60 * MINUTE) == "<!date^1795144260^{time}^03:11 UTC>"
    assert ago(START) == "<!date^1795144260^{ago}^since 03:11 UTC>"
    assert utc(START) == "03:11 UTC"


def test_durations() -> None:
    assert [span(0, minutes * MINUTE) for minutes in (1, 38, 60, 125)] == ["1 min", "38 min", "1 h", "2 h 5 min"]
    assert span(0, 0) == span(MINUTE, 0) == "less than 1 min"
    assert [plain_minutes(minutes) for minutes in (1, 2.5, 10)] == ["1 minute", "2.5 minutes", "10 minutes"]
    assert [plain_minutes(minutes) for minutes in (24.6876, 3.14159)] == ["25 minutes", "3.1 minutes"]


def test_code_has_no_way_out() -> None:
    assert code("a ` b\nc <d>") == "`a ˋ b c &lt;d&gt;`"
    assert code("  ") == ""


MARKDOWN = """\
Look at **both**:

- the queue
  - its head
- the workers

1. first
2. second

```sh
agentctl `x` <y>
```

| a | b |
|---|---|
| 1 | 2 |

<b>html</b>
"""


def test_paragraphs_lists_fences_and_tables_of_an_author() -> None:
    assert picture(blocks_of(MARKDOWN, 1500)) == snapshot("""\
Look at *both*:
• the queue
    • its head
• the workers
1. first
2. second
    agentctl `x` <y>
    | a | b |
    |---|---|
    | 1 | 2 |
&lt;b&gt;html&lt;/b&gt;\
""")


@given(st.text(alphabet="ab `*-_#>|[](){}<&1.\n\t!:~", max_size=200), st.integers(5, 300))
def test_any_markdown_makes_blocks_that_are_taken(text: str, limit: int) -> None:
    blocks = gate({"text": "t", "blocks": blocks_of(text, limit)})["blocks"]
    check_blocks(blocks)
