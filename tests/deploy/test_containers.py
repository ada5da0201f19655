"""The image, the composition and the manifests: valid, and as careful as they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.deploy.files import DEPLOY, MANIFESTS, ROOT, documents, judged, manifest, program

SETTINGS = {name.upper() for name in Settings.model_fields}
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]


def test_the_dockerfile_passes_its_linter() -> None:
    judged(program("hadolint"), "--failure-threshold", "info", DEPLOY / "Dockerfile")


def test_the_image_runs_as_a_plain_user_and_writes_only_to_its_data() -> None:
    assert re.search(r"^USER 10001:10001$", FINAL, re.M)
    data = re.findall(r"^VOLUME (\S+)$", FINAL, re.M)
    assert data == ["/var/lib/section3"]
    assert "groupadd --gid 10001 section3" in FINAL and "useradd --uid 10001 --gid 10001" in FINAL
    assert f"DATA_DIR={data[0]}" in FINAL
    assert re.search(r"^HEALTHCHECK .*\n.*/healthz", FINAL, re.M)
    assert 'ENTRYPOINT ["section3"]' in FINAL and 'CMD ["run"]' in FINAL


def test_nothing_is_compiled_at_a_start() -> None:
    """The root is read-only: bytecode that the image does not hold, or does not trust, is made again by every start."""
    compiling = "python -m compileall -q --invalidation-mode unchecked-hash"
    assert f"&& {compiling} /install\n" in DOCKERFILE and "--no-compile" in DOCKERFILE
    assert re.search(rf"^RUN {compiling} .*/usr/local/lib/python3\.\*$", FINAL, re.M)


def test_the_image_is_told_settings_that_exist() -> None:
    named = set(re.findall(r"(?<!ARG )\b([A-Z][A-Z_]+)=", FINAL)) - {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    assert named and named <= SETTINGS


def test_what_the_image_copies_exists_and_is_let_through() -> None:
    let_through = set(re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8"), re.M))
    lines = re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.M)
    copied = {name for line in lines for name in line.split()[:-1]}
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
    # The last rule wins: a .env beside a module does not become part of the package.
    rules = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert rules[-2:] == ["**/__pycache__", "**/.*"]


def test_the_versions_of_the_image_are_those_of_the_lock(tmp_path: Path) -> None:
    expression = re.search(r"sed -nE '(.+?)' requirements\.lock", DOCKERFILE)
    assert expression
    judged("sh", "-c", f"sed -nE '{expression[1]}' {ROOT / 'requirements.lock'} > {tmp_path / 'versions.txt'}")
    lines = (tmp_path / "versions.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[a-z0-9._-]+==[\w.+!-]+", line) for line in lines), lines
    assert {"aiohttp", "slack-bolt", "redis", "pydantic"} <= {line.partition("==")[0] for line in lines}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_the_manifests_fit_their_schemas(path: Path) -> None:
    judged(program("kubernetes-validate"), "--strict", path)


def test_two_replicas_one_of_which_always_stays() -> None:
    deployment = manifest("Deployment")
    assert deployment["metadata"]["name"] == "section3"
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        manifest("Service")["spec"]["selector"],
        manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        manifest("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    assert manifest("PodDisruptionBudget")["spec"]["minAvailable"] == 1


def test_the_pod_has_no_rights_and_its_secrets_are_references() -> None:
    pod = manifest("Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["automountServiceAccountToken"] is False
    for setting in container["env"]:
        assert "value" not in setting and setting["valueFrom"]["secretKeyRef"]["name"] == "section3", setting
    secret = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    given = {setting["name"] for setting in container["env"]}
    assert secret <= given <= SETTINGS
    assert set(manifest("ConfigMap")["data"]) <= SETTINGS - secret


def test_a_pod_is_not_restarted_because_something_else_is_away() -> None:
    (container,) = manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    paths = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}


def test_the_composition_fits_its_schema() -> None:
    judged(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


def test_the_composition_keeps_every_fact_twice() -> None:
    (compose,) = documents(DEPLOY / "compose.yaml")
    services = compose["services"]
    assert services["bot"]["deploy"]["replicas"] == 2
    assert services["bot"]["environment"]["REDIS_REPLICAS"] == "${REDIS_REPLICAS:-1}"
    assert set(services["bot"]["environment"]) <= SETTINGS
    for name in ("redis", "redis-replica"):
        options = " ".join(services[name]["command"])
        assert "--appendonly yes --appendfsync always" in options
        assert "--maxmemory-policy noeviction" in options
        # Otherwise a replica that comes back waits 5 s, and every fact until then is on one server only.
        assert "--repl-diskless-sync-delay 0" in options
    assert "--replicaof redis 6379" in " ".join(services["redis-replica"]["command"])
    assert compose["networks"]["store"]["internal"] is True
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in services.values())
