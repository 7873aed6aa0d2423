"""What a file is asked to be, and the task that its maker gets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, Engine, Table, select, text

from lodebase.db import source_tables, tables
from lodebase.db.engine import DOWNLOAD_APPLICATION, SEARCH_PATH
from lodebase.download import delta, statements, tables_
from lodebase.download.task import Statement, Task
from lodebase.query import expression, plan
from lodebase.query.collections_ import Collection, collection
from lodebase.query.query import Query
from lodebase.query.reading import reading
from lodedata.problems import RULES
from lodedata.write import FORMATS, Content, Origin
from lodedata.write import Table as Written
from lodedata.write.content import Language

WATCH_S = 1
"""Seconds after which the server looks whether the one who asked has gone."""


@dataclass(frozen=True, slots=True)
class Order:
    """A file as it is asked for, at a version. ``address`` is where the same file can be had again."""

    query: Query
    form: str
    version: int
    committed_at: datetime
    address: str
    asked: str
    lang: Language | None = None
    package: bool = False
    since: int | None = None
    """The version after which changes alone are asked; they come as a package."""

    @property
    def filtered(self) -> bool:
        """Whether it is less than the whole collection."""
        return self.query.bbox is not None or not plan.everything(self.query)

    @property
    def suffix(self) -> str:
        """How its name ends."""
        if self.since is not None:
            return f".{self.form}.changes.zip"
        return f".{self.form}.package.zip" if self.package else FORMATS[self.form].suffix

    @property
    def media_type(self) -> str:
        """What it is."""
        return "application/zip" if self.package else FORMATS[self.form].media_type

    @property
    def streamed(self) -> bool:
        """Whether it can be read from its first byte on while it is made."""
        return not self.package and FORMATS[self.form].streamed

    @property
    def lines(self) -> bool:
        """Whether the database can write its rows itself: texts, with no label for any code."""
        return self.form == "csv" and self.lang is None and not self.package

    @property
    def filename(self) -> str:
        """A name that tells the collection, the filter by a hash, and the version."""
        told = f"-{blake2b(self.asked.encode(), digest_size=4).hexdigest()}" if self.filtered else ""
        after = f"-v{self.since}" if self.since is not None else ""
        return f"lode-{self.query.collection}{told}{after}-v{self.version}{self.suffix}"

    def key(self, build: str) -> str:
        """What tells this file from every other: all that it is made of, and the program that makes it."""
        parts = (build, self.address, self.committed_at.isoformat(), self.form, str(self.package), str(self.lang))
        return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def address(root: str, name: str, form: str, arguments: Mapping[str, list[str]], version: int) -> str:
    """The address of a file at a version: its parameters in the order of their names."""
    pairs = [(key, value) for key in sorted(arguments) if key != "as_of" for value in arguments[key]]
    told = urlencode([*pairs, ("as_of", str(version))], quote_via=quote, safe=",:", errors="surrogateescape")
    return f"{root.rstrip('/')}/api/collections/{name}/download/{form}?{told}"


def task(engine: Engine, order: Order, timeout_s: float) -> Task:
    """What the maker of the file is told."""
    everything, form = statements.whole(order.query), FORMATS[order.form]
    query = replace(everything, changed=order.since is not None)
    asked = collection(query.collection)
    parts = order.lang is not None or order.form == "geoparquet"
    told = [name for name, there in (("distance_km", query.near), ("certainty", query.near or query.within)) if there]
    table = tables_.main(asked, query.properties, tuple(told) if asked.prepared else ())
    with reading(engine) as connection:
        values = expression.bound(connection, query)
        origins = _origins(connection, order.version)
        placed = not asked.prepared or not connection.scalar(statements.without_place(everything), values)
    made = {table.name: statements.of_records(query, table, form, values, parts, order.lines)}
    listed = [table]
    for beside, statement in _beside(order, query, asked, values):
        listed.append(beside)
        made[beside.name] = statement
    content = Content(
        asked.name,
        asked.title_en,
        asked.title_zh,
        tuple(listed),
        order.version,
        order.committed_at,
        order.address,
        order.asked,
        order.lang,
        query.crs.srid,
        origins,
        _labels(origins),
        placed,
    )
    return Task(_database(engine, timeout_s), content, order.form, order.package, made, order.since, order.lines)


def _beside(order: Order, query: Query, asked: Collection, values: Mapping[str, Any]) -> list[tuple[Written, Statement]]:
    """Return the tables beside the records, as far as the format holds them; a package has all."""
    held = "all" if order.package else FORMATS[order.form].relations
    made: list[tuple[Written, Statement]] = []
    if held == "all":
        for relation in tables_.RELATIONS[asked.name]:
            table = tables_.related(asked, relation)
            made.append((table, statements.of_relation(query, relation, table, values)))
        made.append((tables_.origins(asked), statements.of_origins(query, values)))
    if order.since is not None:
        made.append((delta.table(asked), delta.of_changes(query, values)))
    if held != "none":
        made.append((tables_.SOURCES, statements.of_sources(query, tables_.SOURCES, values)))
    return made


def _origins(connection: Connection, version: int) -> tuple[Origin, ...]:
    """The sources as they were described at a version."""
    connection.execute(text("SELECT set_config('lode.as_of', :version, true)"), {"version": str(version)})
    source: Table = source_tables.source.to_metadata(tables.metadata.__class__(), schema=statements.THEN)
    columns = [source.c[name] for name in Origin.__dataclass_fields__]
    return tuple(Origin(*row) for row in connection.execute(select(*columns).order_by(source.c.name)))


def _labels(origins: tuple[Origin, ...]) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    return {
        "sources": {origin.name: (origin.title_en, origin.title_zh) for origin in origins},
        "flags": {name: (rule.title_en, rule.title_zh) for name, rule in RULES.items() if rule.title_en},
    }


def _database(engine: Engine, timeout_s: float) -> str:
    """The site's own address, as libpq takes it, for one transaction that sees one state of the store."""
    url = engine.url
    _, given = engine.dialect.create_connect_args(url)
    options = {
        "search_path": SEARCH_PATH,
        "jit": "off",
        "TimeZone": "UTC",
        "statement_timeout": str(int(timeout_s * 1000)),
        "default_transaction_isolation": r"repeatable\ read",
        "default_transaction_read_only": "on",
        "client_connection_check_interval": str(WATCH_S * 1000),
        "work_mem": "64MB",
    }
    role = engine.get_execution_options().get("lode_role")
    options |= {"role": str(role)} if role else {}
    told = {name: str(value) for name, value in given.items() if name not in ("context", "prepare_threshold")}
    told |= {
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        "application_name": DOWNLOAD_APPLICATION,
    }
    return "postgresql:///?" + urlencode(told, quote_via=quote)


def moment(value: datetime | None) -> datetime:
    """The time of a version; of the empty store the beginning of time."""
    return value if value is not None else datetime(1980, 1, 1, tzinfo=UTC)
