"""What the tests of the store share: a home that a server may live in, and a table of the test's own, imported by our code."""

import csv
import itertools
import json
import os
import pwd
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
import yaml
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.db import revision, upgrade
from lodebase.db.private_cluster.cluster import ADMIN, Cluster
from lodebase.db.schema import tables
from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.run import ImportJob, Summary, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

MAPPING = """
name: test-table
title_en: Test table
title_zh: 测试表
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: kind
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 100}
    country: country
    commodities: [{column: metal, split: ","}]
    estimates:
      - category: category
        ore: {column: ore_mt, unit: Mt}
        measures:
          - commodity: {const: copper}
            grade: {column: cu_pct, unit: "%"}
            contained: {column: cu_kt, unit: kt}
    phases:
      - product: product
        capacity: {column: capacity_kt, unit: kt/a}
        status: status
    owners: [{name: owner, share: {column: share}}]
"""
COLUMNS = (
    *("id", "kind", "name", "lon", "lat", "country", "metal"),
    *("category", "ore_mt", "cu_pct", "cu_kt", "product", "capacity_kt", "status", "owner", "share"),
)
USUAL = {"kind": "deposit", "metal": "copper", "lon": "10.1234", "lat": "20.4321"}
LATER = "9999_remark"
MIGRATION = """
from alembic import op

revision, down_revision = "{later}", "{last}"
branch_labels = depends_on = None


def upgrade():
    for schema in ("lode", "lode_history"):
        op.execute(f"ALTER TABLE {{schema}}.link ADD COLUMN remark text")


def downgrade():
    for schema in ("lode", "lode_history"):
        op.drop_column("link", "remark", schema=schema)
"""
CONTENT = (*tables.SERVED, *(child.name for child in tables.CHILDREN), "source_record", "member", "quarantine")
"""The tables whose rows are the content of the store."""


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table of the test's own and the store that it is imported into. A row names only the cells that matter."""

    store: Store
    folder: Path

    def write(self, rows: Iterable[Mapping[str, Any]], name: str = "table.csv") -> Path:
        """The CSV of the rows; what a row leaves out is the usual."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, restval="")
            writer.writeheader()
            for row in rows:
                writer.writerow({**USUAL, "name": f"Site {row['id']}", **row})
        return path

    def mapping(self) -> Path:
        """The mapping as a user keeps it."""
        path = self.folder / "mapping.yml"
        path.write_text(MAPPING, encoding="utf-8")
        return path

    def source(self, **about: Any) -> Source:
        """The mapping as a source; ``about`` changes what it says of its table."""
        content = yaml.safe_load(MAPPING)
        content["tables"][0] |= about
        return Source.model_validate(content)

    def job(self, rows: Iterable[Mapping[str, Any]], source: Source | None = None, **options: Any) -> ImportJob:
        """The import of the rows, not yet run."""
        said, path = source or self.source(), self.write(rows)
        return ImportJob(said, path, lambda tally: read_mapped(said, path, tally), Boundaries(()), **options)

    def load(self, rows: Iterable[Mapping[str, Any]], source: Source | None = None, **options: Any) -> Summary:
        """What became of the rows."""
        return run(self.store.importer, self.job(rows, source, **options))

    def connection(self) -> psycopg.Connection:
        """A connection as the importer."""
        return psycopg.connect(self.store.importer)

    def all(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement, as the importer sees them."""
        with self.connection() as connection:
            return connection.execute(statement, values or None).fetchall()

    def one(self, statement: str, *values: Any) -> Any:
        """The only value of a statement."""
        ((value,),) = self.all(statement, *values)
        return value

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the content with its place and the transaction that wrote it: equal only if nothing was touched."""
        return {name: self.all(f"SELECT ctid::text, xmin::text, t::text FROM {name} t ORDER BY 1") for name in CONTENT}

    def owner(self, statement: str) -> None:
        """Do something to the store that only the owner of its tables may do."""
        with psycopg.connect(write_conninfo(self.store.addresses.owner)) as connection:
            connection.execute(statement)


SharedTable = Callable[[Iterable[Mapping[str, Any]]], OwnTable]
Served = Callable[[Iterable[Mapping[str, Any]]], Engine]


@pytest.fixture
def later_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Add a migration after the last, as a later version of Lode would; returns its name."""
    folder = tmp_path / "migrations"
    shutil.copytree(revision.find_migrations(), folder)
    (folder / "versions" / f"{LATER}.py").write_text(
        MIGRATION.format(later=LATER, last=revision.read_wanted_revision()), "utf-8"
    )
    for module in (revision, upgrade):
        monkeypatch.setattr(module, "find_migrations", lambda: folder)
    return LATER


@pytest.fixture
def own_table(store: Store, tmp_path: Path) -> OwnTable:
    return OwnTable(store, tmp_path)


@pytest.fixture(scope="module")
def shared_table(
    own_store: Callable[[str], AbstractContextManager[Store]],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[SharedTable]:
    """Return a table with the given rows in a store that the tests of a module share and none changes."""
    made: dict[str, OwnTable] = {}
    with ExitStack() as stack:

        def loaded(rows: Iterable[Mapping[str, Any]]) -> OwnTable:
            content = [dict(row) for row in rows]
            if (key := json.dumps(content)) not in made:
                store = stack.enter_context(own_store(f"{request.path.stem}_{len(made)}"))
                made[key] = OwnTable(store, tmp_path_factory.mktemp("shared"))
                made[key].load(content)
            return made[key]

        yield loaded


@pytest.fixture(scope="module")
def served(shared_table: SharedTable) -> Iterator[Served]:
    """Return the site's engine of the shared table with the given rows: a role that only reads."""
    made: dict[Path, Engine] = {}

    def engine(rows: Iterable[Mapping[str, Any]]) -> Engine:
        table = shared_table(rows)
        if table.folder not in made:
            made[table.folder] = engines.create_checked_engine(
                table.store.addresses.site, "tests", statement_timeout_s=20, pool_size=2
            )
        return made[table.folder]

    yield engine
    for one in made.values():
        one.dispose()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A PostgreSQL with PostGIS that somebody else runs, with roles of their own and none of ours."""

    cluster: Cluster
    _numbers: Iterator[int]

    def run(self, statement: LiteralString, database: str = "postgres") -> None:
        """Do as the server's administrator."""
        with psycopg.connect(self.url(ADMIN, database), autocommit=True) as connection:
            connection.execute(statement)

    def url(self, role: str, database: str) -> str:
        """The content of LODE_DATABASE_URL."""
        return f"postgresql://{role}@/{database}?host={self.cluster.socket_folder}"

    def database(self, owner: str, *extensions: str) -> str:
        """A new database with the extensions that its administrator made there; its name."""
        name = f"planning_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} OWNER {owner}")
        for extension in extensions:
            self.run(f"CREATE EXTENSION {extension}", name)
        return name


@pytest.fixture(scope="session")
def foreign_cluster() -> Iterator[Cluster]:
    """A server next to the tests' own, with the roles ``keeper``, who may make roles, and ``planner``, who may nothing."""
    folder = Path(tempfile.mkdtemp(prefix="lode-elsewhere-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, options={"fsync": "off", "shared_buffers": "64MB"})
    cluster.ensure()
    users = {pwd.getpwuid(os.geteuid()).pw_name, "postgres"}
    with (cluster.data / "pg_ident.conf").open("a") as stream:
        stream.writelines(f"lode {user} {role}\n" for user in users for role in ("keeper", "planner", "reader"))
    with psycopg.connect(f"postgresql://{ADMIN}@/postgres?host={cluster.socket_folder}", autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")
        for role in ("keeper LOGIN CREATEROLE", "planner LOGIN", "reader LOGIN"):
            connection.execute(f"CREATE ROLE {role} NOSUPERUSER NOCREATEDB")
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.base, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def elsewhere(foreign_cluster: Cluster) -> Iterator[Elsewhere]:
    """Somebody else's server as the test finds it; its databases and our roles go with the test."""
    numbers = itertools.count()
    yield Elsewhere(foreign_cluster, numbers)
    with psycopg.connect(f"postgresql://{ADMIN}@/postgres?host={foreign_cluster.socket_folder}", autocommit=True) as admin:
        for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'planning%'").fetchall():
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        for (name,) in admin.execute(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('lode_import', 'lode_site', 'lode_desk')"
        ).fetchall():
            admin.execute(f"DROP ROLE {name}")
