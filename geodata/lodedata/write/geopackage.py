"""GeoPackage: the records as a layer, all that belongs to them as tables, aliases, words of codes, colours for QGIS."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from lodedata.write import filling, gdal, styles
from lodedata.write.content import Column, Content, Rows, Table
from lodedata.write.sqliterecords import TooLong

MANY = 10_000
"""Rows from which on a file is made of finished pages."""
MOST_TERMS = 500
"""Of a vocabulary that is written into the file."""
STYLES = """
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""
"""As QGIS makes it (and reads it when it opens a layer)."""


def write(content: Content, rows: Rows, path: Path) -> None:
    """Write the layer and the tables, then what is said of them."""
    _whole(content, rows, path)
    with filling.edited(path) as database:
        if content.lang is None:
            _name_codes(content, database)
        if content.table.geometry is not None:
            _colour(content, database)


def _whole(content: Content, rows: Rows, path: Path) -> None:
    """By finished pages where there are many points; with GDAL what is small, or where something has no room in a page.

    Pages are large, so that records have room in them, and a small file of them would be a large one.
    """
    records = (batch for batch in rows(content.table))
    first: list[pa.RecordBatch] = []
    count = 0
    while count < MANY and (batch := next(records, None)) is not None:
        first.append(batch)
        count += batch.num_rows

    def told(table: Table) -> Iterator[pa.RecordBatch]:
        if table is not content.table:
            yield from rows(table)
            return
        # given up in its midst, it lets go of the rest
        with closing(records):
            yield from first
            yield from records

    if content.table.geometry == "point" and count >= MANY:
        try:
            _layers(content, lambda _: iter(()), path)
            filling.fill(content, told, path)
        except TooLong:
            path.unlink()
            _layers(content, rows, path)
    else:
        _layers(content, told, path)


def _layers(content: Content, rows: Rows, path: Path) -> None:
    for n, table in enumerate(content.tables):
        said = content.citation if n == 0 else ""
        gdal.layer(content, rows, path, "GPKG", table, IDENTIFIER=table.title(content.lang), DESCRIPTION=said)
    with filling.edited(path) as database:
        for table in content.tables[1:]:
            for reference in table.references[:1]:
                name = filling.index_name(table, reference.column)
                database.execute(f'CREATE INDEX "{name}" ON "{table.name}" ("{reference.column}")')


def _name_codes(content: Content, database: sqlite3.Connection) -> None:
    """Tell what codes stand for, as a programme that edits them shows it (GeoPackage 1.3, annex F.9)."""
    done: set[str] = set()
    for table in content.tables:
        for column in table.columns:
            terms = list(_terms(content, column)) if column.vocabulary is not None and column.type == "string" else []
            if not 0 < len(terms) <= MOST_TERMS:
                continue
            domain = f"{column.vocabulary}"
            database.execute(
                "UPDATE gpkg_data_columns SET constraint_name = ? WHERE table_name = ? AND column_name = ?",
                (domain, table.name, column.name),
            )
            if domain not in done:
                database.executemany(
                    "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) "
                    "VALUES (?, 'enum', ?, ?)",
                    [(domain, code, label) for code, label in terms],
                )
            done.add(domain)


def _terms(content: Content, column: Column) -> Iterator[tuple[str, str]]:
    chinese = content.words(column, "zh")
    for code, english in content.words(column, "en").items():
        yield code, f"{english} · {chinese[code]}"


def _colour(content: Content, database: sqlite3.Connection) -> None:
    table = content.table
    database.execute(STYLES)
    named = (table.name, gdal.SHAPE, table.name, styles.qml(content), styles.sld(content), content.citation)
    database.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, "
        "styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, ?, ?, ?, ?, 1, ?, '', ?)",
        (*named, f"{content.moment:%Y-%m-%dT%H:%M:%SZ}"),
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (f"{content.moment:%Y-%m-%dT%H:%M:%S.000Z}",),
    )
