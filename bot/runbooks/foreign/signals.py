"""What an entry is found by: the alerts that its page is about, or the words of its topic when it is about none."""

from __future__ import annotations

from collections.abc import Iterable

from bot.runbooks.foreign.headings import heading_text
from bot.runbooks.foreign.names import (
    alert_names,
    front_alerts,
    mentioned_alerts,
    rule_alerts,
    single_word_alert,
    told_alerts,
    topic_words,
    written_like_an_alert,
)
from bot.runbooks.foreign.sections import Alert
from bot.runbooks.parsing.blocks import Block, Kind


def signal_lines(stem: str, alert: Alert, lines: list[str], front: list[str]) -> list[str]:
    """The list below **Signals:**. `stem` is the file's name, "" when it says nothing; `lines` are the page's."""
    names = _alerts(stem, alert, lines, front)
    if names:
        return [f"- alert: `{name}`" for name in names]
    words = topic_words(stem, alert.title)
    return [f"- words: {', '.join(words)}"] if words else []


def _alerts(stem: str, alert: Alert, lines: list[str], front: list[str]) -> list[str]:
    blocks = [block for part in alert.parts for block in part.blocks]
    text = "\n".join(_source(blocks, lines))
    code = "\n".join(one.text for block in blocks for one in block.walk() if one.kind is Kind.FENCE)
    named = [stem] if not alert.name and written_like_an_alert(stem) else []
    named += [*alert_names(alert.title), *front_alerts(front), *told_alerts(text)]
    rules = rule_alerts(code)
    # A page may show the rules of its neighbours too; those that carry its own name on are its levels of severity.
    named += [rule for rule in rules if not named or rule.startswith(tuple(named))]
    if not named and single_word_alert(stem, alert.title, _explains(alert), text):
        named = [stem]
    return list(dict.fromkeys(name.replace("`", "") for name in named or mentioned_alerts(text)))


def _source(blocks: Iterable[Block], lines: list[str]) -> list[str]:
    return [line for block in blocks if block.kind is not Kind.FENCE for line in lines[block.start : block.end]]


def _explains(alert: Alert) -> bool:
    return any(heading_text(part.heading).casefold() == "meaning" for part in alert.parts)
