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
    WORK = "Steps"
    """Steps of either kind: each says by its first words whether it is a check."""
    VERIFY = "Verify"
    ESCALATE = "Escalate to"
    NOTE = "Notes"
    SEVERITY = "Severity and Notes"
    """A line that says how bad it is: the entry has it as a SEV, and the page's own word as a note."""


STEPS = frozenset({Role.CHECK, Role.ACT, Role.WORK})

# In the order in which they are tried: a heading that names two ("Diagnosis and mitigation") is the first.
_WORDS: tuple[tuple[Role, str], ...] = (
    (
        Role.VERIFY,
        r"verif(?:y|ying|ication)|validat(?:e|ion)|confirm(?:ing)? (?:the )?(?:recovery|resolution|fix)"
        r"|how (?:to|do you) (?:verify|know it worked).*|(?:exit|success|recovery) criteria",
    ),
    (
        Role.IMPACT,
        r"(?:(?:user|customer|business|service|possible|potential) )*(?:impacts?|effects?)|consequences?"
        r"|why (?:does )?(?:it|this) matters?",
    ),
    (
        Role.ESCALATE,
        r"escalat(?:e|ions?)|escalation (?:path|policy|matrix|contacts?)|contacts?|who to (?:call|contact|page)"
        r"|need help|getting help|on-?call(?: contacts?)?|when to escalate",
    ),
    (
        Role.CAUSE,
        r"(?:(?:possible|likely|probable|common|potential|root|typical|known|most|underlying) )*causes?|reasons?|why"
        r"|why (?:does|did|is) .*|what (?:causes|can cause|could cause) .*",
    ),
    (
        Role.CHECK,
        r"diagnos(?:is|e|tics?|ing)|troubleshoot(?:ing)?|investigat(?:e|ions?|ing)|triage|pre-?checks?|debug(?:ging)?"
        r"|checks?|checklist|analy[sz](?:is|e)|assess(?:ment)?|identif(?:y|ying|ication)|(?:first|initial) response"
        r"|confirm(?:ation)?|tests?|quer(?:y|ies)|(?:useful |helpful )?commands?|what to (?:check|look (?:at|for))"
        r"|where to look|inspect(?:ion)?|root cause analysis|how (?:to|do i) (?:investigate|diagnose|debug|check).*",
    ),
    (
        Role.ACT,
        r"mitigat(?:ions?|e|ing)|resolutions?|resol(?:ve|ving)|remed(?:y|ies|iat(?:e|ions?|ing))|fix(?:es|ing)?"
        r"|solutions?|recover(?:y|ing)?|work-?arounds?|restor(?:e|ation|ing)|repair(?:ing)?|roll-?\s?back(?: plan)?"
        r"|how (?:to|do i) (?:fix|solve|resolve|mitigate|remediate|recover).*|corrective actions?|containment|restart",
    ),
    (
        Role.WORK,
        r"steps?|procedures?|run-?book|playbook|actions?|what (?:to|should|can|must) .*do|respon(?:se|d|ding)"
        r"|instructions?|(?:operator|required|suggested|next) (?:steps?|actions?)|to-?do|course of action",
    ),
    (
        Role.SYMPTOMS,
        r"meaning|symptoms?|summary|description|overview|introduction|about|detect(?:ion|ed)|triggers?|alert details?"
        r"|problem|problem (?:description|statement)|issue|signals?|indicators?|thresholds?|trigger conditions?"
        r"|what (?:does|do|is|are|it|this|happen).*|when (?:does .*|to use|.* fires)|alert "
        r"(?:condition|information|definition|description)"
        r"|conditions?|alert (?:expression|rule|query)|firing condition|explanation|purpose",
    ),
    (
        Role.NOTE,
        r"references?|(?:useful |related |external )?links?|see also|(?:additional |other |further )?(?:notes?"
        r"|info(?:rmation)?|reading|resources)|(?:full )?context|previous incidents?|related.*|meta-?data|definitions?"
        r"|faq|background|prevent(?:ion|ing)|follow-?\s?ups?|post-?(?:mortems?|incident)|severit(?:y|ies)|metrics?|dashboards?"
        r"|change-?log|(?:table of )?contents?|owners?|ownership|appendix|services?|dependenc(?:y|ies)|recent changes"
        r"|alert behaviou?r|pre-?(?:requisites?|conditions?)|requirements?|access|communications?|documentation"
        r"|examples?|priority|tags?|teams?|labels?|revision history|history|known issues|limitations"
        r"|tuning|last (?:updated|reviewed|modified)|authors?|maintainers?|created|version",
    ),
)
_BEFORE = (
    r"(?:(?:the|alert|possible|suggested|recommended|general|initial|immediate|quick|common|first|short-term|long-term"
    r"|temporary|permanent|manual|basic|detailed|step-by-step|how (?:to|do i|can i)) )*"
)
_AFTER = (
    r"(?: (?:it|this|that|steps?|procedures?|guide|instructions?|actions?|details?|options?|checklist|plan|strategy"
    r"|strategies|commands?|tips|assessment|notes?|process|workflow|(?:the|this) (?:alert|issue|problem)))*"
    r"(?: \([^)]*\))?"
)
_ALONE = tuple((role, re.compile(rf"{_BEFORE}(?:{words}){_AFTER}$")) for role, words in _WORDS)
_DESCRIBES = (
    r"meaning|symptoms?|summary|description|overview|introduction|detection|triggers?|what (?:does|is|are|happen).*"
)
"""What says "Symptoms" also within a longer heading, where "issue" and "alert" say nothing."""
_WITHIN = tuple(
    (role, re.compile(rf"\b(?:{_DESCRIBES if role is Role.SYMPTOMS else words})\b"))
    for role, words in _WORDS
    if role is not Role.NOTE
)
_NUMBER = re.compile(
    r"(?:(?:step|phase|part|section)\s+[0-9]+(?:\.[0-9]+)*\s*[.):–—-]?|\(?[0-9ivx]{1,4}(?:\.[0-9]+)*(?:[.):]|\s[–—-]))\s+",
    re.I,
)
_JOINT = re.compile(r"\s*(?:[&/,+]|\band\b)\s*")
_KEYCAP = re.compile(r"^[0-9#*]\ufe0f?\u20e3\s*")


def heading_text(written: str) -> str:
    """A heading without marks, numbering, anchors, decoration and a last colon."""
    text = re.sub(r"\s*\{[#.:][^}]*\}\s*$|\s+#+\s*$|<[^>]*>", "", written)
    text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = re.sub(r"^[^\w\[({`'\"]+|[\s:：]+$", "", _KEYCAP.sub("", plain(text)))
    return _NUMBER.sub("", text, count=1).strip()


def plain_role(written: str) -> Role | None:
    """The role of a heading that says nothing but its role: "Diagnosis", "2. Possible causes:". One that says two is
    the first: "Symptoms & Impact"."""
    text = heading_text(written).casefold()
    roles = [_alone(text)]
    if roles == [None]:
        roles = [_alone(part) for part in _JOINT.split(text)]
    return roles[0] if all(roles) else None


def _alone(text: str) -> Role | None:
    return next((role for role, pattern in _ALONE if pattern.match(text)), None)


def role_of(written: str, parent: Role | None) -> Role | None:
    """The role that a heading gives to what stands under it, None when its words say nothing.

    Under a heading with a role only a heading that says so plainly changes it: "Disk checks" below "Mitigation" does,
    "Description of the disk" does not. "Fix the alerts above first" below "Diagnosis" leaves it to each step.
    """
    role = plain_role(written)
    if role is not None or parent not in (None, Role.SYMPTOMS, *STEPS):
        return role
    text = heading_text(written).casefold()
    for role, pattern in _WITHIN:
        if pattern.search(text) and (parent is None or role in STEPS or role is Role.VERIFY):
            return Role.WORK if parent is Role.CHECK and role is Role.ACT else role
    return None
