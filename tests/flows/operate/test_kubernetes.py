"""The manifests for Kubernetes, rendered by kustomize and checked by the schemas of Kubernetes and against Lode itself."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.flows.operate.object_storage import PROGRAMS

from lodebase.cli.main import COMMANDS
from lodebase.settings import Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("kustomize") is None, reason="kustomize is in Debian since 13"),
]
ROOT = Path(__file__).parents[3]
VERSIONS = ("1.33", "1.37")
"""The earliest and the latest of Kubernetes whose schemas are tried."""
PAGE = ROOT / "docs/operate/run-on-kubernetes.md"


def overlay_of_the_page() -> str:
    """Return the overlay that the page has."""
    found: str
    (found,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found.replace("../lode/deploy/kubernetes", "../base")


def render(folder: Path) -> list[dict[str, Any]]:
    run = subprocess.run(["kustomize", "build", folder], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return list(yaml.safe_load_all(run.stdout))


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    return render(ROOT / "deploy/kubernetes")


def pods(objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each workload and the specification of its pods."""
    for one in objects:
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield one["metadata"]["name"], spec["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_accepts_each_object(objects: list[dict[str, Any]], version: str, tmp_path: Path) -> None:
    assert PROGRAMS.exists(), "run scripts/setup.sh test"
    command = [str(PROGRAMS / "bin/kubernetes-validate"), "--strict", "-k", version]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(objects))
    run = subprocess.run([*command, tmp_path / "all.yaml"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    # the check can fail
    (wrong,) = [dict(one) for one in objects if one["metadata"]["name"] == "tasks"]
    wrong["spec"] = {**wrong["spec"], "replica": 1}
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(wrong))
    assert subprocess.run([*command, tmp_path / "wrong.yaml"], capture_output=True, check=False).returncode != 0


def test_the_workloads_are_the_services_of_compose_and_run_commands_of_lode(objects: list[dict[str, Any]]) -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    found = {name: spec["containers"][0] for name, spec in pods(objects)}
    assert set(found) == {"site", "desk", "tasks", "migrate", "mail", "webhooks"}
    assert found["migrate"]["command"] == compose["migrate"]["entrypoint"]
    for name, container in found.items():
        if name not in ("migrate", "mail"):
            assert container["args"][0] in COMMANDS, name
    assert found["mail"]["command"][-1].endswith("exec lode notify") and "notify" in COMMANDS
    settings = {field.validation_alias for field in Settings.model_fields.values()}
    for name, container in found.items():
        for variable in container["env"]:
            assert variable["name"].removesuffix("_FILE") in settings, (name, variable["name"])
    (config,) = [one for one in objects if one["kind"] == "ConfigMap"]
    assert set(config["data"]) <= settings and not any("DATABASE" in name for name in config["data"])


def test_secrets_are_references_and_the_site_has_none_that_changes_data(objects: list[dict[str, Any]]) -> None:
    assert not [one for one in objects if one["kind"] == "Secret"]
    for name, spec in pods(objects):
        (secret,) = [volume["secret"]["secretName"] for volume in spec["volumes"] if "secret" in volume]
        assert secret == ("lode-site-database" if name in ("site", "desk") else "lode-owner-database"), name
        for variable in spec["containers"][0]["env"]:
            value = variable.get("value", "")
            assert "valueFrom" in variable or value.startswith("/run/secrets/lode/"), (name, variable)


def test_each_pod_is_hardened_and_limited(objects: list[dict[str, Any]]) -> None:
    for name, spec in pods(objects):
        (container,) = spec["containers"]
        assert spec["automountServiceAccountToken"] is False and spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert {"cpu", "memory"} <= set(container["resources"]["limits"]), name
        written = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
        assert written == {"/tmp", "/var/lib/lode"}, name
        if name in ("site", "desk"):
            assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
            assert container["livenessProbe"]["httpGet"]["path"] == "/healthz" == container["startupProbe"]["httpGet"]["path"]


def test_what_is_not_allowed_is_denied_and_only_mail_and_webhooks_leave(objects: list[dict[str, Any]]) -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in objects if one["kind"] == "NetworkPolicy"}
    assert set(policies["default-deny"]["policyTypes"]) == {"Ingress", "Egress"} and "ingress" not in policies["default-deny"]
    ports = {
        name: {port["port"] for rule in spec.get("egress", []) for port in rule["ports"]} for name, spec in policies.items()
    }
    assert ports == {
        "default-deny": {53},
        "from-ingress": set(),
        "to-database": {5432},
        "notify-to-world": {443, 465, 587},
        "site-to-mail": {443, 465, 587},
    }
    for name in ("notify-to-world", "site-to-mail"):
        assert "169.254.0.0/16" in policies[name]["egress"][0]["to"][0]["ipBlock"]["except"]


def test_an_overlay_sets_image_address_and_namespace(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy/kubernetes", tmp_path / "base")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/kustomization.yaml").write_text(overlay_of_the_page())
    found = render(tmp_path / "own")
    assert {one["metadata"]["namespace"] for one in found} == {"minerals"}
    assert {spec["containers"][0]["image"] for _, spec in pods(found)} == {"registry.province.example/lode:7"}
    (config,) = [one for one in found if one["kind"] == "ConfigMap"]
    assert config["data"]["LODE_URL"] == "https://minerals.province.example" and config["data"]["LODE_TRUSTED_PROXIES"] == "1"
