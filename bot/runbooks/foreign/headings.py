"""What a foreign heading means: which part of an entry the text under it belongs to."""

from __future__ import annotations

import re
from enum import Enum

from bot.runbooks.parsing.text import plain


class Role(Enum):
    """The part of an entry. The value is what a person is told."""

    SYMPTOMS = "Symptoms"
    IMPACT = "Impact"
    CAUSE = "Likely cause"
    CHECK = "Check steps"
    ACT = "Act steps"
    VERIFY = "Verify"
    ESCALATE = "Escalate to"
    NOTE = "Notes"


STEPS = frozenset({Role.CHECK, Role.ACT})

# In the order in which they are tried: a heading that names two ("Diagnosis and mitigation") is the first.
_WORDS: tuple[tuple[Role, str], ...] = (
    (Role.VERIFY, r"verif(?:y|ying|ication)|validat(?:e|ion)|confirm(?:ing)? (?:the )?(?:recovery|resolution|fix)"),
    (Role.IMPACT, r"impacts?|consequences?|user effects?|business effects?"),
    (Role.ESCALATE, r"escalat(?:e|ion)s?|contacts?|who to (?:call|contact|page)|need help|getting help"),
    (Role.CAUSE, r"(?:(?:possible|likely|probable|common|potential|root|typical) )*causes?|reasons?|why"),
    (
        Role.CHECK,
        r"diagnos(?:is|e|tics?|ing)|troubleshoot(?:ing)?|investigat(?:e|ion|ing)|triage|pre-?checks?|debug(?:ging)?"
        r"|checks?|checklist|analy[sz](?:is|e)|identify(?:ing)?|(?:first|initial) response|confirm(?:ation)?|tests?",
    ),
    (
        Role.ACT,
        r"mitigat(?:ions?|e|ing)|resolutions?|resol(?:ve|ving)|remed(?:y|ies|iat(?:e|ion|ing))|fix(?:es|ing)?"
        r"|solutions?|recover(?:y|ing)?|work-?arounds?|steps?|procedures?|run-?book|playbook|actions?"
        r"|what (?:to|should|can) .*do|response|respond(?:ing)?|restor(?:e|ation|ing)|repair(?:ing)?|roll-?\s?back"
        r"|how (?:to|do i) (?:fix|solve|resolve).*",
    ),
    (
        Role.SYMPTOMS,
        r"meaning|symptoms?|summary|description|overview|introduction|about|detect(?:ion|ed)|triggers?|alert details?"
        r"|what (?:does|do|is|are|it|this|happen).*|when does .*|alert (?:condition|information|definition)|condition",
    ),
    (
        Role.NOTE,
        r"references?|links?|see also|(?:additional |other |further )?(?:notes?|information|reading|resources)"
        r"|(?:full )?context|previous incidents?|related.*|metadata|definitions?|faq|background|prevent(?:ion|ing)"
        r"|follow-?\s?ups?|post-?mortems?|severit(?:y|ies)|metrics?|dashboards?|changelog|table of contents|owners?"
        r"|appendix",
    ),
)
_BEFORE = r"(?:(?:the|alert|possible|suggested|recommended|general|initial|immediate|quick|how (?:to|do i|can i)) )*"
_AFTER = r"(?: (?:it|this|that|steps?|procedures?|guide|instructions?|actions?|details?|(?:the|this) (?:alert|issue)))*"
_ALONE = tuple((role, re.compile(rf"{_BEFORE}(?:{words}){_AFTER}$")) for role, words in _WORDS)
_WITHIN = tuple((role, re.compile(rf"\b(?:{words})\b")) for role, words in _WORDS)
_NUMBER = re.compile(r"(?:(?:step|phase|part)\s+)?\(?[0-9ivx]{1,4}(?:\.[0-9]+)*[.):]\s+", re.I)
_CAMEL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]|[A-Za-z0-9]_[A-Za-z0-9]")
_WORD = re.compile(r"[A-Za-z][\w./:-]*$")


def heading_text(written: str) -> str:
    """A heading without marks, numbering, anchors, decoration and a last colon."""
    text = re.sub(r"\s*\{[#.:][^}]*\}\s*$|\s+#+\s*$|<[^>]*>", "", written)
    text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = re.sub(r"^[^\w\[({`'\"]+|[\s:]+$", "", plain(text))
    return _NUMBER.sub("", text, count=1).strip()


def plain_role(written: str) -> Role | None:
    """The role of a heading that says nothing but its role: "Diagnosis", "2. Possible causes:"."""
    text = heading_text(written).casefold()
    return next((role for role, pattern in _ALONE if pattern.match(text)), None)


def role_of(written: str, parent: Role | None) -> Role | None:
    """The role that a heading gives to what stands under it, None when its words say nothing.

    Under a heading with a role only a heading that says so plainly changes it: "Disk checks" below "Mitigation" does,
    "Description of the disk" does not.
    """
    role = plain_role(written)
    if role is not None or parent not in (None, Role.SYMPTOMS, *STEPS):
        return role
    text = heading_text(written).casefold()
    for role, pattern in _WITHIN:
        if pattern.search(text) and (parent is None or role in STEPS or role is Role.VERIFY):
            return role
    return None


def alert_name(written: str) -> str | None:
    """The alert that a heading names ("KubeletDown", "Alert: disk_full"); None when it is ordinary prose."""
    return next(iter(alert_names(written)), None)


def alert_names(written: str) -> list[str]:
    """The alerts that a heading names and nothing else: "DiskFull | DiskSlow" is two."""
    text = re.sub(r"^alert(?:\s*name)?\s*[:：-]\s*", "", heading_text(written), flags=re.I).strip("\"'")
    names = [part for part in re.split(r"\s*(?:[|,/&]|\band\b|\bor\b)\s*", text) if part]
    if not names or not all(_is_alert(name) for name in names):
        names = [text] if _is_alert(text) else []
    return names


def _is_alert(text: str) -> bool:
    return bool(_WORD.match(text) and _CAMEL.search(text))


_SAYS_ALERT = re.compile(r"\balert(?:\s?name)?[*_`]{0,3}\s*[:|=][*_`\s]*([A-Za-z]\w+)", re.I)


def told_alerts(text: str) -> list[str]:
    """The alerts that a text names as such: "**Alert name:** `DiskFull`"."""
    return [name for name in _SAYS_ALERT.findall(text) if _is_alert(name)]
