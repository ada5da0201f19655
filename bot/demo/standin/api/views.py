"""views.*: modals and the Home tab."""

from __future__ import annotations

from bot.demo.standin import shapes
from bot.demo.standin.access import known_user
from bot.demo.standin.api.method import TIER_4, Method
from bot.demo.standin.args import Args
from bot.demo.standin.blockkit import check_view
from bot.demo.standin.errors import Json, SlackError, missing
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import View

STACK_MOST = 3
"""docs.slack.dev/surfaces/modals: up to three views in a stack."""


def read_view(args: Args, *kinds: str) -> Json:
    """The view argument, checked."""
    view = args.mapping(
        "view", SlackError("invalid_arguments", messages=["must provide an object [json-pointer:/view]"])
    )
    if view is None:
        raise missing("view")
    return check_view(view, kinds)


def new_modal(ws: Workspace, user: str, body: Json, below: View | None) -> View:
    """A modal for a person, on top of `below` or as a new stack.

    Raises `push_limit_reached` for a fourth one.
    """
    if below is not None and len(ws.stack(user)) >= STACK_MOST:
        raise SlackError("push_limit_reached")
    view_id = ws.ids.next("V")
    root = below.root_id if below else view_id
    return ws.add_view(View(view_id, user, "modal", body, ws.new_hash(), root, below.id if below else ""))


def redraw(ws: Workspace, view: View, body: Json) -> None:
    """A new version of a view. What was typed stays where block and action ids are the same."""
    view.body, view.hash = body, ws.new_hash()
    kept = {block["block_id"] for block in body["blocks"]}
    view.state = {block: values for block, values in view.state.items() if block in kept}
    ws.changes.notify()


def open_view(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/views.open: a trigger_id is spent even when a modal is open already."""
    args.need("trigger_id")
    body = read_view(args, "modal")
    trigger = ws.rights.spend_trigger(args.text("trigger_id"))
    below = ws.views.get(trigger.view)
    if below is not None and below.type == "modal" and not below.closed:
        view = new_modal(ws, trigger.user, body, below)
    else:
        for old in ws.stack(trigger.user):
            old.closed = True
        view = new_modal(ws, trigger.user, body, None)
    return {"view": shapes.view(ws, view)}


def push(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/views.push: only with a trigger from inside an open modal."""
    args.need("trigger_id")
    body = read_view(args, "modal")
    trigger = ws.rights.spend_trigger(args.text("trigger_id"))
    below = ws.views.get(trigger.view)
    if below is None or below.closed or below.type != "modal":
        raise SlackError("not_found")
    return {"view": shapes.view(ws, new_modal(ws, trigger.user, body, below))}


def update(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/views.update"""
    if "view_id" not in args and "external_id" not in args:
        raise missing("view_id")
    if "view_id" in args and "external_id" in args:
        raise SlackError("invalid_arguments", messages=["Cannot provide both `view_id` and `external_id`"])
    view = _find(ws, args)
    body = read_view(args, view.type)
    _check_hash(args, view)
    redraw(ws, view, body)
    return {"view": shapes.view(ws, view)}


def publish(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/views.publish"""
    args.need("user_id")
    body = read_view(args, "home")
    user = known_user(ws, args.text("user_id"))
    view = ws.home.get(user.id)
    if view is None:
        view_id = ws.ids.next("V")
        view = ws.add_view(View(view_id, user.id, "home", body, ws.new_hash(), view_id))
        ws.home[user.id] = view
    else:
        _check_hash(args, view)
        redraw(ws, view, body)
    return {"view": shapes.view(ws, view)}


def _find(ws: Workspace, args: Args) -> View:
    for view in ws.open_views():
        if "view_id" in args and view.id == args.text("view_id"):
            return view
        if "external_id" in args and view.body.get("external_id") == args.text("external_id"):
            return view
    raise SlackError("not_found")


def _check_hash(args: Args, view: View) -> None:
    if "hash" in args and args.text("hash") != view.hash:
        raise SlackError("hash_conflict")


METHODS = (
    Method("views.open", open_view, TIER_4),
    Method("views.push", push, TIER_4),
    Method("views.update", update, TIER_4),
    Method("views.publish", publish, TIER_4),
)
