"""The settings: the only place that reads the environment. Everything else takes constructor arguments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError


class BadSettings(Exception):
    """Nothing can be done with these settings. The message names the setting and what it has to be, not its value."""


class Settings(BaseSettings):
    """Read from the environment and from `.env`; each field's description is its documentation."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = Field(default=None, description="The bot token (xoxb-…) of the workspace.")
    slack_app_token: SecretStr | None = Field(
        default=None, description="The app-level token (xapp-…). With it the bot connects by Socket Mode."
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="The signing secret. Needed when Slack delivers over HTTP."
    )
    slack_api_url: str = Field(default="", description="Another address of the Web API, for stand-ins.")
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
    redis_url: str = Field(
        default="", description="The store. Empty: a server of our own, in `DATA_DIR`, started with the bot."
    )
    redis_replicas: int = Field(
        default=0, ge=0, description="Replicas that must confirm a write before it counts as safe."
    )
    section3_redis_server: str = Field(
        default="", description="The program for the store of our own; empty: found on PATH or in the package."
    )
    data_dir: Path = Field(default=Path(".section3"), description="Where the store of our own keeps its files.")
    rollback_group: str = Field(
        default="", description="The user group (@handle or id) that decides rollbacks; empty: anybody."
    )
    severity_group: str = Field(
        default="", description="The user group (@handle or id) that lowers severities; empty: anybody."
    )
    contacts: dict[str, str] = Field(
        default_factory=dict,
        description='Contacts and owners in runbooks as Slack users, as JSON: {"Dana Okoye (on-call)": "U0123ABCD"}.',
    )
    fallback_phone: str = Field(default="", description="The number to call where a runbook names nobody.")
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
    git_base: str = Field(default="", description="The branch that proposals start from; empty: the default branch.")
    git_folder: str = Field(default="playbooks", description="Where the runbooks lie in that repository.")
    host: str = Field(default="127.0.0.1", description="The address to listen on for Slack and for the probes.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on.")

    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be logged."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def load() -> Settings:
    """The settings now. Raises BadSettings."""
    try:
        return Settings()
    except ValidationError as error:
        # The loc and the msg of an error, and not its text: that shows the value, which may be a secret.
        said = (f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        raise BadSettings("; ".join(said)) from None
    except SettingsError as error:
        # JSON is decoded before anything is validated, and only the words of this error name the field.
        named = re.search(r'field "(\w+)"', str(error))
        raise BadSettings(f"{named[1].upper()}: Input should be valid JSON" if named else str(error)) from None
    except UnicodeDecodeError as error:
        raise BadSettings(f".env: byte {error.start + 1} is not UTF-8. Save the file as UTF-8.") from None
    except OSError as error:
        raise BadSettings(f".env cannot be read: {error.strerror or error}.") from None
