"""The one base of every value in the domain: frozen, strict about unknown fields, cheap to copy."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value. Unknown fields are an error: a typo in a test or an adapter must not pass silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Severity(StrEnum):
    """How bad it is. SEV1 is the worst."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"


SEVERITY_MEANING: dict[Severity, str] = {
    Severity.SEV1: "customers cannot use it, money or data is at risk",
    Severity.SEV2: "badly degraded for many, or it will be SEV1 soon",
    Severity.SEV3: "degraded for some, a workaround exists",
    Severity.SEV4: "no customer notices; fix in working hours",
}
