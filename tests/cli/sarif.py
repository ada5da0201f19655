"""The part of SARIF 2.1.0 (OASIS, sections 3.13 to 3.30) that lint writes; anything else in a run is an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Message(Strict):
    text: str


class ArtifactLocation(Strict):
    uri: str


class Region(Strict):
    startLine: int  # noqa: N815 - SARIF's name
    startColumn: int  # noqa: N815


class PhysicalLocation(Strict):
    artifactLocation: ArtifactLocation  # noqa: N815
    region: Region


class Location(Strict):
    physicalLocation: PhysicalLocation  # noqa: N815


class Suppression(Strict):
    kind: str
    justification: str


class SarifResult(Strict):
    ruleId: str  # noqa: N815
    ruleIndex: int  # noqa: N815
    level: str
    message: Message
    locations: list[Location]
    suppressions: list[Suppression] = []


class Configuration(Strict):
    level: str


class SarifRule(Strict):
    id: str
    shortDescription: Message  # noqa: N815
    fullDescription: Message | None = None  # noqa: N815
    help: Message | None = None
    defaultConfiguration: Configuration  # noqa: N815


class Driver(Strict):
    name: str
    version: str
    rules: list[SarifRule]


class Tool(Strict):
    driver: Driver


class Run(Strict):
    tool: Tool
    columnKind: str  # noqa: N815
    results: list[SarifResult]
    properties: dict[str, list[dict[str, str]]]


class Sarif(BaseModel):
    """One log file."""

    version: str
    runs: list[Run]
