"""Every limit of a message block: something at the limit, something beyond it, and what Slack says about that."""

from __future__ import annotations

from typing import Any

from tests.demo.standin_app import button, mrkdwn, plain

Json = dict[str, Any]


def options(count: int, **more: Any) -> list[Json]:
    return [{"text": plain(f"o{n}"), "value": str(n), **more} for n in range(count)]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def context(count: int) -> Json:
    return {"type": "context", "elements": [plain("x")] * count}


def select(count: int) -> Json:
    return {"type": "static_select", "action_id": "s", "placeholder": plain("pick"), "options": options(count)}


def table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def task(status: str) -> Json:
    return {"type": "task_card", "task_id": "t", "title": "Restart", "status": status}


def confirm(title: str) -> Json:
    return {"title": plain(title), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No")}


LIMITS: list[tuple[str, Json, Json, str]] = [
    ("section text", mrkdwn("x" * 3000), mrkdwn("x" * 3001), "must be less than 3001 characters /blocks/0/text/text"),
    ("empty text", mrkdwn("x"), mrkdwn(""), "must be more than 0 characters /blocks/0/text/text"),
    (
        "fields",
        {"type": "section", "fields": [plain("x")] * 10},
        {"type": "section", "fields": [plain("x")] * 11},
        "no more than 10 items allowed /blocks/0/fields",
    ),
    (
        "field text",
        {"type": "section", "fields": [plain("x" * 2000)]},
        {"type": "section", "fields": [plain("x" * 2001)]},
        "must be less than 2001 characters /blocks/0/fields/0/text",
    ),
    (
        "header",
        {"type": "header", "text": plain("x" * 150)},
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters /blocks/0/text/text",
    ),
    (
        "header is plain",
        {"type": "header", "text": plain("x")},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "unsupported type: mrkdwn /blocks/0/text/type",
    ),
    ("context", context(10), context(11), "no more than 10 items allowed /blocks/0/elements"),
    (
        "actions",
        actions(*(button("x", str(n)) for n in range(25))),
        actions(*(button("x", str(n)) for n in range(26))),
        "no more than 25 items allowed /blocks/0/elements",
    ),
    (
        "empty actions",
        actions(button("x", "a")),
        actions(),
        "no fewer than 1 items allowed /blocks/0/elements",
    ),
    (
        "block_id",
        mrkdwn("x") | {"block_id": "b" * 255},
        mrkdwn("x") | {"block_id": "b" * 256},
        "must be less than 256 characters /blocks/0/block_id",
    ),
    (
        "action_id",
        actions(button("x", "a" * 255)),
        actions(button("x", "a" * 256)),
        "must be less than 256 characters /blocks/0/elements/0/action_id",
    ),
    (
        "unique action_id",
        actions(button("x", "a"), button("x", "b")),
        actions(button("x", "a"), button("x", "a")),
        "action_id: a already exists /blocks/0/elements/1/action_id",
    ),
    (
        "button text",
        actions(button("x" * 75, "a")),
        actions(button("x" * 76, "a")),
        "must be less than 76 characters /blocks/0/elements/0/text/text",
    ),
    (
        "button value",
        actions(button("x", "a", value="v" * 2000)),
        actions(button("x", "a", value="v" * 2001)),
        "must be less than 2001 characters /blocks/0/elements/0/value",
    ),
    (
        "button url",
        actions(button("x", "a", url="https://e.org/" + "u" * 2986)),
        actions(button("x", "a", url="https://e.org/" + "u" * 2987)),
        "must be less than 3001 characters /blocks/0/elements/0/url",
    ),
    (
        "button style",
        actions(button("x", "a", style="danger")),
        actions(button("x", "a", style="loud")),
        "must be a valid enum value /blocks/0/elements/0/style",
    ),
    (
        "no such property",
        actions(button("x", "a")),
        actions(button("x", "a", disabled=True)),
        "invalid additional property: disabled /blocks/0/elements/0",
    ),
    (
        "confirm title",
        actions(button("x", "a", confirm=confirm("t" * 100))),
        actions(button("x", "a", confirm=confirm("t" * 101))),
        "must be less than 101 characters /blocks/0/elements/0/confirm/title/text",
    ),
    (
        "options",
        actions(select(100)),
        actions(select(101)),
        "no more than 100 items allowed /blocks/0/elements/0/options",
    ),
    (
        "option text",
        actions(select(1)),
        actions(select(0) | {"options": [{"text": plain("x" * 76), "value": "v"}]}),
        "must be less than 76 characters /blocks/0/elements/0/options/0/text/text",
    ),
    (
        "option value",
        actions(select(0) | {"options": [{"text": plain("x"), "value": "v" * 150}]}),
        actions(select(0) | {"options": [{"text": plain("x"), "value": "v" * 151}]}),
        "must be less than 151 characters /blocks/0/elements/0/options/0/value",
    ),
    (
        "initial option",
        actions(select(2) | {"initial_option": options(2)[1]}),
        actions(select(2) | {"initial_option": {"text": plain("other"), "value": "9"}}),
        "initial option must match one of the options /blocks/0/elements/0/initial_option",
    ),
    (
        "checkboxes",
        actions({"type": "checkboxes", "action_id": "c", "options": options(10)}),
        actions({"type": "checkboxes", "action_id": "c", "options": options(11)}),
        "no more than 10 items allowed /blocks/0/elements/0/options",
    ),
    (
        "radio buttons",
        actions({"type": "radio_buttons", "action_id": "c", "options": options(10)}),
        actions({"type": "radio_buttons", "action_id": "c", "options": options(11)}),
        "no more than 10 items allowed /blocks/0/elements/0/options",
    ),
    (
        "overflow",
        actions({"type": "overflow", "action_id": "c", "options": options(5)}),
        actions({"type": "overflow", "action_id": "c", "options": options(6)}),
        "no more than 5 items allowed /blocks/0/elements/0/options",
    ),
    (
        "links in menus",
        actions({"type": "overflow", "action_id": "c", "options": options(2, url="https://e.org")}),
        actions(select(0) | {"options": options(2, url="https://e.org")}),
        "invalid additional property: url /blocks/0/elements/0/options/0",
    ),
    (
        "markdown",
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "markdown", "text": "x" * 12_001},
        "must be less than 12001 characters /blocks/0/text",
    ),
    ("table rows", table(100, 1), table(101, 1), "no more than 100 items allowed /blocks/0/rows"),
    ("table columns", table(1, 20), table(1, 21), "no more than 20 items allowed /blocks/0/rows/0"),
    ("task status", task("complete"), task("done"), "must be a valid enum value /blocks/0/status"),
    ("a task alone is never pending", task("error"), task("pending"), "must be a valid enum value /blocks/0/status"),
    (
        "plan",
        {"type": "plan", "title": "Plan", "tasks": [{"task_id": "1", "title": "x", "status": "pending"}]},
        {"type": "plan", "title": plain("Plan")},
        "must provide a string /blocks/0/title",
    ),
    (
        "table cells",
        {"type": "table", "rows": [[{"type": "raw_number", "value": 1}]], "column_settings": [None]},
        {"type": "table", "rows": [[{"type": "raw_number", "value": "1"}]]},
        "must provide a number /blocks/0/rows/0/0/value",
    ),
    (
        "inputs stand in input blocks",
        {"type": "input", "label": plain("L"), "element": {"type": "plain_text_input", "action_id": "t"}},
        actions({"type": "plain_text_input", "action_id": "t"}),
        "unsupported type: plain_text_input /blocks/0/elements/0/type",
    ),
    (
        "header level",
        {"type": "header", "text": plain("x"), "level": 4},
        {"type": "header", "text": plain("x"), "level": 5},
        "must be between 1 and 4 /blocks/0/level",
    ),
    (
        "alerts are for modals",
        mrkdwn("x"),
        {"type": "alert", "text": plain("x")},
        "unsupported type: alert /blocks/0/type",
    ),
    (
        "remote files come from Slack",
        mrkdwn("x"),
        {"type": "file", "external_id": "x", "source": "remote"},
        "unsupported type: file /blocks/0/type",
    ),
    (
        "plan without buttons",
        {"type": "plan", "title": "Plan", "tasks": [task("pending")]},
        {"type": "plan", "title": "Plan", "tasks": [button("x", "a")]},
        "unsupported type: button /blocks/0/tasks/0/type",
    ),
    ("block types", mrkdwn("x"), {"type": "sectoin"}, "unsupported type: sectoin /blocks/0/type"),
    ("type", mrkdwn("x"), {"text": plain("x")}, "missing required field: type /blocks/0"),
    ("needs text", mrkdwn("x"), {"type": "section"}, "missing required field: text /blocks/0"),
    (
        "image or text in context",
        {"type": "context", "elements": [{"type": "image", "image_url": "https://e.org/i.png", "alt_text": "i"}]},
        {"type": "context", "elements": [button("x", "a")]},
        "unsupported type: button /blocks/0/elements/0/type",
    ),
    (
        "rich text parts",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "txt", "text": "x"}]}],
        },
        "unsupported type: txt /blocks/0/elements/0/elements/0/type",
    ),
    (
        "rich text is never empty",
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
        },
        "must be more than 0 characters /blocks/0/elements/0/elements/0/text",
    ),
]
