"""A proposed change as a GitHub pull request. Needs the extra `github` (gidgethub).

One pull request for each incident: its branch has the incident's name, and whoever comes second finds the first one's.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from bot.postmortem.publish.proposal import Change, Published, PublishError, Rebuild, Status, applied

if TYPE_CHECKING:
    from gidgethub.abc import GitHubAPI

_NUMBER = re.compile(r"/pull/(\d+)")
REQUESTER = "section3"
T = TypeVar("T")


class GitHubMissing(PublishError):
    """gidgethub is not installed; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class GitHubPulls:
    """Opens pull requests in `repo` ("owner/name") against `base` ("" for its default branch). `gh` is made by
    `github_api`."""

    gh: GitHubAPI
    repo: str
    base: str = ""

    async def publish(self, change: Change, rebuild: Rebuild | None = None) -> Published:
        """Open the pull request of the incident, or find it. One that conflicts with a base that has moved is put on
        the new base, unless people have pushed to it.

        Raises PublishError, Moved when the runbook has changed in the same place.
        """
        return await self._said(self._publish(change, rebuild))

    async def may_push(self) -> bool:
        """Whether the token may write to the repository. Raises PublishError."""
        found = await self._said(self.gh.getitem(f"/repos/{self.repo}"))
        return bool((found.get("permissions") or {}).get("push"))

    async def status(self, ref: str) -> Status:
        """What became of a pull request, by its address."""
        found = _NUMBER.search(ref)
        if not found:
            raise PublishError(f"{ref} is no pull request.")
        return _status(await self._said(self.gh.getitem(f"/repos/{self.repo}/pulls/{found[1]}")))

    async def _publish(self, change: Change, rebuild: Rebuild | None) -> Published:
        known = await self._known(change)
        if known is not None and _status(known) is not Status.OPEN:
            return Published(target="github", ref=known["html_url"], status=_status(known), again=True)
        base = self.base or (await self.gh.getitem(f"/repos/{self.repo}"))["default_branch"]
        tip = (await self.gh.getitem(f"/repos/{self.repo}/git/ref/heads/{quote(base)}"))["object"]["sha"]
        if known is not None and not await self._stuck(known, change):
            return Published(target="github", ref=known["html_url"], again=True)
        ready = applied(change, await self._file(change.path, tip), rebuild)
        if ready is None:
            return self._there_already(change, known)
        await self._branch(ready.change, await self._commit(ready.change, tip, ready.data))
        if known is None:
            made = await self._open(ready.change, base)
        else:
            # What it says may name an id that the entry has no longer.
            words = {"title": ready.change.title, "body": ready.change.body}
            await self.gh.patch(f"/repos/{self.repo}/pulls/{known['number']}", data=words)
            made = Published(target="github", ref=known["html_url"])
        return made.model_copy(update={"proposal": ready.proposal})

    def _there_already(self, change: Change, known: dict[str, Any] | None) -> Published:
        ref = known["html_url"] if known else f"{self.repo}:{change.path}"
        return Published(target="github", ref=ref, status=Status.MERGED, again=True)

    async def _known(self, change: Change) -> dict[str, Any] | None:
        """The pull request of the incident: an open one first, else the newest."""
        head = f"{self.repo.partition('/')[0]}:{change.branch}"
        url = f"/repos/{self.repo}/pulls{{?head,state,per_page}}"
        found = await self.gh.getitem(url, {"head": head, "state": "all", "per_page": "100"})
        ours = sorted(found, key=lambda pull: (pull["state"] == "open", pull["number"]))
        return ours[-1] if ours else None

    async def _stuck(self, known: dict[str, Any], change: Change) -> bool:
        """Whether an open pull request conflicts with its base and holds nothing but our own commit."""
        pull = await self.gh.getitem(f"/repos/{self.repo}/pulls/{known['number']}")
        # GitHub computes this in the background; null means not known yet, and then nothing is touched.
        if pull.get("mergeable") is not False:
            return False
        commit = await self.gh.getitem(f"/repos/{self.repo}/git/commits/{pull['head']['sha']}")
        return _trailer(change) in commit["message"]

    async def _file(self, path: str, ref: str) -> bytes:
        from gidgethub import BadRequest

        url = f"/repos/{self.repo}/contents/{quote(path)}{{?ref}}"
        try:
            found = await self.gh.getitem(url, {"ref": ref})
        except BadRequest as error:
            if error.status_code == 404:
                raise PublishError(
                    f"{path} is not in {self.repo}, or the token may not read it. Name the folder of the runbooks."
                ) from error
            raise
        return base64.b64decode(found["content"])

    async def _commit(self, change: Change, parent: str, after: bytes) -> str:
        content = base64.b64encode(after).decode()
        blob = await self._post("git/blobs", {"content": content, "encoding": "base64"})
        base_tree = (await self.gh.getitem(f"/repos/{self.repo}/git/commits/{parent}"))["tree"]["sha"]
        entry = {"path": change.path, "mode": "100644", "type": "blob", "sha": blob["sha"]}
        tree = await self._post("git/trees", {"base_tree": base_tree, "tree": [entry]})
        message = f"{change.title}\n\n{_trailer(change)}\n"
        made = await self._post("git/commits", {"message": message, "tree": tree["sha"], "parents": [parent]})
        return str(made["sha"])

    async def _branch(self, change: Change, commit: str) -> None:
        """Create the branch, or move it when all it holds is ours (a crash before the pull request was opened)."""
        from gidgethub import BadRequest

        try:
            await self._post("git/refs", {"ref": f"refs/heads/{change.branch}", "sha": commit})
            return
        except BadRequest as error:
            if error.status_code != 422 or "exists" not in str(error).casefold():
                raise
        present = await self.gh.getitem(f"/repos/{self.repo}/git/ref/heads/{quote(change.branch)}")
        head = await self.gh.getitem(f"/repos/{self.repo}/git/commits/{present['object']['sha']}")
        if _trailer(change) not in head["message"]:
            raise PublishError(
                f"The branch {change.branch} of {self.repo} holds work of somebody else. Merge or rename it first."
            )
        url = f"/repos/{self.repo}/git/refs/heads/{quote(change.branch)}"
        await self.gh.patch(url, data={"sha": commit, "force": True})

    async def _open(self, change: Change, base: str) -> Published:
        from gidgethub import BadRequest

        wanted = {"title": change.title, "body": change.body, "head": change.branch, "base": base}
        try:
            pull = await self._post("pulls", wanted)
        except BadRequest as error:
            # Two clicks at once: the other one was first.
            known = await self._known(change) if error.status_code == 422 else None
            if known is None:
                raise
            return Published(target="github", ref=known["html_url"], status=_status(known), again=True)
        return Published(target="github", ref=pull["html_url"])

    async def _post(self, path: str, data: dict[str, Any]) -> Any:
        return await self.gh.post(f"/repos/{self.repo}/{path}", data=data)

    async def _said(self, work: Awaitable[T]) -> T:
        """Do it, and say in a sentence what GitHub says when it does not."""
        import gidgethub
        from aiohttp import ClientError

        try:
            return await work
        except gidgethub.RateLimitExceeded as error:
            raise PublishError(f"GitHub asks to wait: {error}. Nothing was published; try again later.") from error
        except gidgethub.BadRequest as error:
            raise PublishError(_sentence(self.repo, int(error.status_code), str(error))) from error
        except gidgethub.GitHubException as error:
            raise PublishError(f"GitHub is in trouble ({error}). Nothing is lost; try again later.") from error
        except (ClientError, TimeoutError) as error:
            raise PublishError(f"GitHub cannot be reached ({type(error).__name__}). Try again later.") from error


_HELP = {
    401: "The token is refused: it has expired or was revoked. Set a new one.",
    403: "The token may not do that: it needs write access to contents and pull requests of {repo}.",
    404: "{repo} or its branch was not found, or the token may not see it.",
}


def _sentence(repo: str, status: int, said: str) -> str:
    help_ = _HELP.get(status, "Nothing was published.").format(repo=repo)
    return f"GitHub answered {status} ({said}). {help_}"


def _status(pull: dict[str, Any]) -> Status:
    if pull.get("merged_at") or pull.get("merged"):
        return Status.MERGED
    return Status.OPEN if pull["state"] == "open" else Status.DECLINED


def _trailer(change: Change) -> str:
    """The line by which we know our own commits."""
    return f"Section3-Incident: {change.name}"


def github_api(session: Any, token: str, url: str = "") -> GitHubAPI:
    """The client on an aiohttp session. `url` is for GitHub Enterprise. Raises GitHubMissing without gidgethub."""
    try:
        from gidgethub.aiohttp import GitHubAPI as Api
    except ImportError as error:
        raise GitHubMissing("Pull requests need gidgethub: install section3[github].") from error
    return Api(session, REQUESTER, oauth_token=token, **({"base_url": url.rstrip("/")} if url else {}))


Sender = Callable[[Change, Rebuild | None], Awaitable[Published]]
"""What a click that accepts a proposal needs: `GitHubPulls.publish`, or another target's."""
