"""The settings: the only place that reads the environment. Everything else takes constructor arguments."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict

from bot.store.address import mistake

COMPOSE = frozenset({"REDIS_PASSWORD", "REDIS_HOST"})
"""What deploy/compose.yaml reads from the same `.env`, for itself."""
NEAR, NEARER = 0.8, 0.88
"""How alike (difflib's ratio) a name must be to be taken for one of ours: in `.env`, whose names are meant for us
(SLACK_TOKEN is 0.85 like SLACK_BOT_TOKEN), and in the environment, which is full of others' (GITHUB_REPOSITORY is 0.79
like GITHUB_REPO)."""
LONG_ENOUGH = 8
"""Letters of a name that is looked for in the environment: something like PORT or HOST is there always."""
TOKENS = {
    "xoxb-": "a bot token (xoxb-…)",
    "xoxe.xoxb-": "a bot token (xoxb-…)",
    "xapp-": "an app-level token (xapp-…)",
    "xoxp-": "a user token (xoxp-…)",
    "xoxe.xoxp-": "a user token (xoxp-…)",
    "xoxe-": "a refresh token (xoxe-…)",
    "ghp_": "a token of GitHub",
    "github_pat_": "a token of GitHub",
}
"""What a secret is by its beginning (docs.slack.dev, "Tokens"; docs.github.com, "GitHub's token formats")."""
WHOLE = re.compile(r"[!#-&(-~]*")
"""What a secret of Slack or GitHub may be made of: visible ASCII without quotation marks. Anything else came from a
shell, an editor or a file of settings, and a header of HTTP cannot carry most of it."""
WEB_ADDRESS = re.compile(r"https?://[^\s/@?#]+(?:/[^\s?#]*)?$", re.IGNORECASE)
"""What the methods of an API can be put behind: no user, no query."""
WANTED = {
    "slack_bot_token": ("a bot token (xoxb-…)", "the bot token (xoxb-…): the app's page, OAuth & Permissions"),
    "slack_app_token": (
        "an app-level token (xapp-…)",
        "the app-level token (xapp-…): the app's page, Basic Information",
    ),
    "slack_signing_secret": ("", "the signing secret: the app's page, Basic Information"),
    "github_token": ("a token of GitHub", "a token of GitHub"),
}
"""By setting: the only kind of `TOKENS` that it may be, and what it has to be."""


class BadSettings(Exception):
    """Nothing can be done with these settings. The message names the setting and what it has to be, not its value; each
    thing that is wrong has a line of its own."""


def _decoded(value: Any) -> Any:
    """JSON of the environment. Here and not in the library, which gives up at the first that is none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise PydanticCustomError("json", "Input should be valid JSON") from None


class RunbookSettings(BaseSettings):
    """Where the runbooks lie. Apart from the others, because the terminal shows runbooks whatever else is wrong."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    playbooks_dir: Path = Field(default=Path("playbooks"), description="The folder with the runbooks.")
    playbooks_git_url: str = Field(
        default="", description="A git remote to read the runbooks from, instead of `PLAYBOOKS_DIR`."
    )
    playbooks_git_branch: str = Field(default="main", description="The branch of that remote.")
    playbooks_git_folder: str = Field(default="", description="Where the runbooks lie in that remote; empty: its top.")
    playbooks_git_seconds: float = Field(default=60.0, ge=5, description="Seconds between two looks at that remote.")
    templates_dir: Path | None = Field(
        default=None, description="A folder with your own post-mortem templates; empty: the ones that came with it."
    )
    data_dir: Path = Field(default=Path(".section3"), description="Where the store of our own keeps its files.")

    @model_validator(mode="before")
    @classmethod
    def _without_edges(cls, values: dict[str, Any]) -> dict[str, Any]:
        """White space around a value is nothing that somebody meant: `echo` puts a line break behind a secret."""
        bare = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in bare.items() if value != ""}

    @classmethod
    def now(cls) -> Self:
        """What the environment and `.env` say now. Raises BadSettings with everything that is wrong."""
        try:
            return cls()
        except ValidationError as error:
            # The loc and the msg of an error, and not its text: that shows the value, which may be a secret.
            said = (f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
            raise BadSettings("\n".join(said)) from None
        except UnicodeDecodeError as error:
            raise BadSettings(f".env: byte {error.start + 1} is not UTF-8. Save the file as UTF-8.") from None
        except OSError as error:
            raise BadSettings(f".env cannot be read: {error.strerror or error}.") from None


class DeskSettings(RunbookSettings):
    """What the terminal needs for an incident: with a wrong token or port the night goes on there."""

    redis_url: str = Field(
        default="", description="The store. Empty: a server of our own, in `DATA_DIR`, started with the bot."
    )
    redis_replicas: int = Field(
        default=0, ge=0, description="Replicas that must confirm a write before it counts as safe."
    )
    section3_redis_server: str = Field(
        default="", description="The program for the store of our own; empty: found on PATH or in the package."
    )
    fallback_phone: str = Field(default="", description="The number to call where a runbook names nobody.")

    @field_validator("redis_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        wrong = mistake(url) if url else ""
        if wrong:
            raise PydanticCustomError("address", "It {wrong}", {"wrong": wrong})
        return url


class Settings(DeskSettings):
    """Read from the environment and from `.env`; each field's description is its documentation."""

    slack_bot_token: SecretStr | None = Field(default=None, description="The bot token (xoxb-…) of the workspace.")
    slack_app_token: SecretStr | None = Field(
        default=None, description="The app-level token (xapp-…). With it the bot connects by Socket Mode."
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="The signing secret. Needed when Slack delivers over HTTP."
    )
    slack_api_url: str = Field(default="", description="Another address of the Web API, for stand-ins.")
    rollback_group: str = Field(
        default="", description="The user group (@handle or id) that decides rollbacks; empty: anybody."
    )
    severity_group: str = Field(
        default="", description="The user group (@handle or id) that lowers severities; empty: anybody."
    )
    contacts: Annotated[dict[str, str], NoDecode, BeforeValidator(_decoded)] = Field(
        default_factory=dict,
        description='Contacts and owners in runbooks as Slack users, as JSON: {"Dana Okoye (on-call)": "U0123ABCD"}.',
    )
    announce: Literal["morning", "at_once"] = Field(
        default="morning",
        description="When a draft is announced: `morning` (what ended between 20:00 and 08:00 waits until 08:00 at the "
        "service) or `at_once`.",
    )
    github_repo: str = Field(default="", description="owner/name: accepted proposals become pull requests there.")
    github_token: SecretStr | None = Field(default=None, description="A token that may push and open pull requests.")
    github_api_url: str = Field(default="", description="The address of GitHub Enterprise's API; empty: github.com.")
    git_branch_repo: Path | None = Field(
        default=None,
        description="A local repository: accepted proposals become branches there, the work tree untouched.",
    )
    git_base: str = Field(
        default="",
        description="The branch that proposals start from; empty: the default branch (of a local repository: what "
        "origin/HEAD names, else main, else what is checked out).",
    )
    git_folder: str = Field(default="playbooks", description="Where the runbooks lie in that repository.")
    host: str = Field(default="127.0.0.1", description="The address to listen on for Slack and for the probes.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on.")

    @field_validator("slack_api_url", "github_api_url")
    @classmethod
    def _is_of_the_web(cls, url: str) -> str:
        if url and not WEB_ADDRESS.match(url):
            raise PydanticCustomError("address", "It is no address of an API: one looks like https://example.com/api/.")
        return url

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret", "github_token")
    @classmethod
    def _is_no_other_secret(cls, secret: SecretStr | None, field: ValidationInfo) -> SecretStr | None:
        is_that = next((kind for start, kind in TOKENS.items() if secret and _starts(secret, start)), "")
        allowed, wanted = WANTED[str(field.field_name)]
        if is_that and is_that != allowed:
            raise PydanticCustomError(
                "secret", "This is {is_that}. Set {wanted}.", {"is_that": is_that, "wanted": wanted}
            )
        if secret and not WHOLE.fullmatch(secret.get_secret_value()):
            said = "It has a quotation mark, a space or a sign beyond ASCII inside. Set {wanted}."
            raise PydanticCustomError("secret", said, {"wanted": wanted})
        return secret

    @property
    def proposals(self) -> Literal["github", "git", "file"]:
        """Where accepted proposals go: a pull request, a branch of a local repository, or a patch file."""
        if self.github_repo and self.github_token is not None:
            return "github"
        return "git" if self.git_branch_repo is not None else "file"

    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be logged."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def load() -> Settings:
    """The settings now. Raises BadSettings."""
    return Settings.now()


def strangers() -> list[str]:
    """A sentence for each name in `.env` that is no setting, and for each in the environment that looks like a setting
    which is not set. None for a file that cannot be read: `load` tells that."""
    ours = {name.upper() for name in Settings.model_fields}
    try:
        written = {name.upper() for name, value in DotEnvSettingsSource(Settings).env_vars.items() if value}
    except (UnicodeDecodeError, OSError):
        written = set()
    around = {name.upper() for name, value in os.environ.items() if value}
    missing = {name for name in ours - written - around if len(name) >= LONG_ENOUGH}
    return [
        *(
            f"{name} in .env is no setting of section3.{_meant(name, ours, NEAR)}"
            for name in sorted(written - ours - COMPOSE)
        ),
        *(
            f"{name} in the environment is no setting of section3.{meant}"
            for name in sorted(around - ours - written)
            if (meant := _meant(name, missing, NEARER))
        ),
    ]


def _meant(name: str, ours: Iterable[str], alike: float) -> str:
    close = difflib.get_close_matches(name, sorted(ours), n=1, cutoff=alike)
    return f" Did you mean {close[0]}?" if close else ""


def _starts(secret: SecretStr, start: str) -> bool:
    return secret.get_secret_value().startswith(start)
