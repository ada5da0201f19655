"""users.*, usergroups.*, team.*, bots.* and auth.*: who is who."""

from __future__ import annotations

from bot.demo.standin import shapes
from bot.demo.standin.access import known_user
from bot.demo.standin.api.conversations import page
from bot.demo.standin.api.method import SPECIAL, TIER_2, TIER_3, TIER_4, Method
from bot.demo.standin.args import Args
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Group


def auth_test(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/auth.test"""
    del args
    return {
        "url": f"https://{ws.config.domain}.slack.com/",
        "team": ws.config.team,
        "team_id": ws.team_id,
        "user": ws.bot.name,
        "user_id": ws.bot.id,
        "bot_id": ws.bot_id,
        "is_enterprise_install": False,
    }


def api_test(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/api.test: echoes, or fails as asked."""
    del ws
    if "error" in args:
        raise SlackError(args.text("error"))
    return {"args": args.raw}


def user_info(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/users.info"""
    args.need("user")
    return {"user": _shown(ws, args.text("user"))}


def lookup_by_email(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/users.lookupByEmail: `users_not_found`."""
    args.need("email")
    for user in ws.users.values():
        if not user.is_bot and user.email.lower() == args.text("email").lower():
            return {"user": _shown(ws, user.id)}
    raise SlackError("users_not_found")


def _shown(ws: Workspace, user_id: str) -> Json:
    """E-mail addresses are shown only with their own scope (docs.slack.dev/reference/scopes/users.read.email)."""
    shape = shapes.user(ws, known_user(ws, user_id))
    if ws.config.scopes is not None and "users:read.email" not in ws.config.scopes:
        shape["profile"].pop("email", None)
    return shape


def user_list(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/users.list"""
    shown, cursor = page(args, list(ws.users), 1000)
    return {"members": [_shown(ws, user_id) for user_id in shown], "response_metadata": {"next_cursor": cursor}}


def user_conversations(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/users.conversations: the caller's unless a user is named."""
    user = args.text("user", ws.bot.id)
    known_user(ws, user)
    mine = [c for c in ws.channels.values() if user in c.members and not c.im and ws.bot.id in c.members]
    shown, cursor = page(args, mine, 100)
    return {"channels": [shapes.channel(ws, c) for c in shown], "response_metadata": {"next_cursor": cursor}}


def _group(ws: Workspace, item: Group) -> Json:
    return {"id": item.id, "team_id": ws.team_id, "handle": item.handle, "name": item.handle, "is_usergroup": True}


def group_list(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/usergroups.list"""
    users = args.flag("include_users")
    found = [_group(ws, g) | ({"users": list(g.members)} if users else {}) for g in ws.groups.values()]
    return {"usergroups": found}


def group_users(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/usergroups.users.list: `no_such_subteam`."""
    args.need("usergroup")
    group = ws.groups.get(args.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}


def team_info(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/team.info"""
    del args
    return {"team": {"id": ws.team_id, "name": ws.config.team, "domain": ws.config.domain}}


def bot_info(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/bots.info"""
    if args.text("bot", ws.bot_id) != ws.bot_id:
        raise SlackError("bot_not_found")
    return {"bot": {"id": ws.bot_id, "name": ws.bot.name, "app_id": ws.app_id, "user_id": ws.bot.id, "deleted": False}}


METHODS = (
    Method("auth.test", auth_test, SPECIAL),
    Method("api.test", api_test, TIER_4),
    Method("users.info", user_info, TIER_4, ("users:read",)),
    Method("users.list", user_list, TIER_2, ("users:read",)),
    Method("users.lookupByEmail", lookup_by_email, TIER_3, ("users:read.email",)),
    Method("users.conversations", user_conversations, TIER_3, ("channels:read", "groups:read")),
    Method("usergroups.list", group_list, TIER_2, ("usergroups:read",)),
    Method("usergroups.users.list", group_users, TIER_2, ("usergroups:read",)),
    Method("team.info", team_info, TIER_3, ("team:read",)),
    Method("bots.info", bot_info, TIER_3, ("users:read",)),
)
