"""What a person reads: visible words, and messages drawn for a terminal."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from inline_snapshot import snapshot
from rich.cells import cell_len
from rich.console import Console

from bot.demo.standin import Modal, Posted, StandIn, StandInConfig, UserConfig, render_message, render_view
from tests.demo.standin_app import button, call, modal, mrkdwn, plain

AT = 1_700_000_000
HEAD: list[dict[str, Any]] = [
    {"type": "header", "text": plain("SEV2 · INC-42")},
    mrkdwn(
        f'*Sam* said "queue stuck", <!date^{AT}^{{date_short}} {{time}}|22:13>\n_Lead:_ <@U0002ALICE> in <#C0002AP>'
    ),
    {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": "*Lead*\nnobody"}, {"type": "mrkdwn", "text": "*Now*\nIX-04"}],
    },
    mrkdwn("Run this:\n```agentctl queue head```\n*Expect:* `at most one` &lt;id&gt; <https://example.org|repeats>"),
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [button("I have it", "a", style="primary"), button("Roll back…", "b", style="danger")],
    },
    {"type": "context", "elements": [plain("next update 03:41")]},
]


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    users = (UserConfig(name="alice", tz="Europe/Berlin"), UserConfig(name="bob"))
    async with await StandIn.start(StandInConfig(rates=0, users=users)) as started:
        yield started


async def posted(slack: StandIn, blocks: list[dict[str, Any]], text: str = "INC-42 opened") -> Posted:
    answer = await call(slack, "chat.postMessage", channel=slack.channel("#ap").id, text=text, blocks=blocks)
    assert answer["ok"], answer
    return slack.channel("#ap").messages[-1]


def without_time(drawn: str) -> str:
    """The first line names the time of the post."""
    return drawn.partition("\n")[2]


async def test_visible_text_is_what_a_person_reads(slack: StandIn) -> None:
    message = await posted(slack, HEAD)
    assert message.text == snapshot(
        """\
SEV2 · INC-42
Sam said "queue stuck", Nov 14, 2023 22:13
Lead: @alice in #ap
Lead
nobody
Now
IX-04
Run this:
agentctl queue head
Expect: at most one <id> repeats
[I have it] [Roll back…]
next update 03:41\
"""
    )
    assert "23:13" in slack.user("alice").reads(message)
    assert message.notification == "INC-42 opened"


async def test_a_message_drawn_for_a_terminal(slack: StandIn) -> None:
    message = await posted(slack, HEAD)
    await slack.user("bob").react(message, "pushpin")
    assert without_time(render_message(message, 60)) == snapshot(
        """\
│ SEV2 · INC-42
│ Sam said "queue stuck", Nov 14, 2023 22:13
│ Lead: @alice in #ap
│ Lead                          Now
│ nobody                        IX-04
│ Run this:
│
│     agentctl queue head
│
│ Expect: `at most one` <id> repeats
│ ──────────────────────────────────────────────────────────
│ [I have it]  [Roll back…]
│ next update 03:41
│ :pushpin: 1\
"""
    )


@pytest.mark.parametrize("width", [24, 40, 88])
async def test_no_line_is_wider_than_asked(slack: StandIn, width: int) -> None:
    long = mrkdwn("*bold " + "word " * 40 + "* " + "x" * 200 + " 日本語 " * 20)
    buttons = {"type": "actions", "elements": [button(f"Button {n}", str(n)) for n in range(6)]}
    message = await posted(slack, [long, buttons, *HEAD])
    drawn = render_message(message, width)
    assert max(map(cell_len, drawn.splitlines()[1:])) <= width
    assert drawn.count("x") >= 200


async def test_an_accessory_stands_beside_its_text(slack: StandIn) -> None:
    done = mrkdwn("✓ 1 Check: as expected · noor 03:11") | {"accessory": button("Change", "c")}
    long = mrkdwn("word " * 12) | {"accessory": button("Change", "d")}
    message = await posted(slack, [done, long])
    assert without_time(render_message(message, 50)) == snapshot(
        """\
│ ✓ 1 Check: as expected · noor 03:11     [Change]
│ word word word word word word word      [Change]
│ word word word word word\
"""
    )
    assert "\n│ [Change]" in render_message(message, 24)


async def test_markup_shows_the_same_words_and_no_markup_of_its_own_leaks(slack: StandIn) -> None:
    message = await posted(slack, [mrkdwn("*a [red]b[/red]* \\ *e\\* `f\\` g\\"), *HEAD])
    out = io.StringIO()
    console = Console(file=out, width=200, color_system=None)
    console.print(render_message(message, 60, rich=True), highlight=False, emoji=False)
    assert out.getvalue().rstrip("\n") == render_message(message, 60).replace("`", "")


async def test_a_modal_drawn_for_a_terminal(slack: StandIn) -> None:
    alice = slack.user("alice")
    field = {
        "type": "input",
        "label": plain("Symptom"),
        "hint": plain("What you see"),
        "element": {"type": "plain_text_input", "action_id": "t", "placeholder": plain("queue stuck")},
    }
    trigger = slack.workspace.rights.trigger(alice.id)
    await call(
        slack, "views.open", trigger_id=trigger, view=modal(mrkdwn("*Declare* it"), field, close=plain("Cancel"))
    )
    shown = await alice.modal()
    assert isinstance(shown, Modal)
    await shown.fill("Symptom", "nothing moves")
    assert render_view(shown, 50) == snapshot(
        """\
Title  seen by alice
│ Declare it
│ Symptom: nothing moves — What you see
│
│ [Cancel]  [Go]\
"""
    )


async def test_tables_lists_and_plans_read_in_order(slack: StandIn) -> None:
    rows = [[{"type": "raw_text", "text": cell} for cell in row] for row in (("step", "state"), ("Check", "done"))]
    item = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": "one"}, {"type": "emoji", "name": "eyes"}],
    }
    listing = {"type": "rich_text_list", "style": "ordered", "elements": [item, item]}
    message = await posted(
        slack,
        [
            {"type": "table", "rows": rows},
            {"type": "rich_text", "elements": [listing]},
            {
                "type": "plan",
                "title": "Plan",
                "tasks": [{"type": "task_card", "task_id": "1", "title": "Restart", "status": "complete"}],
            },
        ],
    )
    assert without_time(render_message(message)) == snapshot(
        """\
│ step   state
│ Check  done
│ 1. one:eyes:
│ 2. one:eyes:
│ Plan
│ complete: Restart\
"""
    )
