"""The containers: what compose.yaml says, and its roles and secrets on a real server that listens on TCP.

No container engine is needed: the script that the database's image runs is run here, and the services' commands after it.
"""

import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from tests.flows.conftest import LODE, Serving, _environment

from lodebase.db.private_cluster.cluster import ADMIN, Cluster

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SECRETS = ("postgres_password", "database_url", "site_database_url", "desk_database_url")
ADDRESS = f"127.77.18.{4 + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}"
"""A loopback address of this worker's own, as the port is that of every private cluster."""


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


@pytest.fixture(scope="module")
def secrets() -> Iterator[Path]:
    """The secrets as deploy/make-secrets.sh makes them, with this test's server in their addresses."""
    folder = Path(tempfile.mkdtemp(prefix="lode-secrets-"))
    made = folder / "secrets"
    for _ in range(2):
        subprocess.run([ROOT / "deploy/make-secrets.sh", made], check=True, capture_output=True)
    assert made.stat().st_mode & 0o777 == 0o700
    for name in SECRETS:
        path = made / name
        text = path.read_text()
        assert len(re.findall(r"[0-9a-f]{48}", text)) == 1 and path.stat().st_mode & 0o777 == 0o444
        path.chmod(0o644)
        path.write_text(text.replace("@database:", f"@{ADDRESS}:"))
    yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def database(secrets: Path) -> Iterator[Cluster]:
    """A server as made by the image: a superuser, the database lode with PostGIS, passwords required on TCP."""
    home = Path(tempfile.mkdtemp(prefix="lode-compose-"))
    home.chmod(0o755)
    (home / "pg_hba.extra.conf").write_text("host all all 127.0.0.0/8 scram-sha-256\n")
    cluster = Cluster(home, options={"listen_addresses": f"'{ADDRESS}'", "fsync": "off", "shared_buffers": "64MB"})
    cluster.ensure()
    with psycopg.connect(f"postgresql://{ADMIN}@/postgres?host={cluster.socket_folder}", autocommit=True) as admin:
        admin.execute("CREATE DATABASE lode")
    environment = {
        **os.environ,
        "LODE_SECRETS": str(secrets),
        "POSTGRES_DB": "lode",
        "POSTGRES_USER": ADMIN,
        "PGHOST": str(cluster.socket_folder),
    }
    made = subprocess.run(
        [ROOT / "deploy/database/roles.sh"], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    log = cluster.log.read_text(encoding="utf-8", errors="replace")
    assert not any(secret in log for secret in re.findall(r"[0-9a-f]{48}", (secrets / "database_url").read_text()))
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.base, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def url(secrets: Path, name: str) -> str:
    return (secrets / name).read_text().strip()


def lode(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LODE, *arguments], env=_environment(home, **more), capture_output=True, text=True, timeout=280, check=False
    )


@pytest.fixture(scope="module")
def migrated(database: Cluster, secrets: Path) -> Cluster:
    """The database after the service migrate."""
    (command,) = re.findall(r"lode [^&\"]+ && lode [^\"]+", services()["migrate"]["entrypoint"][-1])
    home = Path(tempfile.mkdtemp(prefix="lode-migrate-"))
    for part in command.split("&&"):
        done = lode(home, *part.split()[1:], LODE_DATABASE_URL_FILE=str(secrets / "database_url"))
        assert done.returncode == 0, done.stderr
    shutil.rmtree(home)
    return database


@pytest.mark.parametrize("name", ["site_database_url", "desk_database_url"])
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE lode_owner",
        "SET ROLE lode_import",
        f"SET ROLE {ADMIN}",
        "SET SESSION AUTHORIZATION lode_owner",
        "CREATE TABLE lode.made (n integer)",
        "CREATE TABLE public.made (n integer)",
        "CREATE TEMPORARY TABLE made (n integer)",
        "UPDATE lode.deposit SET name_en = 'x'",
        "DELETE FROM lode.source_record",
        "DROP TABLE lode.deposit",
        "UPDATE lode.account SET role = 'administrator'",
        "DELETE FROM lode.audit",
        "COPY lode.deposit TO PROGRAM 'id'",
        "CREATE ROLE intruder SUPERUSER",
        "ALTER ROLE lode_site SUPERUSER",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_logins_of_the_site_take_no_right_that_they_were_not_given(
    migrated: Cluster, secrets: Path, name: str, statement: str
) -> None:
    with psycopg.connect(url(secrets, name), autocommit=True) as connection:
        # what a login was given at its start it may take back; rights are what counts
        for undo in ("SET default_transaction_read_only = off", "RESET ROLE", "SET ROLE NONE"):
            connection.execute(undo)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


def test_one_login_for_all_gave_every_right_back(migrated: Cluster, secrets: Path) -> None:
    """What the site of compose.yaml did before: a login of the superuser that fell to lode_site by itself."""
    with psycopg.connect(
        f"postgresql://{ADMIN}@/lode?host={migrated.socket_folder}", options="-c role=lode_site", autocommit=True
    ) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE ROLE intruder SUPERUSER")
        connection.execute("SET ROLE NONE")
        connection.execute("CREATE ROLE intruder SUPERUSER")
        connection.execute("DROP ROLE intruder")


def test_passwords_are_required_and_those_of_other_roles_are_refused(migrated: Cluster, secrets: Path) -> None:
    wrong = url(secrets, "site_database_url").replace("lode_site", "lode_owner")
    for address in (wrong, f"postgresql://lode_owner@{ADDRESS}/lode", f"postgresql://{ADMIN}@{ADDRESS}/lode"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(address)


def test_a_secret_without_a_good_password_makes_no_role(database: Cluster, secrets: Path, tmp_path: Path) -> None:
    shutil.copytree(secrets, tmp_path / "secrets")
    (tmp_path / "secrets/site_database_url").chmod(0o644)
    (tmp_path / "secrets/site_database_url").write_text("postgresql://lode_site:short@database/lode\n")
    environment = {**os.environ, "LODE_SECRETS": str(tmp_path / "secrets"), "POSTGRES_DB": "lode", "POSTGRES_USER": ADMIN}
    made = subprocess.run(
        [ROOT / "deploy/database/roles.sh"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert made.returncode == 2 and "at least 16" in made.stderr and "short" not in made.stderr


def test_the_site_serves_by_its_own_logins_and_tasks_serve_what_it_may_not_write(
    migrated: Cluster,
    secrets: Path,
    new_home: Path,
    tmp_path: Path,
    serve: Callable[..., Serving],
    until: Callable[..., None],
) -> None:
    own = {
        "LODE_SITE_DATABASE_URL_FILE": str(secrets / "site_database_url"),
        "LODE_DESK_DATABASE_URL_FILE": str(secrets / "desk_database_url"),
    }
    site = serve(new_home, None, **own).ready()
    assert '"numberMatched"' in site.get("/api/collections/deposits/items?limit=1").text
    assert site.get("/readyz").status == 200 == site.get("/desk/sign-in").status
    assert "may do more" not in site.output()
    refused = lode(new_home, "runs", **own)
    assert refused.returncode == 2 and "LODE_DATABASE_URL" in refused.stderr and "Traceback" not in refused.stderr
    assert lode(new_home, "db", "upgrade", **own).returncode == 2
    said = tmp_path / "tasks.log"
    with said.open("wb") as stream:
        tasks = subprocess.Popen(
            [LODE, "tasks"],
            env=_environment(new_home, LODE_DATABASE_URL_FILE=str(secrets / "database_url")),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: "The background tasks are running" in said.read_text() or tasks.poll() is not None, 60)
        # somebody judges a pair at the desk, and it is served though the site may not write what is served
        with psycopg.connect(url(secrets, "desk_database_url"), autocommit=True) as desk:
            rows = desk.execute("SELECT count(*) FROM lode.unserved").fetchone()
            assert rows == (0,)
            sides = _two_rows(secrets)
            desk.execute(
                "INSERT INTO lode.decision (kind, subject, decision, account) VALUES ('judgement', jsonb_build_object("
                "'a_source', %s::text, 'a_key', %s::text, 'b_source', %s::text, 'b_key', %s::text), 'different', 'expert')",
                sides,
            )
            deadline = time.monotonic() + 60
            for _ in itertools.count():
                if desk.execute("SELECT count(*) FROM lode.unserved").fetchone() == (0,):
                    break
                assert time.monotonic() < deadline, said.read_text()
                time.sleep(0.2)
    finally:
        tasks.send_signal(signal.SIGTERM)
        assert tasks.wait(60) == 0, said.read_text()
    assert site.end(signal.SIGTERM) == 0


def _two_rows(secrets: Path) -> tuple[str, str, str, str]:
    with psycopg.connect(url(secrets, "database_url")) as owner:
        (first, second) = owner.execute(
            "SELECT s.key FROM lode.member m JOIN lode.source_record s ON s.id = m.source_record_id"
            " WHERE m.kind = 'deposit' ORDER BY 1 LIMIT 2"
        ).fetchall()
    return "lode-starter", first[0], "lode-starter", second[0]


def test_one_login_for_all_is_warned_of(
    migrated: Cluster, secrets: Path, new_home: Path, serve: Callable[..., Serving]
) -> None:
    site = serve(new_home, None, LODE_DATABASE_URL_FILE=str(secrets / "database_url")).ready()
    assert "warning: without LODE_SITE_DATABASE_URL, LODE_DESK_DATABASE_URL" in site.output()
    assert "use-your-own-postgis.md" in site.output()
    assert site.end(signal.SIGTERM) == 0


def test_site_and_proxy_alone_are_published_and_only_on_this_machine_by_default() -> None:
    found = services()
    assert [name for name, service in found.items() if "ports" in service] == ["site", "proxy"]
    assert all(port.startswith("127.0.0.1:") for port in found["site"]["ports"])
    assert all(port.startswith("${LODE_PUBLISHED_ADDRESS:-127.0.0.1}:") for port in found["proxy"]["ports"])
    assert [name for name, service in found.items() if "front" in service["networks"]] == ["site", "proxy"]


def test_the_database_and_the_tasks_reach_no_other_host_and_mail_and_webhooks_do() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    networks = {name: (found or {}).get("internal", False) for name, found in compose["networks"].items()}
    reaching = {name for name, one in services().items() if not all(networks[network] for network in one["networks"])}
    assert networks == {"front": False, "data": True, "out": False}
    assert reaching == {"site", "proxy", "notify"}
    assert "ports" not in services()["notify"]


def test_the_service_notify_calls_webhooks_sends_mail_and_ends_at_once(
    migrated: Cluster, secrets: Path, new_home: Path, tmp_path: Path, until: Callable[..., None]
) -> None:
    shell, _, script = services()["notify"]["entrypoint"]
    script = script.replace("$$", "$").replace("-ge 6", "-ge 0")
    said = tmp_path / "notify.log"
    own = {
        "LODE_DATABASE_URL_FILE": str(secrets / "database_url"),
        "LODE_SMTP": "smtp://127.0.0.1:9",
        "LODE_MAIL_FROM": "a@b.org",
        "LODE_URL": "https://lode.example.org",
    }
    environment = _environment(new_home, PATH=f"{Path(LODE).parent}:{os.environ['PATH']}", **own)
    with said.open("wb") as stream:
        running = subprocess.Popen([shell, "-c", script], env=environment, stdout=stream, stderr=stream)
    try:
        until(lambda: "webhooks called" in said.read_text() and "0 sent" in said.read_text(), 90)
    finally:
        running.send_signal(signal.SIGTERM)
        status = running.wait(10)
    assert status == 0, said.read_text()


def test_each_service_has_only_the_secrets_that_it_needs_and_none_in_its_environment() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    found = compose["services"]
    assert found["site"]["secrets"] == ["site_database_url", "desk_database_url"]
    assert found["migrate"]["secrets"] == found["tasks"]["secrets"] == found["notify"]["secrets"] == ["database_url"]
    assert set(compose["secrets"]) == set(SECRETS) == set(found["database"]["secrets"])
    for name, service in found.items():
        for variable, value in service.get("environment", {}).items():
            if "URL" in variable and variable != "LODE_URL" or "PASSWORD" in variable:
                assert variable.endswith("_FILE") and value.removeprefix("/run/secrets/") in service["secrets"], name
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "secrets" in ignored and "secrets/" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", ["migrate", "tasks", "notify", "site", "database"])
def test_each_service_is_hardened_and_limited(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True and "/tmp" in service["tmpfs"]
    assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"] if name == "database" else [])
    for limit in ("mem_limit", "cpus", "pids_limit"):
        assert service[limit]
    assert "privileged" not in service and "user" not in service


def test_images_are_named_by_tag_and_digest() -> None:
    named = [service["image"] for service in services().values() if "build" not in service]
    named += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) == 4
    for image in named:
        assert re.search(r":[\w.-]+@sha256:[0-9a-f]{64}\}?$", image), image


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users and users[-1].split(":")[0] not in ("root", "0")
