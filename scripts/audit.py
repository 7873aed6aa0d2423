"""Checks the locked Python and npm packages for published vulnerabilities.

Exit status: 0 none is known, 1 some are known, 3 the databases of advisories could not be reached for all packages.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt")
SECONDS = 300
VULNERABLE, NOT_CHECKED = 1, 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """The vulnerabilities that were found, a line each, and why packages were not checked; empty when all were."""

    found: tuple[str, ...] = ()
    not_checked: str = ""


def audit_python() -> Outcome:
    """Check the packages of the requirements files against the advisories of PyPI."""
    files = [option for name in REQUIREMENTS for option in ("-r", str(ROOT / name))]
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format", "json", *files]
    return _run(command, ROOT, read_pip_audit)


def audit_npm() -> Outcome:
    """Check the packages of package-lock.json against the advisories of the npm registry."""
    npm = Path(sys.executable).with_name("npm")
    return _run(
        [str(npm), "audit", "--json", "--package-lock-only", "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000"],
        ROOT / "web",
        read_npm_audit,
    )


def _run(command: list[str], folder: Path, read: Callable[[Any], Outcome]) -> Outcome:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(not_checked=f"no response in {SECONDS} s")
    try:
        return read(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError):
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return Outcome(not_checked=lines[-1] if lines else f"exit status {done.returncode} without a report")


def read_pip_audit(report: dict[str, Any]) -> Outcome:
    """Return the outcome of a JSON report of pip-audit."""
    found, skipped = set(), []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            skipped.append(package["name"])
        for advisory in package.get("vulns", ()):
            fixed = ", ".join(advisory["fix_versions"]) or "no version"
            found.add(f"{package['name']} {package['version']}: {advisory['id']}, fixed in {fixed}")
    reason = f"the index has no advisories for {len(skipped)} packages, such as {skipped[0]}" if skipped else ""
    return Outcome(tuple(sorted(found)), reason)


def read_npm_audit(report: dict[str, Any]) -> Outcome:
    """Return the outcome of a JSON report of ``npm audit``."""
    if "vulnerabilities" not in report:
        return Outcome(not_checked=str(report.get("message") or report["error"].get("summary")))
    found = []
    for name, package in report["vulnerabilities"].items():
        for advisory in package["via"]:
            if isinstance(advisory, dict):
                found.append(f"{name} {advisory['range']}: {advisory['title']} ({advisory['url']})")
    return Outcome(tuple(sorted(found)))


def main() -> int:
    """Check both kinds of packages, print what was found, and return the exit status."""
    outcomes = {"Python": audit_python(), "npm": audit_npm()}
    for kind, outcome in outcomes.items():
        for line in outcome.found:
            print(f"{kind}: {line}")
        if outcome.not_checked:
            message = f"lode: The {kind} packages could not be checked for vulnerabilities: {outcome.not_checked}. "
            print(f"{message}Try again on a machine that reaches the public database of advisories.", file=sys.stderr)
    if any(outcome.found for outcome in outcomes.values()):
        return VULNERABLE
    if any(outcome.not_checked for outcome in outcomes.values()):
        return NOT_CHECKED
    print("No known vulnerabilities.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
