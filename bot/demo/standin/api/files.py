"""files.*: uploads in three steps (docs.slack.dev/messaging/working-with-files)."""

from __future__ import annotations

from bot.demo.standin import shapes
from bot.demo.standin.access import writable_channel
from bot.demo.standin.api.chat import check_thread, read_blocks
from bot.demo.standin.api.method import TIER_3, TIER_4, Method
from bot.demo.standin.args import Args
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import File, Message

ALT_TEXT_MOST = 1_000
"""docs.slack.dev/reference/methods/files.getUploadURLExternal"""


def upload_url(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/files.getUploadURLExternal"""
    args.need("filename", "length")
    try:
        length = int(args.text("length"))
    except ValueError:
        raise SlackError("invalid_arguments", messages=["must provide an integer [json-pointer:/length]"]) from None
    if length <= 0:
        raise SlackError("missing_argument")
    file_id = ws.ids.next("F")
    secret = ws.ids.next("u", 12)
    alt = args.text("alt_txt")
    if len(alt) > ALT_TEXT_MOST:
        raise SlackError("alt_txt_too_large")
    ws.files[file_id] = File(file_id, args.text("filename"), length, secret, alt_text=alt)
    return {"upload_url": f"{ws.base_url}/upload/{secret}", "file_id": file_id}


def receive(ws: Workspace, secret: str, content: bytes) -> None:
    """The bytes of an upload. Raises `not_found` for an unknown URL, `length_mismatch` for another size."""
    file = next((f for f in ws.files.values() if f.secret == secret and f.content is None), None)
    if file is None:
        raise SlackError("not_found")
    if len(content) != file.length:
        raise SlackError("length_mismatch")
    file.content = content


def complete(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/files.completeUploadExternal: a message, if a channel is named."""
    args.need("files")
    listed = args.structure("files", SlackError("invalid_arguments"))
    if not isinstance(listed, list) or not listed or not all(isinstance(entry, dict) for entry in listed):
        raise SlackError("invalid_arguments", messages=["must provide an array [json-pointer:/files]"])
    files = []
    for entry in listed:
        file = ws.files.get(str(entry.get("id")))
        if file is None or file.content is None or file.complete:
            raise SlackError("file_not_found")
        file.title = str(entry.get("title") or file.name)
        files.append(file)
    for channel in args.names("channel_id") + args.names("channels"):
        _share(ws, args, channel, files)
    for file in files:
        file.complete = True
    ws.changes.notify()
    return {"files": [shapes.file(ws, file) for file in files]}


def _share(ws: Workspace, args: Args, target: str, files: list[File]) -> None:
    """One message with the files. Blocks beside an initial comment are ignored."""
    channel = writable_channel(ws, Args({"channel": target}))
    thread_ts = check_thread(ws, channel, args)
    comment = args.text("initial_comment")
    blocks = [] if comment else read_blocks(args) or []
    for file in files:
        file.channels.append(channel.id)
    shown = Message(channel.id, ws.next_ts(), ws.bot.id, comment, blocks, thread_ts, ws.bot_id)
    shown.files = [file.id for file in files]
    ws.post(shown)


def info(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/files.info"""
    return {"file": shapes.file(ws, _known(ws, args))}


def delete(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/files.delete"""
    file = _known(ws, args)
    del ws.files[file.id]
    for messages in ws.messages.values():
        for message in messages:
            if file.id in message.files:
                message.files.remove(file.id)
    ws.changes.notify()
    return {}


def _known(ws: Workspace, args: Args) -> File:
    args.need("file")
    file = ws.files.get(args.text("file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    return file


METHODS = (
    Method("files.getUploadURLExternal", upload_url, TIER_4, ("files:write",)),
    Method("files.completeUploadExternal", complete, TIER_4, ("files:write",)),
    Method("files.info", info, TIER_4, ("files:read",)),
    Method("files.delete", delete, TIER_3, ("files:write",)),
)
