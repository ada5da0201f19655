"""The alerts, the dashboard and the unit: valid, and about what exists."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.runbooks.parsing.parse import parse
from tests.deploy.files import DEPLOY, ROOT, documents, judged
from tests.web.parts import exercised, families

RULES = DEPLOY / "prometheus-rules.yml"
PROMETHEUS_OWN = {"up"}
NAME = re.compile(r"\b((?:section3|process)_\w+|up)(?=[\s{\[)]|$)")


def rules() -> list[dict[str, Any]]:
    return [rule for group in documents(RULES)[0]["groups"] for rule in group["rules"]]


def known() -> set[str]:
    """Every sample a bot shows, and what the rules record."""
    shown = {sample.name for family in families(exercised()).values() for sample in family.samples}
    return shown | PROMETHEUS_OWN | {rule["record"] for rule in rules() if "record" in rule}


def test_each_alert_has_its_entry_in_the_runbook_and_each_entry_its_alert() -> None:
    page = ROOT / "playbooks" / "section3.md"
    runbook = parse(page.read_bytes(), str(page)).runbook
    assert runbook is not None
    text = page.read_text(encoding="utf-8")
    entries = {}
    for mode in runbook.failures:
        part = text[text.index(f"### {mode.id} ") :].partition("\n### ")[0]
        named = re.search(r"- alert: `(\w+)`", part)
        assert named, mode.id
        entries[named[1]] = (mode.id, str(mode.severity).lower())
    alerts = {
        rule["alert"]: (rule["annotations"]["runbook"].split()[-1], rule["labels"]["severity"])
        for rule in rules()
        if "alert" in rule
    }
    assert alerts == entries


def test_the_rules_ask_for_metrics_that_exist() -> None:
    asked = {name for rule in rules() for name in NAME.findall(rule["expr"])}
    assert asked and asked <= known()


def test_the_dashboard_asks_for_metrics_that_exist() -> None:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    assert dashboard["uid"] == "section3"
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        for target in panel["targets"]:
            asked = set(NAME.findall(target["expr"]))
            assert asked and asked <= known(), (panel["title"], asked - known())


def test_the_dashboard_shows_what_the_runbook_watches() -> None:
    text = (DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8")
    runbook = (ROOT / "playbooks" / "section3.md").read_text(encoding="utf-8")
    health = runbook.split("## 2. Health", 1)[1].split("\n## ", 1)[0]
    watched = set(re.findall(r"section3_\w+", health))
    assert watched and all(name in text for name in watched)


def test_no_panel_lies_on_another() -> None:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken and max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells


@pytest.mark.machine
def test_prometheus_takes_the_rules() -> None:
    judged("promtool", "check", "rules", RULES)


FIRING = {
    "Section3RedisDown": {"section3_redis_up": "0x20"},
    "Section3RedisRefusesWrites": {
        "section3_redis_free_memory_ratio": "0.04x20",
        "section3_redis_append_only_file": "1x20",
    },
    "Section3EvictionPolicy": {"section3_redis_noeviction": "0x20"},
    "Section3SlackErrors": {
        'section3_slack_calls_total{method="chat.update",status="ratelimited"}': "0+30x20",
        'section3_slack_calls_total{method="chat.update",status="ok"}': "0+70x20",
    },
    "Section3DueWorkOld": {"section3_due_work_oldest_seconds": "90x20"},
    "Section3Restarting": {'process_start_time_seconds{job="section3"}': "0+60x20", 'up{job="section3"}': "1x20"},
    "Section3RunbookBroken": {"section3_runbooks_broken": "1x20"},
    "Section3TooManyProcesses": {f'up{{job="section3",instance="{n}"}}': "1x20" for n in range(3)},
    "Section3DeadLetters": {"section3_dead_letters": "2x20"},
    "Section3ClockSkew": {"section3_clock_skew_seconds": "3x20"},
}
"""What each alert fires on, minute by minute (Prometheus' notation for unit tests)."""
QUIET = {
    'up{job="section3",instance="1"}': "1x20",
    'up{job="section3",instance="2"}': "1x20",
    "section3_redis_up": "1x20",
    "section3_redis_free_memory_ratio": "0.6x20",
    "section3_redis_append_only_file": "1x20",
    "section3_redis_noeviction": "1x20",
    "section3_redis_evicted_keys": "0x20",
    "section3_due_work_oldest_seconds": "1x20",
    "section3_dead_letters": "0x20",
    "section3_runbooks_broken": "0x20",
    "section3_clock_skew_seconds": "0x20",
    'process_start_time_seconds{job="section3"}': "7x20",
    'section3_slack_calls_total{method="chat.update",status="ok"}': "0+70x20",
}


@pytest.mark.machine
def test_each_alert_fires_on_its_trouble_and_none_on_a_quiet_night(tmp_path: Path) -> None:
    assert set(FIRING) == {rule["alert"] for rule in rules() if "alert" in rule}
    alerts = {rule["alert"]: rule for rule in rules() if "alert" in rule}

    def case(series: dict[str, str], name: str, fires: bool) -> dict[str, Any]:
        rule = alerts[name]
        expected = {"exp_labels": rule["labels"], "exp_annotations": rule["annotations"]}
        return {
            "name": f"{name} {'fires' if fires else 'is silent'}",
            "interval": "1m",
            "input_series": [{"series": key, "values": values} for key, values in series.items()],
            "alert_rule_test": [{"eval_time": "19m", "alertname": name, "exp_alerts": [expected] if fires else []}],
        }

    tests = [case(series, name, True) for name, series in FIRING.items()]
    tests += [case(QUIET, name, False) for name in FIRING]
    page = tmp_path / "tests.yml"
    page.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "tests": tests}), encoding="utf-8")
    judged("promtool", "test", "rules", page)


@pytest.mark.machine
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "section3.service").read_text(encoding="utf-8")
    unit = tmp_path / "section3.service"
    unit.write_text(text.replace("/opt/section3/bin/section3", sys.executable), encoding="utf-8")
    judged("systemd-analyze", "verify", unit)
    # The exposure level, 0 (locked up) to 100 (open to all).
    judged("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)


def environment(lines: list[str]) -> set[str]:
    """What the lines of a unit put into the environment."""
    return {word for line in lines if line.startswith("Environment=") for word in line.split("=", 1)[1].split()}


def test_the_unit_has_a_home_that_it_may_write_to() -> None:
    unit = (DEPLOY / "section3.service").read_text(encoding="utf-8").splitlines()
    assert "StateDirectory=section3" in unit
    assert {"HOME=/var/lib/section3", "DATA_DIR=/var/lib/section3"} <= environment(unit)


def test_a_command_on_the_machine_is_run_as_the_service_is() -> None:
    unit = (DEPLOY / "section3.service").read_text(encoding="utf-8").splitlines()
    script = (DEPLOY / "section3.sh").read_text(encoding="utf-8")
    judged("sh", "-n", DEPLOY / "section3.sh")
    words = shlex.split(script, comments=True)
    asked = [word.partition("=")[2] for word in words if word.startswith("--property=")]
    assert environment(asked) == environment(unit) != set()
    # A unit without User= has a dynamic user of the unit's own name: this one.
    assert "User=section3" in asked and not any(line.startswith("User=") for line in unit)
    assert {one for one in asked if not one.startswith(("Environment=", "User="))} <= set(unit)
    program = words[words.index("--") + 1]
    assert f"ExecStart={program} run" in unit and words[-1] == "$@"


def test_the_unit_finishes_what_is_in_hand() -> None:
    text = (DEPLOY / "section3.service").read_text(encoding="utf-8")
    assert "KillMode=mixed" in text and "DynamicUser=yes" in text
    stop = re.search(r"^TimeoutStopSec=(\d+)$", text, re.M)
    assert stop and int(stop[1]) > 20
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert "stop_grace_period: 30s" in compose
