"""Which alerts a page is about: what is written like an alert's name, and what the page calls one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.runbooks.foreign.headings import heading_text

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")
_LONG = re.compile(r"[A-Z][a-z]{2,}")
_CODE_WORD = re.compile(r"[A-Za-z][\w./:-]*$")
_THINGS = re.compile(
    r"(?:alertmanager|argocd|clickhouse|cloud(?:flare|formation|front|watch)|cockroachdb|configmap|coredns|couchdb"
    r"|cronjob|daemonset|dynamodb|elasti(?:cache|csearch)|fluentbit|github|gitlab|grafana|haproxy|helmrelease|influxdb"
    r"|javascript|kubevirt|limitrange|loadbalancer|logstash|mariadb|memcached|mongodb|mysql|networkpolicy|nodejs"
    r"|opensearch|openshift|openstack|opentelemetry|pagerduty|persistentvolume(?:claim)?|poddisruptionbudget|postgresql"
    r"|powershell|prometheusrule|promql|rabbitmq|replicaset|resourcequota|runbook|service(?:account|monitor)|sqlite"
    r"|statefulset|storageclass|timescaledb|typescript|victoriametrics|virtualmachine(?:instance)?|wordpress|zookeeper)s?",
    re.I,
)
"""What is written like an alert's name and is a product or a kind of object."""


def written_like_an_alert(text: str) -> bool:
    """Whether a word is in CamelCase of two or more words ("etcdNoLeader"), and no product's name ("PostgreSQL")."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Z][A-Za-z0-9]*)*", text) or _THINGS.fullmatch(text):
        return False
    words = [word for word in _WORDS.findall(text) if len(word) > 1]
    return len(words) > 1 and any(_LONG.match(word) for word in words)


_CALLED = re.compile(r"^(?:(?:alert|alarm)(?:\s*(?:name|:))?|(?:run|play)-?book(?: for)?)\s*[:：–—-]\s*", re.I)
_IS_ALERT = re.compile(r"^(?:alert|alarm)\b", re.I)
_AFTER = re.compile(r"\s+(?:alert|alarm|(?:run|play)-?book)s?$|\s*\((?:critical|warning|info|page|ticket)\)$", re.I)
_BETWEEN = re.compile(r"\s*(?:[|,/&]|\band\b|\bor\b)\s*")


def alert_name(written: str) -> str | None:
    """The alert that a heading names ("KubeletDown", "Alert: disk_full"); None when it is ordinary prose."""
    return next(iter(alert_names(written)), None)


def alert_names(written: str) -> list[str]:
    """The alerts that a heading names and nothing else: "DiskFull | DiskSlow" is two, "Alert: Disk is full" is one."""
    whole = heading_text(written).strip("\"'` ")
    called = _CALLED.match(whole)
    text = _AFTER.sub("", whole[called.end() :] if called else whole).strip("\"'` []")
    names = [part.strip("\"'` ") for part in _BETWEEN.split(text) if part.strip("\"'` ")]
    if names and all(written_like_an_alert(name) for name in names):
        return names
    said = called is not None and _IS_ALERT.match(whole)
    if said and names and all(_CODE_WORD.match(name) for name in names):
        return names
    return [text] if text and (said or written_like_an_alert(text)) else []


_QUOTED = r"[\"'`*_]{0,4}"
_SAYS = re.compile(
    rf"^[\s>|*_-]*{_QUOTED}alert(?:s|ing rule)?(?:\s?name)?(?:\(s\)|s)?{_QUOTED}\s*[:=|]{_QUOTED}"
    r"(?P<value>[^|\n]+)",
    re.I | re.M,
)
_PROSE = re.compile(
    rf"\b(?:the|this|when|if) (?:alert {_QUOTED}(\w+)|{_QUOTED}(\w+){_QUOTED} (?:alert|alarm)\b)"
    r"|`(\w+)` alerts?\b",
    re.I,
)
_RULE = re.compile(r"^\s*(?:-\s*)?(?:alert|alertname)\s*:\s*[\"']?(\w[\w.-]*)[\"']?\s*$|^\s*ALERT\s+(\w+)\b", re.M)
_FRONT = re.compile(r"^(?:alert|alarm)(?:s|[-_ ]?names?)?\s*:\s*(.*)$", re.I)


def told_alerts(text: str) -> list[str]:
    """The alerts that a text names as such: "**Alert name:** `DiskFull`", "| Alert(s) | `A`, `B` |"."""
    names = []
    for found in _SAYS.finditer(text):
        value = found["value"]
        quoted = re.findall(r"`([^`\n]+)`", value)
        # "DiskFull (critical)", "DiskFull -- no space": what follows a name explains it.
        words = quoted or [
            re.split(r"\s+(?:[(–—]|-)", one)[0] for one in re.split(r"\s*,\s*|\s+(?:and|or)\s+", value.strip(" *_\"'."))
        ]
        found_names = [word for word in words if _is_name(word, quoted=bool(quoted))]
        spelled = value.strip(" *_\"'`.")
        if not found_names and "name" in found[0][: found.start("value") - found.start()].casefold():
            found_names = [spelled] if re.match(r"[A-Z]", spelled) and 1 < len(spelled.split()) < 9 else []
        names += found_names
    return names


def mentioned_alerts(text: str) -> list[str]:
    """The alerts that a sentence speaks of: "when the alert DiskFull fires", "the `DiskFull` alert"."""
    return [
        name for found in _PROSE.finditer(text) if written_like_an_alert(name := next(filter(None, found.groups())))
    ]


def rule_alerts(code: str) -> list[str]:
    """The alerts that a code block of rules defines: `- alert: DiskFull`."""
    return [first or second for first, second in _RULE.findall(code)]


def front_alerts(front: Iterable[str]) -> list[str]:
    """The alerts that front matter names: `alert: DiskFull`, `alerts: [DiskFull, DiskSlow]`, or a list below."""
    names: list[str] = []
    within = False
    for line in front:
        found = _FRONT.match(line)
        listed = re.match(r"\s*-\s+(.*)$", line) if within else None
        within = bool(found and not found[1].strip()) or listed is not None
        titled = re.match(r"(?:link)?title\s*:\s*[\"']?(.*?)[\"']?\s*$", line, re.I)
        names += alert_names(titled[1]) if titled else []
        value = found[1] if found else listed[1] if listed else ""
        names += [word for word in re.split(r"[\s,\"'\[\]]+", value) if _is_name(word, quoted=True)]
    return names


def _is_name(word: str, *, quoted: bool) -> bool:
    """Whether a word after "Alert:" is the alert's name. In quotation marks one of several parts will do."""
    return written_like_an_alert(word) or (quoted and bool(re.fullmatch(r"[A-Za-z]\w*(?:[_-]\w+)+|[A-Z]\w{3,}", word)))


_SPEAKS = re.compile(r"\b(?:this|the|an) alert\b|\balert (?:fires|is fired|triggers)", re.I)


def single_word_alert(word: str, title: str, meaning: bool, text: str) -> bool:
    """Whether a name of one capitalised word ("Watchdog") is an alert: the page has it as its heading, explains its
    meaning, and speaks of an alert."""
    return (
        meaning
        and re.fullmatch(r"[A-Z][a-z]{3,}", word) is not None
        and heading_text(title) == word
        and not _THINGS.fullmatch(word)
        and bool(_SPEAKS.search(text))
    )


def topic_words(stem: str, title: str) -> list[str]:
    """What a topic is found by: its title, and its file's name in words ("etcd-backup": "etcd backup")."""
    spoken = " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[^\W\dA-Za-z]+", stem)).casefold()
    phrases = [re.sub(r"\s*,\s*", " ", heading_text(title)), spoken]
    seen: dict[str, str] = {}
    for phrase in phrases:
        flat = " ".join(re.sub(r"[`*\"]", "", phrase).split())
        if flat and re.search(r"\w", flat):
            seen.setdefault(flat.casefold().replace("-", " "), flat)
    return list(seen.values())
