"""Whether a text asks for something ("can we get dark mode", "how many tickets last month") instead of reporting a
failure. No playbook answers a wish or a question."""

from __future__ import annotations

import re

_ANYBODY = "we|you|i|someone|somebody|anyone"
_WISH = (
    r"get(?! (?:it|this|that|these|them|back|rid)\b)|have|add|make|change|delete|remove|include|approve|use|explain how"
)
_WHO = "we|i|users?|managers?|leads?|colleagues?|team|finance|billing|marketing"
_QUESTION = (
    "how many|how long do|how do i|how do we|who is|who can|who takes|who has|where do|where can|where is|where are|"
    "need the|need an?|need more|which|does anyone|is there a|is it possible|please (?:add|delete|change|remove)"
)
_ASKING = re.compile(
    rf"\b(?:can|could|would|may) (?:{_ANYBODY}) (?:please )?(?:also )?(?:{_WISH})\b"
    rf"|(?:^|[.?!:]\s)(?:{_QUESTION})\b"
    rf"|\b(?:{_WHO}) (?:needs?|wants?|prefers?|would like|asks? (?:us )?(?:to|for|whether)) (?!to know)"
    r"|\b(?:feature request|would love|is allowed to)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """The text has the form of a wish or of a question about how things are done."""
    return _ASKING.search(text) is not None
