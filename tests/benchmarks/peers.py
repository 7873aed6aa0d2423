"""The peers, tipg and pygeoapi: in a separate virtual environment, on the same rows, with as many workers as Lode."""

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import platformdirs
import psycopg
import yaml
from tests.benchmarks.client import Connection

from lodebase.db.private_cluster.cluster import DATABASE, PORT, SITE, Cluster
from lodebase.query.collections_ import COLLECTIONS

PACKAGES = ("tipg==1.6.1", "uvicorn[standard]", "pygeoapi==0.21.0", "gunicorn", "geoalchemy2", "psycopg2-binary")
WORKERS = 2
THREADS = 8
START_S = 60
VIEW = "bench.deposit"


@dataclass(slots=True)
class Peers:
    """The port of each running peer, and the reason for each missing one."""

    ports: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def show(admin: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Show the deposits' served columns as a view, so that no side sends more than another, to the role that only reads.

    It may make temporary things too: tipg keeps functions of its own there.
    """
    columns = ", ".join(("id", *COLLECTIONS["deposits"].field_names, "geom"))
    admin.execute("CREATE SCHEMA bench")
    admin.execute(f"CREATE VIEW {VIEW} AS SELECT {columns} FROM lode.deposit".encode())
    admin.execute(f"GRANT USAGE ON SCHEMA bench TO {SITE}".encode())
    admin.execute(f"GRANT SELECT ON {VIEW} TO {SITE}".encode())
    admin.execute(f"GRANT TEMPORARY ON DATABASE {DATABASE} TO {SITE}".encode())


@contextmanager
def served(home: Path) -> Iterator[Peers]:
    """Yield the available peers."""
    peers = Peers()
    try:
        programs = environment()
    except (OSError, subprocess.SubprocessError) as error:
        output = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        peers.missing = dict.fromkeys(("tipg", "pygeoapi"), f"could not be installed: {_last_line(output)}")
        yield peers
        return
    with ExitStack() as stack:
        for name, start in {"tipg": _tipg, "pygeoapi": _pygeoapi}.items():
            folder = home / name
            folder.mkdir()
            try:
                peers.ports[name] = stack.enter_context(start(programs, home, folder))
            except (TimeoutError, subprocess.SubprocessError):
                peers.missing[name] = f"did not start: {_last_line((folder / 'log').read_text(errors='replace'))}"
        yield peers


def environment() -> Path:
    """Return the folder of the programs of the peers, made once for each list of packages in the cache of the user."""
    digest = hashlib.sha256(" ".join((*PACKAGES, sys.version)).encode()).hexdigest()[:12]
    made = platformdirs.user_cache_path("lode") / f"peers-{digest}"
    done = made / "done"
    if not done.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        install = [uv, "pip", "install", "--python", str(made / "bin" / "python"), *PACKAGES]
        for command in ([uv, "venv", "--clear", "--python", sys.executable, str(made)], install):
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
        done.touch()
    return made / "bin"


@contextmanager
def _tipg(programs: Path, home: Path, folder: Path) -> Iterator[int]:
    where = quote(str(Cluster(home).socket_folder), safe="")
    variables = {
        "DATABASE_URL": f"postgresql://{SITE}@{where}:{PORT}/{DATABASE}",
        "TIPG_DB_SCHEMAS": '["bench"]',
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
    }
    port = free_port()
    command = [str(programs / "uvicorn"), "tipg.main:app", "--port", str(port), "--workers", str(WORKERS), "--no-access-log"]
    with _running(command, variables, folder, port, f"/collections/{VIEW}/items?limit=1"):
        yield port


@contextmanager
def _pygeoapi(programs: Path, home: Path, folder: Path) -> Iterator[int]:
    port = free_port()
    config, openapi = folder / "config.yml", folder / "openapi.yml"
    config.write_text(yaml.safe_dump(_config(Cluster(home).socket_folder, port)))
    variables = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    make = [str(programs / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(openapi)]
    with (folder / "log").open("ab") as log:
        environ = {**os.environ, **variables}
        subprocess.run(make, check=True, cwd=folder, env=environ, stdout=log, stderr=log, timeout=START_S)
    workers = ["--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "30"]
    command = [str(programs / "gunicorn"), "pygeoapi.flask_app:APP", "--bind", f"127.0.0.1:{port}", *workers]
    with _running(command, variables, folder, port, "/collections/deposits/items?f=json&limit=1"):
        yield port


def _config(socket_folder: Path, port: int) -> Mapping[str, object]:
    data = {"host": str(socket_folder), "port": PORT, "dbname": DATABASE, "user": SITE, "password": ""}
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "id_field": "id",
        "table": "deposit",
        "geom_field": "geom",
        "data": {**data, "search_path": ["bench", "public"]},
    }
    collection = {
        "type": "collection",
        "title": "deposits",
        "description": "deposits",
        "keywords": ["deposits"],
        "links": [],
        "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
        "providers": [provider],
    }
    nobody = {"name": "none", "url": "http://127.0.0.1", "email": "none"}
    said = {"title": "peer", "description": "peer", "keywords": ["peer"], "terms_of_service": "none", "url": "http://127.0.0.1"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10000},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": said,
            "license": nobody,
            "provider": nobody,
            "contact": nobody,
        },
        "resources": {"deposits": collection},
    }


@contextmanager
def _running(command: list[str], variables: Mapping[str, str], folder: Path, port: int, path: str) -> Iterator[None]:
    """Run a server and wait until it responds. Raises TimeoutError if it does not."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **variables}, cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(process, port, path)
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Wait until a server responds. Raises TimeoutError if it ends or takes too long."""
    deadline, connection = time.monotonic() + START_S, Connection(port)
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if connection.get(path).status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise TimeoutError(f"{path} is not answered")


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200].rstrip(".") if lines else "without a word"
