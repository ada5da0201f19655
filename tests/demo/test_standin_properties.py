"""The checks never stumble over a payload, never refuse what the official models build, and what passes can be read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models import blocks as kit
from slack_sdk.models.views import View

from bot.demo.standin import OffsetClock, StandInConfig
from bot.demo.standin.blockkit import check_blocks, check_view
from bot.demo.standin.blockkit.blocks import BLOCKS
from bot.demo.standin.blockkit.elements import ELEMENTS
from bot.demo.standin.changes import Changes
from bot.demo.standin.errors import SlackError
from bot.demo.standin.mentions import mentions_in
from bot.demo.standin.reading import Eyes
from bot.demo.standin.terminal import wrap
from bot.demo.standin.words import STYLED
from bot.demo.standin.workspace import Workspace

WORKSPACE = Workspace(StandInConfig(), OffsetClock(), Changes())
KEYS = sorted(
    {name for shape in (*BLOCKS.values(), *ELEMENTS.values()) for name in (*shape.required, *shape.optional)}
    | {"type", "text", "value", "elements", "style", "user_id", "range", "url"}
)
TYPES = sorted({*BLOCKS, *ELEMENTS, "plain_text", "mrkdwn", "rich_text_section", "rich_text_list", "text", "user"})
SCALARS = st.none() | st.booleans() | st.integers(-5, 5000) | st.text(max_size=8) | st.sampled_from(TYPES)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)
BLOCK = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6)
TYPED = st.builds(lambda block, kind: block | {"type": kind}, BLOCK, st.sampled_from(sorted(BLOCKS)))
ELEMENT = st.sampled_from(sorted(ELEMENTS)).flatmap(
    lambda kind: st.dictionaries(
        st.sampled_from(sorted({*ELEMENTS[kind].required, *ELEMENTS[kind].optional, "type"})), JSON, max_size=6
    ).map(lambda element: element | {"type": kind})
)
ACTING = st.one_of(
    st.lists(ELEMENT, max_size=3).map(lambda elements: {"type": "actions", "elements": elements}),
    ELEMENT.map(lambda element: {"type": "input", "label": {"type": "plain_text", "text": "L"}, "element": element}),
    JSON.map(lambda value: {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": value}]}),
)


@given(st.lists(TYPED | BLOCK | ACTING, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_json_is_accepted_or_refused_in_slacks_way(blocks: list[dict[str, Any]]) -> None:
    try:
        stored = check_blocks(blocks)
    except SlackError as refusal:
        assert refusal.code in ("invalid_blocks", "msg_blocks_too_long")
        assert all("[json-pointer:/blocks" in message for message in refusal.messages)
    else:
        Eyes(WORKSPACE).blocks(stored)
        list(mentions_in("", stored))


@given(BLOCK, st.lists(TYPED, max_size=3))
@settings(max_examples=25, deadline=None)
def test_any_view_is_accepted_or_refused(view: dict[str, Any], blocks: list[dict[str, Any]]) -> None:
    for made in (view, view | {"type": "modal", "blocks": blocks}, view | {"type": "home", "blocks": blocks}):
        try:
            check_view(made, ("modal", "home"))
        except SlackError as refusal:
            assert refusal.code == "invalid_arguments"
            assert all("[json-pointer:/view" in message for message in refusal.messages)


@given(st.text(alphabet="ab *_~`<>&@#!|\n日🙂\u202e", max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_read_and_escaped_text_mentions_nobody(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    Eyes(WORKSPACE, marks=STYLED).mrkdwn(text)
    assert list(mentions_in(escaped, [])) == []


@given(st.text(alphabet="abc 日🙂", max_size=60), st.integers(4, 20))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    parts = wrap(text, width)
    assert "".join("".join(parts).split()) == "".join(text.split())


OPTIONS = [kit.Option(text="One", value="1"), kit.Option(text="Two", value="2", description="second")]
CONFIRM = kit.ConfirmObject(title="Sure", text="It runs at once", confirm="Yes", deny="No", style="danger")
OFFICIAL: list[kit.Block] = [
    kit.SectionBlock(text="*x*", fields=["a", "b"], accessory=kit.ButtonElement(text="Go", action_id="a", value="v")),
    kit.SectionBlock(text="x", accessory=kit.ImageElement(image_url="https://example.org/a.png", alt_text="a")),
    kit.SectionBlock(text="x", accessory=kit.OverflowMenuElement(action_id="o", options=OPTIONS, confirm=CONFIRM)),
    kit.SectionBlock(
        text="x", accessory=kit.CheckboxesElement(action_id="c", options=OPTIONS, initial_options=OPTIONS)
    ),
    kit.SectionBlock(text="x", accessory=kit.RadioButtonsElement(action_id="r", options=OPTIONS)),
    kit.SectionBlock(text="x", accessory=kit.UserMultiSelectElement(placeholder="Who", action_id="m")),
    kit.ActionsBlock(
        elements=[
            kit.ButtonElement(text="Go", action_id="a", style="primary", confirm=CONFIRM),
            kit.LinkButtonElement(text="Look", url="https://example.org", action_id="l"),
            kit.StaticSelectElement(placeholder="Pick", action_id="s", options=OPTIONS, initial_option=OPTIONS[0]),
            kit.StaticSelectElement(
                placeholder="Pick", action_id="g", option_groups=[kit.OptionGroup(label="G", options=OPTIONS)]
            ),
            kit.ExternalDataSelectElement(placeholder="Find", action_id="e", min_query_length=1),
            kit.ChannelSelectElement(placeholder="Where", action_id="ch"),
            kit.ConversationSelectElement(
                placeholder="Where", action_id="co", filter=kit.ConversationFilter(include=["im"])
            ),
            kit.DatePickerElement(action_id="d", initial_date="2026-11-23", placeholder="Day"),
            kit.TimePickerElement(action_id="t", initial_time="03:41", placeholder="Time"),
            kit.DateTimePickerElement(action_id="dt", initial_date_time=1_700_000_000),
        ]
    ),
    kit.ContextBlock(elements=[kit.MarkdownTextObject(text="_x_"), kit.PlainTextObject(text="y", emoji=True)]),
    kit.HeaderBlock(text="Head"),
    kit.DividerBlock(),
    kit.ImageBlock(image_url="https://example.org/a.png", alt_text="a", title="A"),
    kit.MarkdownBlock(text="**x**"),
    kit.RichTextBlock(
        elements=[
            kit.RichTextSectionElement(
                elements=[
                    kit.RichTextElementParts.Text(text="x", style={"bold": True}),
                    kit.RichTextElementParts.Link(url="https://example.org", text="y"),
                    kit.RichTextElementParts.User(user_id="U0002ALICE"),
                    kit.RichTextElementParts.Emoji(name="eyes"),
                    kit.RichTextElementParts.Date(timestamp=1_700_000_000, format="{time}"),
                ]
            ),
            kit.RichTextListElement(
                style="ordered",
                elements=[kit.RichTextSectionElement(elements=[kit.RichTextElementParts.Text(text="x")])],
                indent=1,
            ),
            kit.RichTextPreformattedElement(elements=[kit.RichTextElementParts.Text(text="code")], border=0),
            kit.RichTextQuoteElement(elements=[kit.RichTextElementParts.Text(text="said")]),
        ]
    ),
    kit.TableBlock(rows=[[{"type": "raw_text", "text": "a"}]], column_settings=[{"align": "right"}]),
    kit.PlanBlock(title="Plan", tasks=[kit.TaskCardBlock(task_id="1", title="Restart", status="pending")]),
]
INPUTS = [
    kit.PlainTextInputElement(action_id="a", multiline=True, max_length=3000, placeholder="x", initial_value="y"),
    kit.EmailInputElement(action_id="a", placeholder="x"),
    kit.UrlInputElement(action_id="a", placeholder="x"),
    kit.NumberInputElement(action_id="a", is_decimal_allowed=False, min_value="1", max_value="9"),
    kit.RichTextInputElement(action_id="a", placeholder="x"),
    kit.CheckboxesElement(action_id="a", options=OPTIONS),
    kit.StaticMultiSelectElement(placeholder="Pick", action_id="a", options=OPTIONS, max_selected_items=2),
]


@pytest.mark.parametrize("block", OFFICIAL, ids=lambda block: str(block.type))
def test_what_the_official_models_build_is_accepted_and_can_be_read(block: kit.Block) -> None:
    (stored,) = check_blocks([block.to_dict()])
    assert Eyes(WORKSPACE).blocks([stored]) or stored["type"] == "divider"


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: str(element.type))
def test_every_official_input_is_accepted_in_a_modal(element: kit.InputInteractiveElement) -> None:
    block = kit.InputBlock(label="L", element=element, hint="h", optional=True, block_id="b")
    view = View(type="modal", title="T", submit="Go", close="No", callback_id="c", private_metadata="m", blocks=[block])
    stored = check_view(view.to_dict(), ("modal",))
    assert "L (optional)" in Eyes(WORKSPACE).blocks(stored["blocks"])
