"""GeoPackage: the records as a layer, related rows as attribute tables, field aliases, code lists, a style for QGIS."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from lodedata.write.content import Column, FileContent, Rows
from lodedata.write.vector import gdal, styles

MAX_WRITTEN_TERMS = 500
"""Terms of the largest vocabulary that is written into the file."""
STYLES = """
CREATE TABLE IF NOT EXISTS layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""
"""The table as QGIS creates it, and reads it when it opens a layer."""


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the layer and the attribute tables, then their indexes and descriptions."""
    for n, table in enumerate(content.tables):
        description = content.citation if n == 0 else ""
        gdal.write_gdal_layer(content, rows, path, "GPKG", table, IDENTIFIER=table.title(content.lang), DESCRIPTION=description)
    with closing(sqlite3.connect(path)) as database, database:
        # an unfinished file is never published, so nothing has to wait for the disk
        database.execute("PRAGMA synchronous = OFF")
        _index_references(content, database)
        if content.lang is None:
            _name_codes(content, database)
        if content.table.geometry is not None:
            _add_style(content, database)


def _index_references(content: FileContent, database: sqlite3.Connection) -> None:
    """Index the column by which each attribute table refers to its owner."""
    for table in content.tables[1:]:
        for reference in table.references[:1]:
            database.execute(f'CREATE INDEX "ix_{table.name}_{reference.column}" ON "{table.name}" ("{reference.column}")')


def _name_codes(content: FileContent, database: sqlite3.Connection) -> None:
    """Write the labels of codes, which programs show when they edit them (GeoPackage 1.3, annex F.9)."""
    done: set[str] = set()
    for table in content.tables:
        for column in table.columns:
            terms = list(_list_terms(content, column)) if column.vocabulary is not None and column.type == "string" else []
            if not 0 < len(terms) <= MAX_WRITTEN_TERMS:
                continue
            domain = f"{column.vocabulary}"
            database.execute(
                "UPDATE gpkg_data_columns SET constraint_name = ? WHERE table_name = ? AND column_name = ?",
                (domain, table.name, column.name),
            )
            if domain not in done:
                database.executemany(
                    "INSERT OR IGNORE INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) "
                    "VALUES (?, 'enum', ?, ?)",
                    [(domain, code, label) for code, label in terms],
                )
            done.add(domain)


def _list_terms(content: FileContent, column: Column) -> Iterator[tuple[str, str]]:
    chinese = content.labels_of(column, "zh")
    for code, english in content.labels_of(column, "en").items():
        yield code, f"{english} · {chinese[code]}"


def _add_style(content: FileContent, database: sqlite3.Connection) -> None:
    table = content.table
    database.execute(STYLES)
    named = (
        table.name,
        gdal.SHAPE,
        table.name,
        styles.write_qml_style(content),
        styles.write_sld_style(content),
        content.citation,
    )
    database.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, "
        "styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, ?, ?, ?, ?, 1, ?, '', ?)",
        (*named, f"{content.moment:%Y-%m-%dT%H:%M:%SZ}"),
    )
    database.execute(
        "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (f"{content.moment:%Y-%m-%dT%H:%M:%S.000Z}",),
    )
