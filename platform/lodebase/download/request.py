"""Validated download requests, and the tasks that the processes which write files get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, Engine, Table, select, text

from lodebase.db.engine import DOWNLOAD_APPLICATION, SEARCH_PATH
from lodebase.db.schema import source_tables, tables
from lodebase.download import delta, statements, tables_, tile_statements
from lodebase.download.task import TableStatement, Task
from lodebase.query import expression, version_views
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.filters.changed import CHANGED
from lodebase.query.filters.spatial.area import AreaCondition
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodebase.query.query import Query
from lodebase.query.reading import open_reading
from lodedata.code_labels import build_column_labels
from lodedata.messages import Translatable
from lodedata.problems import list_flag_titles
from lodedata.write import FORMATS, FileContent, Origin
from lodedata.write import Table as FileTable
from lodedata.write.content import Language

WATCH_S = 1
"""Seconds between the server's checks whether the client is still connected."""


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A file of a query's rows at a version. ``address`` is the URL of the same file."""

    query: Query
    form: str
    version: int
    committed_at: datetime
    address: str
    filter: str
    """The filter as its parameters state it."""
    lang: Language | None = None
    package: bool = False
    since: int | None = None
    """The version whose later changes alone are requested, as a package; None for all records."""
    doi: str | None = None
    """The DOI that the file cites."""

    @property
    def collections(self) -> tuple[str, ...]:
        """Return the name of the collection, alone."""
        return (self.query.collection,)

    @property
    def filtered(self) -> bool:
        """Return whether the file is less than its collection."""
        return bool(self.query.conditions)

    @property
    def suffix(self) -> str:
        """Return the end of the file's name."""
        if self.since is not None:
            return f".{self.form}.changes.zip"
        return f".{self.form}.package.zip" if self.package else FORMATS[self.form].suffix

    @property
    def media_type(self) -> str:
        """Return the media type of the file."""
        return "application/zip" if self.package else FORMATS[self.form].media_type

    @property
    def streamed(self) -> bool:
        """Return whether the file can be read from its first byte while it is written."""
        return not self.package and FORMATS[self.form].streamed

    @property
    def ranged(self) -> bool:
        """Return whether programs read parts of the file, which need its length first."""
        return not self.package and FORMATS[self.form].ranged

    @property
    def copied_as_csv(self) -> bool:
        """Return whether the database writes the rows as CSV, which is possible without labels."""
        return self.form == "csv" and self.lang is None and not self.package

    @property
    def filename(self) -> str:
        """Return a name with the collection, a hash of the filter, and the version."""
        filtered = f"-{blake2b(self.filter.encode(), digest_size=4).hexdigest()}" if self.filtered else ""
        since = f"-v{self.since}" if self.since is not None else ""
        return f"lode-{self.query.collection}{filtered}{since}-v{self.version}{self.suffix}"

    def key(self, build: str) -> str:
        """Return a key of the file: a hash of all that determines its bytes, the program included."""
        how = (self.form, str(self.package), str(self.lang), self.doi or "")
        parts = (build, self.address, self.committed_at.isoformat(), *how)
        return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def write_file_address(root: str, name: str, form: str, arguments: Mapping[str, list[str]], version: int) -> str:
    """Return the URL of a file at a version, with its parameters sorted by name."""
    pairs = [(key, value) for key in sorted(arguments) if key != "as_of" for value in arguments[key]]
    parameters = urlencode([*pairs, ("as_of", str(version))], quote_via=quote, safe=",:", errors="surrogateescape")
    return f"{root.rstrip('/')}/api/collections/{name}/download/{form}?{parameters}"


def build_file_task(engine: Engine, request: DownloadRequest, timeout_s: float) -> Task:
    """Return the task of the process that writes the requested file."""
    everything, form = statements.remove_query_limits(request.query), FORMATS[request.form]
    query = everything if request.since is None else everything.fulfilling(CHANGED)
    source = find_collection(query.collection)
    parts = request.lang is not None or request.form == "geoparquet"
    with open_reading(engine) as connection:
        version_views.require_stored(connection, query, request.version)
        values = expression.bind_query(connection, query)
        origins = _read_origins(connection, request.version)
        placed = source.geometry is None or not connection.scalar(statements.select_lack_of_place(everything), values)
    if form.geometry == "tile":
        listed, sql = tile_statements.build_layer_tables(source), tile_statements.write_tile_statements(query, values)
    else:
        table = tables_.build_records_table(source, query.properties, _list_computed_columns(source, query))
        listed = [table]
        sql = {table.name: statements.write_records_statement(query, table, form, values, parts, request.copied_as_csv)}
    for related, statement in _build_related_tables(request, query, source, values):
        listed.append(related)
        sql[related.name] = statement
    content = FileContent(
        source.name,
        source.title,
        tuple(listed),
        request.version,
        request.committed_at,
        request.address,
        request.filter,
        request.lang,
        query.crs.srid,
        origins,
        _collect_labels(origins),
        placed,
        request.doi,
    )
    address, settings = _write_database_url(engine), _list_snapshot_settings(timeout_s)
    return Task(address, settings, content, request.form, request.package, sql, request.since, request.copied_as_csv)


def _list_computed_columns(source: Collection, query: Query) -> tuple[str, ...]:
    """Return the names of the columns that a query near or within a place adds."""
    if not source.prepared:
        return ()
    near, within = query.find(DistanceCondition) is not None, query.find(AreaCondition) is not None
    added = {"distance_km": near, "certainty": near or within}
    return tuple(name for name, is_added in added.items() if is_added)


def _build_related_tables(
    request: DownloadRequest, query: Query, source: Collection, values: Mapping[str, Any]
) -> list[tuple[FileTable, TableStatement]]:
    """Return the tables that the format contains in addition to the records, a package all, with their SQL."""
    relations = FORMATS[request.form].relations
    relations = "all" if request.package and relations != "values" else relations
    related_tables: list[tuple[FileTable, TableStatement]] = []
    if relations in ("all", "values"):
        for relation in tables_.RELATIONS[source.name]:
            table = tables_.build_relation_table(source, relation)
            related_tables.append((table, statements.write_relation_statement(query, relation, table, values)))
        related_tables.append((tables_.build_origins_table(source), statements.write_origins_statement(query, values)))
    if relations == "values" and source.kind.merged:
        related_tables.append((tables_.make_values_table(source), statements.write_values_statement(query, values)))
    if request.since is not None:
        related_tables.append((delta.build_changes_table(source), delta.write_changes_statement(query, values)))
    if relations != "none":
        related_tables.append((tables_.SOURCES, statements.write_sources_statement(query, tables_.SOURCES, values)))
    return related_tables


def _read_origins(connection: Connection, version: int) -> tuple[Origin, ...]:
    """Return the sources with their descriptions at a version."""
    connection.execute(text("SELECT set_config('lode.as_of', :version, true)"), {"version": str(version)})
    table: Table = source_tables.source.to_metadata(tables.metadata.__class__(), schema=statements.AS_OF)
    columns = [table.c[name] for name in Origin.__dataclass_fields__]
    return tuple(Origin(*row) for row in connection.execute(select(*columns).order_by(table.c.name)))


def _collect_labels(origins: tuple[Origin, ...]) -> Mapping[str, Mapping[str, Translatable]]:
    return {
        "sources": {origin.name: origin.title for origin in origins},
        "flags": list_flag_titles(),
        **build_column_labels(),
    }


def _list_snapshot_settings(timeout_s: float) -> tuple[str, ...]:
    """Return the statements that begin a read-only transaction with one snapshot.

    They are no options of the connection, which a pooler of transactions drops.
    """
    values = {
        "statement_timeout": str(int(timeout_s * 1000)),
        "client_connection_check_interval": str(WATCH_S * 1000),
        "work_mem": "64MB",
    }
    begin = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    return (begin, *(f"SET LOCAL {name} = '{value}'" for name, value in values.items()))


def _write_database_url(engine: Engine) -> str:
    """Return the site's database URL for libpq."""
    url = engine.url
    _, arguments = engine.dialect.create_connect_args(url)
    options = {
        "search_path": SEARCH_PATH,
        "jit": "off",
        "TimeZone": "UTC",
    }
    role = engine.get_execution_options().get("lode_role")
    options |= {"role": str(role)} if role else {}
    parameters = {name: str(value) for name, value in arguments.items() if name not in ("context", "prepare_threshold")}
    parameters |= {
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        "application_name": DOWNLOAD_APPLICATION,
    }
    return "postgresql:///?" + urlencode(parameters, quote_via=quote)


def compute_version_time(value: datetime | None) -> datetime:
    """Return the time of a version; 1980, the first year that zip archives can state, for an empty store."""
    return value if value is not None else datetime(1980, 1, 1, tzinfo=UTC)
