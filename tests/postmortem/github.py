"""As much of the GitHub API as pull requests need, over the wire, as strict as the real one where it matters: objects
must exist, references move forward only unless forced, a branch has one open pull request."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

REPO = "acme/runbooks"
TOKEN = "test-" + "token"
Json = dict[str, Any]


@dataclass
class FakeGitHub:
    """One repository. `trees` maps a tree to its files: path -> blob."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    commits: dict[str, Json] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    pulls: list[Json] = field(default_factory=list)
    broken: int = 0
    """Answer this status to everything, 0 for none."""
    may_push: bool = True
    url: str = ""

    def commit(self, branch: str, path: str, data: bytes, message: str = "by hand") -> str:
        """Somebody pushes."""
        parents = [self.refs[branch]] if branch in self.refs else []
        files = dict(self.trees[self.commits[parents[0]]["tree"]]) if parents else {}
        files[path] = self.put(data)
        sha = self.put_commit(message, self.put_tree(files), parents)
        self.refs[branch] = sha
        return sha

    def merge(self, number: int) -> None:
        """Somebody presses merge."""
        pull = self.pulls[number - 1]
        self.refs["main"] = self.refs[pull["branch"]]
        pull |= {"state": "closed", "merged_at": "2026-11-20T09:00:00Z"}

    def close(self, number: int) -> None:
        """Somebody closes it without merging."""
        self.pulls[number - 1]["state"] = "closed"

    def file(self, branch: str, path: str) -> bytes:
        return self.blobs[self.trees[self.commits[self.refs[branch]]["tree"]][path]]

    def put(self, data: bytes) -> str:
        return self._keep(self.blobs, data, data)

    def put_tree(self, files: dict[str, str]) -> str:
        return self._keep(self.trees, json.dumps(files, sort_keys=True).encode(), files)

    def put_commit(self, message: str, tree: str, parents: list[str]) -> str:
        made = {"message": message, "tree": tree, "parents": parents, "at": len(self.commits)}
        return self._keep(self.commits, json.dumps(made).encode(), made)

    @staticmethod
    def _keep(store: dict[str, Any], key: bytes, value: Any) -> str:
        sha = hashlib.sha1(key, usedforsecurity=False).hexdigest()
        store[sha] = value
        return sha

    def mergeable(self, pull: Json) -> bool:
        """Whether no file that the branch changed has changed on the base since."""
        head = self.commits[self.refs[pull["branch"]]]
        root = self.trees[self.commits[head["parents"][0]]["tree"]]
        base = self.trees[self.commits[self.refs["main"]]["tree"]]
        changed = [path for path, blob in self.trees[head["tree"]].items() if root.get(path) != blob]
        return all(base.get(path) == root.get(path) for path in changed)

    def shown(self, pull: Json) -> Json:
        open_ = pull["state"] == "open"
        head = {"ref": pull["branch"], "sha": self.refs.get(pull["branch"], "")}
        return {**pull, "head": head, "mergeable": self.mergeable(pull) if open_ else None}


def _missing(what: str, status: int = 404) -> web.Response:
    return web.json_response({"message": what}, status=status)


def _routes(hub: FakeGitHub) -> web.RouteTableDef:
    routes = web.RouteTableDef()
    root = f"/repos/{REPO}"

    @routes.get(root)
    async def repo(request: web.Request) -> web.Response:
        return web.json_response({"default_branch": "main", "permissions": {"pull": True, "push": hub.may_push}})

    @routes.get(root + "/git/ref/heads/{name:.+}")
    async def get_ref(request: web.Request) -> web.Response:
        sha = hub.refs.get(request.match_info["name"])
        return web.json_response({"object": {"sha": sha}}) if sha else _missing("Not Found")

    @routes.get(root + "/contents/{path:.+}")
    async def contents(request: web.Request) -> web.Response:
        commit = hub.commits[request.query["ref"]]
        blob = hub.trees[commit["tree"]].get(request.match_info["path"])
        if blob is None:
            return _missing("Not Found")
        return web.json_response({"content": base64.encodebytes(hub.blobs[blob]).decode(), "encoding": "base64"})

    @routes.get(root + "/git/commits/{sha}")
    async def get_commit(request: web.Request) -> web.Response:
        commit = hub.commits[request.match_info["sha"]]
        return web.json_response({"message": commit["message"], "tree": {"sha": commit["tree"]}})

    _writing(hub, routes, root)
    _pulls(hub, routes, root)
    return routes


def _writing(hub: FakeGitHub, routes: web.RouteTableDef, root: str) -> None:
    @routes.post(root + "/git/blobs")
    async def blob(request: web.Request) -> web.Response:
        sent = await request.json()
        assert sent["encoding"] == "base64"
        return web.json_response({"sha": hub.put(base64.b64decode(sent["content"]))}, status=201)

    @routes.post(root + "/git/trees")
    async def tree(request: web.Request) -> web.Response:
        sent = await request.json()
        files = dict(hub.trees[sent["base_tree"]])
        for entry in sent["tree"]:
            assert entry["sha"] in hub.blobs
            files[entry["path"]] = entry["sha"]
        return web.json_response({"sha": hub.put_tree(files)}, status=201)

    @routes.post(root + "/git/commits")
    async def commit(request: web.Request) -> web.Response:
        sent = await request.json()
        assert sent["tree"] in hub.trees
        return web.json_response({"sha": hub.put_commit(sent["message"], sent["tree"], sent["parents"])}, status=201)

    @routes.post(root + "/git/refs")
    async def ref(request: web.Request) -> web.Response:
        sent = await request.json()
        name = sent["ref"].removeprefix("refs/heads/")
        if name in hub.refs:
            return _missing("Reference already exists", 422)
        hub.refs[name] = sent["sha"]
        return web.json_response({"ref": sent["ref"]}, status=201)

    @routes.patch(root + "/git/refs/heads/{name:.+}")
    async def move(request: web.Request) -> web.Response:
        sent = await request.json()
        name = request.match_info["name"]
        if hub.refs[name] not in hub.commits[sent["sha"]]["parents"] and not sent.get("force"):
            return _missing("Update is not a fast forward", 422)
        hub.refs[name] = sent["sha"]
        return web.json_response({})


def _pulls(hub: FakeGitHub, routes: web.RouteTableDef, root: str) -> None:
    @routes.get(root + "/pulls")
    async def find(request: web.Request) -> web.Response:
        branch = request.query["head"].partition(":")[2]
        return web.json_response([hub.shown(pull) for pull in hub.pulls if pull["branch"] == branch])

    @routes.get(root + r"/pulls/{number:\d+}")
    async def get(request: web.Request) -> web.Response:
        return web.json_response(hub.shown(hub.pulls[int(request.match_info["number"]) - 1]))

    @routes.patch(root + r"/pulls/{number:\d+}")
    async def edit(request: web.Request) -> web.Response:
        pull = hub.pulls[int(request.match_info["number"]) - 1]
        pull |= await request.json()
        return web.json_response(hub.shown(pull))

    @routes.post(root + "/pulls")
    async def open_pull(request: web.Request) -> web.Response:
        sent = await request.json()
        if any(pull["branch"] == sent["head"] and pull["state"] == "open" for pull in hub.pulls):
            return _missing(f"A pull request already exists for {sent['head']}.", 422)
        assert sent["head"] in hub.refs
        number = len(hub.pulls) + 1
        address = f"{hub.url}/{REPO}/pull/{number}"
        made = {"number": number, "state": "open", "merged_at": None, "branch": sent["head"], "html_url": address}
        hub.pulls.append({**made, "title": sent["title"], "body": sent["body"], "base": sent["base"]})
        return web.json_response(hub.shown(hub.pulls[-1]), status=201)


@asynccontextmanager
async def fake_github(hub: FakeGitHub) -> AsyncIterator[str]:
    """Serve it on loopback; gives the address."""

    @web.middleware
    async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
        if hub.broken:
            return _missing("broken on purpose", hub.broken)
        if request.headers.get("Authorization") not in (f"token {TOKEN}", f"Bearer {TOKEN}"):
            return _missing("Bad credentials", 401)
        answer: web.StreamResponse = await handler(request)
        return answer

    app = web.Application(middlewares=[guard])
    app.add_routes(_routes(hub))
    async with TestServer(app) as server:
        hub.url = str(server.make_url("")).rstrip("/")
        yield hub.url
