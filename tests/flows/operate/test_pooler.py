"""The site behind PgBouncer with pooling of transactions: every response is that of a site that connects directly."""

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.flows.conftest import OWN_MAPPING, OWN_TABLE, Serving, _call, _free_port, _home, _until

from lodebase.db.private_cluster import programs
from lodebase.db.private_cluster.cluster import ADMIN, Cluster

pytestmark = pytest.mark.slow
POOL = 3
PAGE = Path(__file__).parents[3] / "docs/operate/topologies.md"
PATHS = (
    "/api/collections/deposits/items?limit=20",
    "/api/collections/deposits/items?limit=20&as_of=1",
    "/api/collections/deposits/items?bbox=-80,-40,-60,0&limit=5",
    "/api/collections/deposits/facets",
    "/api/collections/projects/items?country=CHL",
    "/api/search?q=copper",
    "/api/collections/deposits/download/csv",
    "/api/collections/deposits/download/csv?as_of=1",
    "/api/collections/projects/download/geojson",
    "/api/changes?since=1&limit=20",
    "/api/statistics/series",
    "/desk/sign-in",
)
CHANGING = re.compile(r'"(timeStamp|generated|made_at)":"[^"]*"|nonce-[^\'"]+|nonce="[^"]*"|csrf[^>]*value="[^"]*"')


@dataclass(frozen=True, slots=True)
class Pooler:
    """A running PgBouncer on this machine."""

    port: int
    folder: Path

    def address(self, role: str, database: str = "lode") -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def run_command(self, command: str) -> None:
        """Give its console a command."""
        with psycopg.connect(self.address("lode_site", "pgbouncer"), autocommit=True) as console:
            console.execute(command.encode(), prepare=False)

    def show(self, what: str) -> list[dict[str, object]]:
        """Return what its console shows."""
        with psycopg.connect(self.address("lode_site", "pgbouncer"), autocommit=True) as console:
            cursor = console.cursor(row_factory=psycopg.rows.dict_row)
            # the console has no prepared statements
            return cursor.execute(f"SHOW {what}".encode(), prepare=False).fetchall()


@pytest.fixture
def cluster(made_home: Path) -> Iterator[Cluster]:
    with _home() as home:
        subprocess.run(["cp", "-a", f"{made_home}/.", str(home)], check=True)
        found = Cluster(home)
        found.ensure()
        yield found


def start_pooler(cluster: Cluster, folder: Path, port: int) -> subprocess.Popen[bytes]:
    user = programs.choose_unprivileged_user()
    lines = [
        "[databases]",
        f"lode = host={cluster.socket_folder} port=5432 dbname=lode",
        "[pgbouncer]",
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =",
        f"auth_type = trust\nauth_file = {folder}/users.txt",
        f"logfile = {folder}/log\npidfile = {folder}/pid",
        f"default_pool_size = {POOL}\nadmin_users = lode_site",
        *settings_of_the_page(),
    ]
    (folder / "users.txt").write_text('"lode_site" ""\n"lode_desk" ""\n')
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    if user is not None:
        shutil.chown(folder, user.pw_uid, user.pw_gid)
    with (folder / "out").open("wb") as out:
        return subprocess.Popen([program, str(folder / "pgbouncer.ini")], stdout=out, stderr=out, cwd="/", **identity)  # type: ignore[call-overload,no-any-return]


def settings_of_the_page() -> list[str]:
    """Return the settings of the pooler that the page has."""
    wanted = ("pool_mode", "ignore_startup_parameters", "max_prepared_statements", "max_client_conn")
    lines = [line for line in PAGE.read_text().splitlines() if line.split(" = ")[0] in wanted]
    assert len(lines) == len(wanted)
    return lines


def roles_of_the_page() -> list[str]:
    """Return the statements of the page that give the roles their settings."""
    found = re.findall(r"^ALTER ROLE lode_(?:site|desk) SET .*;$", PAGE.read_text(), re.MULTILINE)
    assert len(found) >= 8
    return found


@pytest.fixture
def pooler(cluster: Cluster) -> Iterator[Pooler]:
    folder = Path(tempfile.mkdtemp(prefix="lode-pooler-"))
    folder.chmod(0o755)
    port = _free_port()
    process = start_pooler(cluster, folder, port)
    found = Pooler(port, folder)

    def ready() -> bool:
        try:
            return bool(found.show("VERSION"))
        except psycopg.OperationalError:
            assert process.poll() is None, (folder / "out").read_text()
            return False

    try:
        _until(ready)
        yield found
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def settle(text: str) -> str:
    """Return a response without times, tokens of pages and the port of its site."""
    return re.sub(r"127\.0\.0\.1:[0-9]+", "site", CHANGING.sub("", text))


def test_a_site_behind_a_pooler_of_transactions(
    cluster: Cluster, pooler: Pooler, serve: Callable[..., Serving], spare_homes: Callable[[], Path], tmp_path: Path
) -> None:
    own = {"LODE_SITE_DATABASE_URL": pooler.address("lode_site"), "LODE_DESK_DATABASE_URL": pooler.address("lode_desk")}
    limits = {"LODE_DOWNLOADS": "50", "LODE_DOWNLOADS_EACH": "50"}
    home = spare_homes()
    refused = serve(home, None, **own)
    assert refused.process.wait(120) == 2
    assert "LODE_SITE_DATABASE_URL lack search_path" in refused.output() and "ALTER ROLE" in refused.output()
    with psycopg.connect(f"postgresql://{ADMIN}@/lode?host={cluster.socket_folder}", autocommit=True) as admin:
        for statement in roles_of_the_page():
            admin.execute(statement.encode())
    # connections to the server from before have the settings from before
    pooler.run_command("RECONNECT")
    direct = serve(cluster.home, None, **limits).ready()
    site = serve(home, None, **own, **limits).ready()

    (tmp_path / "own.yml").write_text(OWN_MAPPING, encoding="utf-8")
    (tmp_path / "own.csv").write_text(OWN_TABLE, encoding="utf-8")
    assert _call(cluster.home, "import", "--mapping", str(tmp_path / "own.yml"), str(tmp_path / "own.csv")).returncode == 0
    expected = {path: direct.get(path) for path in PATHS}
    assert all(one.status == 200 for one in expected.values()), {path: one.status for path, one in expected.items()}
    assert expected[PATHS[0]].text != expected[PATHS[1]].text
    _until(lambda: settle(site.get(PATHS[3]).text) == settle(direct.get(PATHS[3]).text))
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda path: (path, site.get(path)), PATHS * 8))
    for path, response in found:
        assert (response.status, settle(response.text)) == (200, settle(expected[path].text)), path
    pools = [row for row in pooler.show("POOLS") if row["database"] == "lode"]
    assert {row["pool_mode"] for row in pools} == {"transaction"}
    assert all(int(str(row["sv_active"])) + int(str(row["sv_idle"])) <= POOL for row in pools)
    servers = [row for row in pooler.show("STATS") if row["database"] == "lode"]
    assert sum(int(str(row["total_xact_count"])) for row in servers) > len(found)
    assert site.end(signal.SIGTERM) == 0 and direct.end(signal.SIGTERM) == 0
