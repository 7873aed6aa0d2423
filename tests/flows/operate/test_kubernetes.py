"""The chart for Kubernetes, rendered by Helm and checked by the schemas of Kubernetes and against Lode itself."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import valkey
import yaml
from tests.flows.operate.object_storage import PROGRAMS
from tests.lodeweb.http.test_shared_counts import run_valkey

from lodebase.cli.main import COMMANDS
from lodebase.settings import Settings

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
CHART = ROOT / "deploy/helm"
VERSIONS = ("1.33", "1.37")
"""The earliest and the latest of Kubernetes whose schemas are tried."""
PAGE = ROOT / "docs/operate/run-on-kubernetes.md"


def values_of_the_page() -> str:
    """Return the file of values that the page has."""
    values: str
    (values,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return values


def run_helm(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    assert PROGRAMS.exists(), "run scripts/setup.sh test"
    return subprocess.run([PROGRAMS / "bin/helm", *arguments], capture_output=True, text=True, check=False)


def render(*arguments: str | Path) -> list[dict[str, Any]]:
    run = run_helm("template", "lode", CHART, *arguments)
    assert run.returncode == 0, run.stderr
    return list(yaml.safe_load_all(run.stdout))


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    return render()


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
    valkey = found.pop("valkey")
    assert set(found) == {"site", "desk", "tasks", "migrate", "mail", "webhooks"}
    assert valkey["command"][0] == "valkey-server" and "env" not in valkey
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
        if name == "valkey":
            assert "volumes" not in spec
            continue
        (secret,) = [volume["secret"]["secretName"] for volume in spec["volumes"] if "secret" in volume]
        assert secret == ("lode-site-database" if name in ("site", "desk") else "lode-owner-database"), name
        for variable in spec["containers"][0]["env"]:
            if variable["name"] == "LODE_DATABASE_READ_URL":
                assert name in ("site", "desk") and variable["valueFrom"]["secretKeyRef"]["optional"] is True, (name, variable)
            elif "DATABASE" in variable["name"]:
                assert variable["value"].startswith("/run/secrets/lode/"), (name, variable)
            if "SMTP" in variable["name"] or "MAIL" in variable["name"]:
                assert variable["valueFrom"]["secretKeyRef"]["name"] == "lode-mail", (name, variable)


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
        written = {mount["mountPath"] for mount in container.get("volumeMounts", []) if not mount.get("readOnly")}
        assert written == (set() if name == "valkey" else {"/tmp", "/var/lib/lode"}), name
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
        "to-valkey": {6379},
        "from-site-to-valkey": set(),
        "to-database": {5432},
        "notify-to-world": {443, 465, 587},
        "site-to-mail": {443, 465, 587},
    }
    for name in ("notify-to-world", "site-to-mail"):
        assert "169.254.0.0/16" in policies[name]["egress"][0]["to"][0]["ipBlock"]["except"]


def test_helm_finds_no_fault_in_the_chart() -> None:
    run = run_helm("lint", "--strict", CHART)
    assert run.returncode == 0, run.stdout


def test_the_values_of_the_page_set_image_address_and_database(tmp_path: Path) -> None:
    (tmp_path / "minerals.yaml").write_text(values_of_the_page())
    objects = render("--namespace", "minerals", "--values", tmp_path / "minerals.yaml")
    images = {spec["containers"][0]["image"] for name, spec in pods(objects) if name != "valkey"}
    assert images == {"registry.province.example/lode:7"}
    by_kind = {one["kind"]: one for one in objects}
    data = by_kind["ConfigMap"]["data"]
    assert data["LODE_URL"] == "https://minerals.province.example" and data["LODE_TRUSTED_PROXIES"] == "1"
    assert by_kind["Ingress"]["spec"]["rules"][0]["host"] == "minerals.province.example"
    (policy,) = [one for one in objects if one["metadata"]["name"] == "to-database"]
    assert policy["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "10.20.0.5/32"}}]


def test_the_database_is_upgraded_before_other_objects_with_their_settings(objects: list[dict[str, Any]]) -> None:
    (job,) = [one for one in objects if one["kind"] == "Job"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    (config,) = [one for one in objects if one["kind"] == "ConfigMap"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    # an object that a hook needs is not there yet at the first installation
    assert "envFrom" not in container
    assert config["data"].items() <= {(one["name"], one.get("value")) for one in container["env"]}


def test_a_changed_setting_starts_the_pods_anew(objects: list[dict[str, Any]]) -> None:
    def marks(rendered: list[dict[str, Any]]) -> dict[str, str]:
        return {
            one["metadata"]["name"]: one["spec"]["template"]["metadata"]["annotations"]["checksum/settings"]
            for one in rendered
            if one["kind"] == "Deployment" and one["metadata"]["name"] != "valkey"
        }

    changed = render("--set-string", "settings.LODE_DRAIN=40")
    assert marks(objects).keys() == {"site", "desk", "tasks"}
    assert all(mark != marks(changed)[name] for name, mark in marks(objects).items())


def test_a_missing_address_is_refused_with_a_sentence() -> None:
    run = run_helm("template", "lode", CHART, "--set", "host=")
    assert run.returncode != 0 and "set host to the public address" in run.stderr


def test_network_policies_can_be_left_to_the_cluster() -> None:
    assert [one for one in render("--set", "networkPolicies.enabled=false") if one["kind"] == "NetworkPolicy"] == []


def test_pods_count_requests_in_one_valkey_or_in_one_elsewhere_or_in_the_database(objects: list[dict[str, Any]]) -> None:
    def store(rendered: list[dict[str, Any]]) -> str | None:
        (config,) = [one for one in rendered if one["kind"] == "ConfigMap"]
        address: str | None = config["data"].get("LODE_RATE_LIMIT_STORE")
        return address

    (service,) = [one for one in objects if one["kind"] == "Service" and one["metadata"]["name"] == "valkey"]
    assert store(objects) == f"valkey://valkey:{service['spec']['ports'][0]['port']}"
    without = render("--set", "valkey.enabled=false")
    assert store(without) is None and not [one for one in without if "valkey" in one["metadata"]["name"]]
    elsewhere = "valkey://10.20.0.6:6379"
    assert store(render("--set", f"valkey.enabled=false,settings.LODE_RATE_LIMIT_STORE={elsewhere}")) == elsewhere


def test_the_command_of_the_chart_starts_a_valkey_that_counts(objects: list[dict[str, Any]], tmp_path: Path) -> None:
    command = dict(pods(objects))["valkey"]["containers"][0]["command"]
    with run_valkey(tmp_path, command) as port:
        assert valkey.Valkey(port=port).incr("requests") == 1
