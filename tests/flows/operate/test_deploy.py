"""The files of deploy/: the systemd unit is valid and closed, alerts and dashboard use metrics that exist."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine

from lodebase.db.replica import ReplicaMonitor
from lodebase.settings import Settings
from lodeweb.http.read_replica import ReadReplica, ReadReplicas
from lodeweb.http.service.disk_metrics import DiskMetrics, list_data_directories
from lodeweb.http.service.metrics import Figures

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "lode.service"
ALERTS = DEPLOY / "prometheus-alerts.yml"
DASHBOARD = DEPLOY / "grafana-dashboard.json"
MAX_EXPOSED = "20"
"""Tenths of the exposure level of ``systemd-analyze security`` that the unit may have; 0 is closed, 100 open."""


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def unit(name: str) -> list[str]:
    """Return the values of a setting of the unit, in order."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


def test_systemd_reads_the_unit_without_a_warning(tmp_path: Path) -> None:
    lode = str(Path(sys.executable).with_name("lode"))
    made = tmp_path / UNIT.name
    made.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/lode/.venv/bin/lode", lode))
    result = run("systemd-analyze", "verify", "--man=no", str(made))
    assert [line for line in result.splitlines() if UNIT.name in line] == []


def test_the_unit_is_closed_by_the_measure_of_systemd() -> None:
    run("systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={MAX_EXPOSED}", str(UNIT))


def test_the_reader_of_foreign_files_may_still_give_up_its_network() -> None:
    assert unit("RestrictNamespaces") == ["user net"]
    allowed = re.findall(r"^\s+([\w@-]+)", run("systemd-analyze", "--no-pager", "syscall-filter", "@process"), re.MULTILINE)
    assert "unshare" in allowed
    assert "@process" in run("systemd-analyze", "--no-pager", "syscall-filter", "@system-service").split()
    assert unit("SystemCallFilter") == ["@system-service", "~@privileged"]
    assert "unshare" not in run("systemd-analyze", "--no-pager", "syscall-filter", "@privileged").split()


def test_the_unit_restarts_lode_and_limits_it() -> None:
    assert unit("Restart") == ["always"]
    for name in ("MemoryMax", "MemoryHigh", "TasksMax", "TimeoutStopSec"):
        assert unit(name), name
    assert unit("User") == unit("Group") == unit("StateDirectory") == ["lode"]
    # other users may not read what the site writes; the settings may hold passwords
    assert unit("UMask") == ["0027"] and unit("EnvironmentFile") == ["-/etc/lode/lode.env"]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard_queries() -> list[str]:
    document = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [target["expr"] for panel in document["panels"] for target in panel["targets"]]


def documented(page: str = "monitoring.md") -> set[str]:
    """Return the metrics that a page lists."""
    return set(re.findall(r"^\| `(lode_\w+)` \|", (ROOT / "docs/operate" / page).read_text(encoding="utf-8"), re.MULTILINE))


def family(sample: str) -> str:
    """Return the name of the metric of a sample: a histogram has several kinds of samples."""
    return re.sub(r"_(bucket|count|sum)$", "", sample)


def samples_with_a_replica() -> set[str]:
    """Return the names of the samples of a site that reads from a replica; nothing is connected."""
    engine = create_engine("postgresql+psycopg://")
    figures = Figures()
    figures.watch(ReadReplicas([ReadReplica(engine, ReplicaMonitor(engine, engine, 10))]))
    samples = {sample.name for metric in figures.registry.collect() for sample in metric.samples}
    return {name for name in samples if not name.endswith("_created")}


@pytest.fixture(scope="module")
def metrics(product: "Serving") -> set[str]:
    """The names of all samples: those of a running site, once it has looked at its database, and those of a replica."""
    assert product.get("/api/collections/deposits/items?limit=1").status == 200
    deadline, found = time.monotonic() + 60, samples_with_a_replica()
    while True:
        families = text_string_to_metric_families(product.get("/metrics").text)
        found |= {sample.name for one in families for sample in one.samples if not sample.name.endswith("_created")}
        if documented() <= {family(name) for name in found} or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def named(query: str) -> set[str]:
    return set(re.findall(r"\blode_\w+", query))


def test_each_alert_names_metrics_that_exist_and_says_what_to_do(metrics: set[str]) -> None:
    assert {rule["alert"] for rule in rules()} >= {"LodeDown", "LodeDatabaseDown", "LodeErrors", "LodeSlow", "LodeDiskFull"}
    for rule in rules():
        assert named(rule["expr"]) <= metrics, rule["alert"]
        assert named(rule["expr"]) or rule["expr"] == 'up{job="lode"} == 0'
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "action"}


@pytest.mark.parametrize("page", ["monitoring.md", "monitoring.zh.md"])
def test_each_metric_and_alert_is_documented(page: str, metrics: set[str]) -> None:
    assert documented(page) == {family(name) for name in metrics}
    text = (ROOT / "docs/operate" / page).read_text(encoding="utf-8")
    assert re.findall(r"^\| `(Lode\w+)` \|", text, re.MULTILINE) == [rule["alert"] for rule in rules()]


def test_each_panel_names_metrics_that_exist(metrics: set[str]) -> None:
    document = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert len({panel["id"] for panel in document["panels"]}) == len(document["panels"]) > 8
    assert len({panel["title"] for panel in document["panels"]}) == len(document["panels"])
    for query in dashboard_queries():
        assert named(query) and named(query) <= metrics, query


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("there is no promtool here; install the Debian package promtool to check the alert rules")
    return found


def test_promtool_accepts_the_alerts_and_the_queries_of_the_dashboard(promtool: str, tmp_path: Path) -> None:
    assert f"SUCCESS: {len(rules())} rules found" in run(promtool, "check", "rules", str(ALERTS))
    queries = [query.replace("$instance", ".*") for query in dashboard_queries()]
    recorded = [{"record": f"panel:{n}", "expr": query} for n, query in enumerate(queries)]
    (tmp_path / "queries.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}))
    run(promtool, "check", "rules", str(tmp_path / "queries.yml"))


def test_each_alert_fires_on_its_cause_and_none_on_a_healthy_site(promtool: str) -> None:
    run(promtool, "test", "rules", str(Path(__file__).with_name("prometheus-alerts.test.yml")))
    tested = Path(__file__).with_name("prometheus-alerts.test.yml").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules() if f'alertname="{rule["alert"]}"' not in tested] == []


def test_disks_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    settings = Settings().model_copy(update={"home": tmp_path, "spool": None, "database_url": None})
    assert list_data_directories(settings) == {name: tmp_path / path for name, path in PLACES.items()}
    free, size = DiskMetrics(list_data_directories(settings)).collect()
    assert {sample.labels["directory"] for sample in free.samples} == {"home", "spool"}
    assert all(0 < low.value <= high.value for low, high in zip(free.samples, size.samples, strict=True))


PLACES = {"home": ".", "spool": "spool", "cluster": "cluster"}
