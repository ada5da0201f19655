"""Pages of many houses: what they are about, and which of their text is a check, an act, or neither."""

from __future__ import annotations

import pytest

from bot.domain.runbook import FailureMode, SignalKind
from bot.runbooks.foreign import convert
from tests.runbooks.test_import_pages import assert_nothing_lost, modes_of


def entries(name: str, page: str) -> tuple[FailureMode, ...]:
    """The entries of a page, from which nothing may be lost."""
    conversion = convert([(name, page.encode())])
    assert_nothing_lost(page, conversion)
    assert not [remark for remark in conversion.remarks if "not carried over" in remark]
    return modes_of(conversion)


def entry(name: str, page: str) -> FailureMode:
    (mode,) = entries(name, page)
    return mode


def steps(mode: FailureMode) -> list[tuple[str, tuple[str, ...]]]:
    return [(step.kind.value, tuple(command.text for command in step.commands)) for step in mode.steps]


TOPIC = "# Backing up etcd\n\nHow to take a snapshot.\n\n## Procedure\n\n1. Check it: `etcdctl endpoint health`\n"


@pytest.mark.parametrize(
    ("name", "page", "alerts"),
    [
        ("TargetDown.md", "Text.", ("TargetDown",)),
        ("etcdNoLeader.md", "# No leader", ("etcdNoLeader",)),
        ("HCP_KubeAPIDown.md", "Text.", ("HCP_KubeAPIDown",)),
        ("Watchkeeper.md", "# Watchkeeper\n\n## Meaning\n\nThis alert always fires.", ("Watchkeeper",)),
        ("Watchkeeper.md", "# Watchkeeper\n\n## Meaning\n\nA daemon.", ()),
        ("etcd-backup.md", TOPIC, ()),
        ("how-to-rotate-certs.md", "# Rotating certificates", ()),
        ("README.md", TOPIC, ()),
        ("PostgreSQL.md", "# PostgreSQL\n\nUse psql.", ()),
        ("StatefulSets.md", "Text.", ()),
        ("ci_pending_builds.md", "# Pending builds", ()),
        ("CODE_OF_CONDUCT.md", "Be kind.", ()),
        ("kafka.md", "# Alert: KafkaLagging", ("KafkaLagging",)),
        ("kafka.md", "# Alert: consumers lag behind", ("consumers lag behind",)),
        ("kafka.md", "# Runbook: KafkaLagging (critical)", ("KafkaLagging",)),
        ("kafka.md", "# KafkaLagging and KafkaStopped", ("KafkaLagging", "KafkaStopped")),
        ("kafka.md", "---\nalerts:\n  - KafkaLagging\n  - KafkaStopped\n---\nText.", ("KafkaLagging", "KafkaStopped")),
        ("kafka.md", "---\ntitle: KafkaLagging\n---\nText.", ("KafkaLagging",)),
        ("kafka.md", "|A|B|\n|---|---|\n|**Alert Name(s)**| `kafka-lag`, `KafkaGone` |", ("kafka-lag", "KafkaGone")),
        ("kafka.md", "Alert: KafkaLagging -- more than 5 minutes", ("KafkaLagging",)),
        ("kafka.md", "**Alert Name:** Consumer Falls Behind", ("Consumer Falls Behind",)),
        ("kafka.md", "When the `KafkaLagging` alert fires, wait.", ("KafkaLagging",)),
        ("kafka.md", "```yaml\n- alert: KafkaLagging\n  expr: lag > 5\n```", ("KafkaLagging",)),
        ("kafka.md", "# Kafka\n\n## Related alerts\n\n- `ZooGone`\n", ()),
        ("KafkaLag.md", "```yaml\n- alert: KafkaLagBadly\n- alert: ZooGone\n```", ("KafkaLag", "KafkaLagBadly")),
    ],
)  # fmt: skip
def test_what_a_page_is_about(name: str, page: str, alerts: tuple[str, ...]) -> None:
    assert entry(name, page).signals_of(SignalKind.ALERT) == alerts


@pytest.mark.parametrize(
    ("name", "words"),
    [("etcd-backup.md", ("Backing up etcd", "etcd backup")), ("README.md", ("Backing up etcd",))],
)
def test_a_topic_is_found_by_its_title_and_its_name_in_words(name: str, words: tuple[str, ...]) -> None:
    mode = entry(name, TOPIC)
    assert mode.signals_of(SignalKind.WORDS) == words
    assert mode.id == ("etcd-backup" if name == "etcd-backup.md" else "Backing-up-etcd")


PARTS = (
    ("Checkout is slow.", "Orders wait."),
    (("check", ("shopctl top",)), ("act", ("shopctl restart",))),
    "Call the shop team after 20 min.",
)
INLINE = """\
**Meaning:** Checkout is slow.
**Impact:** Orders wait.
**Diagnosis:** run `shopctl top` and compare.
**Fix:** restart it with `shopctl restart`
**Escalation:** Call the shop team after 20 min.
"""
LISTED = "- " + INLINE.strip().replace("\n", "\n- ")
BOLD = """\
**Meaning**

Checkout is slow.

**Impact**

Orders wait.

**Diagnosis**

```sh
shopctl top
```

**Mitigation steps:**

```sh
shopctl restart
```

**Escalation**

Call the shop team after 20 min.
"""
HTML = """\
<h2 id="a">Meaning</h2>
Checkout is slow.

<h2>Impact</h2>

Orders wait.
<details>
<summary><b>Diagnosis</b></summary>

```sh
shopctl top
```
</details>
<details><summary>Workaround</summary>

```sh
shopctl restart
```

</details>
<h3><b>Escalation</b></h3>
Call the shop team after 20 min.
"""
NUMBERED = """\
1. Overview
-----------

Checkout is slow.

2) USER IMPACT
--------------

Orders wait.

3 - Investigation
-----------------

```sh
shopctl top
```

## 🛠 Remediation

```sh
shopctl restart
```

## 5️⃣ Escalation path

Call the shop team after 20 min.
"""
NO_BLANKS = """\
**Summary**: Checkout is slow.
**Customer impact**: Orders wait.
**Triage:**
- look: `shopctl top`
**Resolution:**
- restart: `shopctl restart`
**Contact**: Call the shop team after 20 min.
"""


@pytest.mark.parametrize("page", [INLINE, LISTED, BOLD, HTML, NUMBERED, NO_BLANKS])
def test_section_titles_in_many_hands(page: str) -> None:
    mode = entry("CheckoutSlow.md", page)
    said = (mode.symptoms[0].text, mode.impact.text), tuple(steps(mode)), mode.escalate_to.text
    assert said == PARTS


def test_labels_that_are_no_sections_stay_with_what_they_are_in() -> None:
    page = "# FooBar\n\n## Troubleshooting\n\n**Cause:** old keys\n\n**Diagnosis:** `keyctl list`\n\n"
    page += "**Fix:** `keyctl new`\n\n**Note:** slow\n\n**See also:** [keys](keys.md)\n"
    mode = entry("FooBar.md", page)
    assert steps(mode) == [("check", ("keyctl list",)), ("act", ("keyctl new",))]
    assert "**Cause:** old keys" in mode.steps[0].text
    assert "**Note:** slow" in mode.steps[1].text
    assert "keys.md" in mode.notes[0].text


def test_under_a_neutral_heading_each_step_is_what_it_does() -> None:
    page = """\
# FooBar

## What to do

1. Take a look at the queue.
2. Run `kubectl -n shop get pods` and `kubectl logs shop-0`.
3. Run `kubectl rollout restart deploy/shop`.
4. [ ] Verify that it is empty.
5. Tell the sales team.
"""
    mode = entry("FooBar.md", page)
    assert [kind for kind, _ in steps(mode)] == ["check", "check", "act", "check", "act"]
    assert mode.steps[3].text == "Verify that it is empty."


def test_a_fix_inside_a_diagnosis_is_an_act_only_when_it_changes_something() -> None:
    page = "# FooBar\n\n## Diagnosis\n\n### Fix other alerts first\n\nCheck that none fires.\n\n"
    page += "### Fix the key\n\nDelete the key:\n\n    keyctl rm old\n"
    assert steps(entry("FooBar.md", page)) == [("check", ()), ("act", ("keyctl rm old",))]


def test_what_to_see_stays_with_its_command_and_a_comment_is_no_step() -> None:
    page = "# FooBar\n\n## Diagnosis\n\n<!-- ours -->\nList them:\n\n```\nkeyctl list\n```\n\n"
    page += "Look for:\n\n- `expired`\n\n`expired` means gone.\n"
    mode = entry("FooBar.md", page)
    assert steps(mode) == [("check", ("keyctl list",))]
    assert "`expired` means gone." in mode.steps[0].text


TABLE = """\
# Alerts

| Alert | Meaning | Severity | Action |
|---|---|---|---|
| DiskFull | no space is left | page | Run `rm -r /tmp/old` |
| DiskSlow | writes take over 1 s | ticket | |
"""
BULLETS = """\
# Alerts

- **DiskFull**: no space is left on the disk. Run `rm -r /tmp/old`.
- `DiskSlow` - writes take over 1 s for ten minutes.
"""
LINES = "# Alerts\n\n**DiskFull**\n\nNo space is left. Run `rm -r /tmp/old`.\n\n**DiskSlow**\n\nWrites take over 1 s.\n"


@pytest.mark.parametrize("page", [TABLE, BULLETS, LINES])
def test_alerts_in_a_list_are_entries_each(page: str) -> None:
    full, slow = entries("disks.md", page)
    assert (full.id, slow.id) == ("DiskFull", "DiskSlow")
    assert full.signals_of(SignalKind.ALERT) == ("DiskFull",)
    assert steps(full) == [("act", ("rm -r /tmp/old",))]
    assert "1 s" in slow.symptoms[0].text


def test_a_list_of_neighbours_or_of_links_is_no_list_of_entries() -> None:
    links = "# Index\n\n| Alert | Runbook |\n|---|---|\n| DiskFull | [a](a.md) |\n| DiskSlow | [b](b.md) |\n"
    assert entry("README.md", links).id == "Index"
    assert entry("DiskGone.md", BULLETS).id == "DiskGone"


def test_html_and_titles_inside_code_are_code() -> None:
    page = "# FooBar\n\n## Diagnosis\n\n```html\n<h2>Fix</h2>\n```\n\n```sh\n1. Overview\n---\n```\n"
    assert [command.text for step in entry("FooBar.md", page).steps for command in step.commands] == [
        "1. Overview\n---"
    ]


def test_what_stands_in_pre_is_commands() -> None:
    page = (
        "# QueueStuck\n\n## Diagnosis\n\n<pre>\nkubectl get pods\nkubectl logs deploy/a &gt; a.log\n</pre>\n\n"
        '## Mitigation\n\nRestart the workers:\n\n<pre><code class="language-sh">agentctl restart workers\n'
        "agentctl scale 4</code></pre>\n\n## Notes\n\n<pre>unclosed\n"
    )
    conversion = convert([("QueueStuck.md", page.encode())])
    (mode,) = modes_of(conversion)
    assert steps(mode) == [
        ("check", ("kubectl get pods\nkubectl logs deploy/a > a.log",)),
        ("act", ("agentctl restart workers\nagentctl scale 4",)),
    ]
    assert "unclosed" in conversion.entries[0].text


def test_a_heading_inside_pre_is_no_heading() -> None:
    mode = entry("QueueStuck.md", "# QueueStuck\n\n## Diagnosis\n\n<pre>\n<h2>Mitigation</h2>\n</pre>\n")
    assert [step.kind.value for step in mode.steps] == ["check"]


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("Severity: critical", "SEV1"),
        ("**Severity:** `warning`", "SEV3"),
        ("- Severity: P2", "SEV2"),
        ("## Severity\n\ninfo", "SEV4"),
        ("severity=critical or warning", None),
        ("Severity: see the table", None),
    ],
)
def test_a_severity_that_is_one_word_is_the_severity_of_the_entry(said: str, severity: str | None) -> None:
    page = f"# QueueStuck\n\n{said}\n\n## Meaning\n\nThe queue does not move.\n"
    mode = entry("QueueStuck.md", page)
    assert (mode.severity.value if mode.severity else None) == severity
