"""What Lode is made of: each package is locked by its hash, listed as a component, and checked for vulnerabilities."""

import http.server
import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[3]
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt")
LOCK = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
CLOSED = "http://127.0.0.1:1"
"""Nothing listens on this port."""


def requirements(name: str) -> dict[str, list[str]]:
    """Return the hashes of each package of a requirements file."""
    found: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=[^\s#])", (ROOT / name).read_text(encoding="utf-8")):
        package = re.match(r"([\w.-]+)==", entry)
        assert package is not None, entry
        found[package[1]] = re.findall(r"--hash=sha256:[0-9a-f]{64}", entry)
    return found


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_each_python_package_is_locked_by_its_hashes(name: str) -> None:
    locked = requirements(name)
    assert locked
    assert [package for package, hashes in locked.items() if not hashes] == []
    assert "://" not in (ROOT / name).read_text(encoding="utf-8"), "no index or address of a package"


def test_the_build_of_lode_is_locked_too() -> None:
    assert {"hatchling", "editables", "uv"} <= set(requirements("requirements.txt"))
    assert set(requirements("requirements.txt")) <= set(requirements("requirements-dev.txt"))


def test_each_npm_package_is_locked_by_its_hash_and_by_no_host() -> None:
    packages = {name: package for name, package in LOCK["packages"].items() if name}
    assert len(packages) > 50
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "web/.npmrc").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def components() -> dict[str, dict[str, object]]:
    """The documents that ``make sbom`` writes, by file name."""
    made = subprocess.run(["make", "sbom"], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "sbom").glob("*.json")}


def names(document: dict[str, object]) -> set[str]:
    listed = document["components"]
    assert isinstance(listed, list)
    return {component["name"] for component in listed}


@pytest.mark.slow
def test_the_list_of_components_is_complete_and_valid(components: dict[str, dict[str, object]]) -> None:
    assert set(components) == {"lode-python.cdx.json", "lode-front-end.cdx.json"}
    assert names(components["lode-python.cdx.json"]) == set(requirements("requirements.txt"))
    locked = {name.rpartition("node_modules/")[2] for name in LOCK["packages"] if name}
    assert names(components["lode-front-end.cdx.json"]) == locked
    for document in components.values():
        version = SchemaVersion.from_version(str(document["specVersion"]))
        assert JsonStrictValidator(version).validate_str(json.dumps(document)) is None


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """scripts/audit.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts/audit.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules["audit"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_advisories_that_can_not_be_reached_are_a_sentence_and_a_status_of_their_own() -> None:
    environment = {name: value for name, value in os.environ.items() if name.lower() not in ("no_proxy", "https_proxy")}
    environment |= {"HTTPS_PROXY": CLOSED, "npm_config_registry": CLOSED}
    done = subprocess.run(
        ["make", "audit"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    sentences = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(sentences) == 2, done.stderr
    for kind, line in zip(("Python", "npm"), sentences, strict=True):
        assert line.startswith(f"lode: The {kind} packages could not be checked for vulnerabilities: ")
    assert "Error 3" in done.stderr and "Traceback" not in done.stderr


ADVISORY = {
    "id": 1,
    "url": "https://advisories.example/1",
    "title": "Script in a popup",
    "severity": "high",
    "vulnerable_versions": "<=1.9.4",
    "cwe": [],
    "cvss": {"score": 0, "vectorString": None},
}


class Registry(http.server.BaseHTTPRequestHandler):
    """A registry that knows an advisory for leaflet."""

    def do_POST(self) -> None:
        body = json.dumps({"leaflet": [ADVISORY]}).encode()
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def registry() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_vulnerable_npm_package_is_named(audit: ModuleType, registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", registry)
    outcome = audit.audit_npm()
    assert outcome.not_checked == ""
    assert [line for line in outcome.found if line.startswith("leaflet <=1.9.4: Script in a popup")], outcome


def test_a_vulnerable_python_package_is_named_and_one_without_advisories_is_not_taken_for_safe(audit: ModuleType) -> None:
    known = {"id": "PYSEC-2026-1", "fix_versions": ["3.1.9"], "aliases": [], "description": "..."}
    safe = {"name": "click", "version": "8.3.0", "vulns": []}
    flask = {"name": "flask", "version": "3.1.0", "vulns": [known]}
    skipped = {"name": "alembic", "skip_reason": "Dependency not found on PyPI and could not be audited: alembic (1.20.1)"}
    assert audit.read_pip_audit({"dependencies": [safe]}) == audit.Outcome()
    assert audit.read_pip_audit({"dependencies": [safe, flask]}).found == ("flask 3.1.0: PYSEC-2026-1, fixed in 3.1.9",)
    assert "1 packages, such as alembic" in audit.read_pip_audit({"dependencies": [safe, skipped]}).not_checked


def test_the_environment_has_the_reviewed_pip_and_no_old_setuptools() -> None:
    """The versions that Python itself puts into an environment are old, and no scanner of requirements sees them."""
    (pinned,) = re.findall(r"^pip==(\S+)", (ROOT / "requirements-uv.txt").read_text("utf-8"), re.MULTILINE)
    assert metadata.version("pip") == pinned
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.version("setuptools")
