"""Secrets and personal data out of typed text: tokens, keys, passwords, e-mail addresses, IBANs, card numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

_M = TypeVar("_M", bound=BaseModel)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "private key",
        re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)", re.S),
    ),
    (
        "token",
        re.compile(
            r"(?<![\w-])(?:(?:xoxe\.)?xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|gh[opsur]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}"
            r"|sk-(?=[\w-]*\d)[\w-]{16,}|[prs]k_(?:live|test)_\w{8,}|whsec_\w{16,}|AKIA[0-9A-Z]{12,}|ASIA[0-9A-Z]{12,}"
            r"|AIza[\w-]{30,}|ya29\.[\w-]{16,}|npm_\w{20,}|pypi-[\w-]{20,}|hvs\.[\w-]{16,}"
            r"|SG\.[\w-]{16,}\.[\w-]{8,}|hf_[A-Za-z0-9]{20,}|dop_v1_\w{20,}|AGE-SECRET-KEY-1\w{20,}"
            r"|eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?)"
        ),
    ),
    ("webhook", re.compile(r"https?://hooks\.slack\.com/\S+")),
)
_BEARER = re.compile(r"(?i)\b((?:authorization:\s*)?(?:bearer|basic)\s+)(?=[\w~+/.=-]*[\d=])[\w~+/.=-]{8,}")
_NAMED = re.compile(
    r"(?i)((?:^|[\s\"'`?&{,;(-])[\w-]*"
    r"(?:passw(?:or)?[dt]|passphrase|pwd|\bpw|secret|token|api[_ -]?key|access[_-]?key|private[_-]?key)"
    r"[\"']?\s*(?:=|:\s?|\s(?=[\"']))\s*)"
    r"(\"[^\"\n]+\"|'[^'\n]+'|[^\s\"'`,;&)}]{4,})"
)
_FLAG = re.compile(r"(?i)(--?(?:password|token|secret|api-?key)\s+)(?!-)(\S{4,})")
_TOLD = re.compile(r"(?i)\b((?:passw(?:or)?[dt]|passphrase|api[_ -]?key|token)\s+is\s+[\"']?)(?=\S*\d)[^\s\"',;]{4,}")
_LOGIN = re.compile(r"(\b(?:curl|wget|https?|xh)\b[^\n|;]*?\s(?:-u|--user)\s+[^\s:]+:)(?!\[redacted)[^\s:]+")
"""Other programs take `-u user:group`."""
_USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]+@")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?<![.-])")
_IBAN = re.compile(
    r"\b(?:[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?"
    # Small letters in groups only: without the gaps it looks like any hash.
    r"|[a-z]{2}\d{2}(?: [a-z0-9]{4}){2,7}(?: [a-z0-9]{1,4})?)\b"
)
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")


def redact(text: str) -> str:
    """The text with every secret replaced by "[redacted …]", which names what stood there."""
    for what, pattern in _PATTERNS:
        text = pattern.sub(f"[redacted {what}]", text)
    text = _USERINFO.sub(r"\1[redacted password]@", text)
    text = _BEARER.sub(r"\1[redacted token]", text)
    text = _FLAG.sub(_named, text)
    text = _LOGIN.sub(r"\1[redacted password]", text)
    text = _TOLD.sub(r"\1[redacted secret]", text)
    text = _NAMED.sub(_named, text)
    text = _EMAIL.sub("[redacted e-mail]", text)
    text = _IBAN.sub(lambda found: "[redacted IBAN]" if is_iban(found[0]) else found[0], text)
    return _CARD.sub(lambda found: "[redacted card number]" if _is_card(found[0]) else found[0], text)


def _named(found: re.Match[str]) -> str:
    value = found[2].strip("\"'")
    if value.startswith(("[redacted", "$", "<", "{{")):
        return found[0]
    return f"{found[1]}[redacted secret]"


def is_iban(text: str) -> bool:
    """Whether the check digits are right (ISO 13616: the number modulo 97 is 1)."""
    plain = re.sub(r"[ -]", "", text)
    if not 15 <= len(plain) <= 34:
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _is_card(text: str) -> bool:
    """Luhn's check. Instants in ms and Slack timestamps are 13 or 16 digits too, so the first digit must fit."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    if digits[0] not in (3, 4, 5, 6) or len(digits) < 14:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) if at % 2 else digit for at, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def in_every_text(value: _M, change: Callable[[str], str]) -> _M:
    """The same value with `change` applied to every text in it, at any depth."""
    return value.model_copy(update={name: _changed(part, change) for name, part in value})


def _changed(part: Any, change: Callable[[str], str]) -> Any:
    if type(part) is str:
        return change(part)
    if isinstance(part, BaseModel):
        return in_every_text(part, change)
    if isinstance(part, tuple):
        return tuple(_changed(one, change) for one in part)
    return part
