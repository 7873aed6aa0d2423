"""Check of the objects in a GeoPackage: tables with rows, and what writers of GeoPackages add to them."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from lodedata.errors import FileRefused
from lodedata.messages import msg

MAX_OBJECTS = 10_000
_RTREE = re.compile(r"create\s+virtual\s+table\s+\S+\s+using\s+rtree\s*\(", re.IGNORECASE)
_NUMBERS = re.compile(r"(tiny|small|medium|big)?int|real|float|double|numeric|decimal", re.IGNORECASE)
_OWN_TRIGGER = re.compile(
    r"(rtree_.+_(insert|update[1-7]?|delete|rowid|geom)"
    r"|trigger_(insert|delete)_feature_count_.+"
    r"|(gpkg_)?(tile_matrix|tile_matrix_set|metadata|metadata_reference|zoom).*"
    r"|.+_(zoom|tile_column|tile_row|matrix_width|matrix_height|pixel_x_size|pixel_y_size)_(insert|update))",
    re.IGNORECASE,
)
"""Triggers of the standard's spatial index (OGC 12-128r19, annex F.3), and GDAL's counts of features."""


def check(path: Path) -> None:
    """Raise FileRefused for views, other triggers and other virtual tables, whose content is computed."""
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise FileRefused(
            msg("%(file)s: is open in another program, which has changes still to write; close it there first", file=path.name)
        )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchmany(MAX_OBJECTS + 1)
    except (sqlite3.Error, ValueError, UnicodeError):
        raise FileRefused(msg("%(file)s: the GeoPackage is damaged", file=path.name)) from None
    if len(rows) > MAX_OBJECTS:
        raise FileRefused(
            msg(
                "%(file)s: the GeoPackage has more than the %(most_objects)s tables and indexes that are read",
                file=path.name,
                most_objects=MAX_OBJECTS,
            )
        )
    for kind, name, sql in rows:
        if kind == "view":
            raise FileRefused(
                msg(
                    "%(file)s: holds a view, %(shown)s; export its rows as a table of their own",
                    file=path.name,
                    shown=_quote_name(name),
                )
            )
        if kind == "trigger" and not _OWN_TRIGGER.fullmatch(str(name)):
            raise FileRefused(
                msg(
                    "%(file)s: holds a trigger, %(shown)s; export the layers into a new GeoPackage",
                    file=path.name,
                    shown=_quote_name(name),
                )
            )
        if kind == "table" and re.match(r"\s*create\s+virtual\b", str(sql or ""), re.IGNORECASE) and not _RTREE.match(str(sql)):
            raise FileRefused(
                msg(
                    "%(file)s: holds a virtual table, %(shown)s; export the layers into a new GeoPackage",
                    file=path.name,
                    shown=_quote_name(name),
                )
            )
    _require_numbers(path)


def _require_numbers(path: Path) -> None:
    """Raise FileRefused for a text in a column of numbers, which GDAL reads as 0; nothing in the file is computed."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            text = _find_text_among_numbers(connection)
    except (sqlite3.Error, ValueError, UnicodeError):
        raise FileRefused(msg("%(file)s: the GeoPackage is damaged", file=path.name)) from None
    if text is not None:
        table, column, row, value = text
        raise FileRefused(
            msg(
                "%(file)s, layer %(layer)r, row %(row)s, column %(column)r: holds the text %(value)s in a column of numbers, "
                "which would be read as 0; correct it, or export the layer with a column of text",
                file=path.name,
                layer=table,
                row=row,
                column=column,
                value=_quote_name(value),
            )
        )


def _find_text_among_numbers(connection: sqlite3.Connection) -> tuple[str, str, int, str] | None:
    """Return table, column, row and value of the first text in a column that is declared to hold numbers."""
    tables = connection.execute(
        "SELECT c.table_name FROM gpkg_contents c JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table'"
        " WHERE c.data_type IN ('features', 'attributes')"
    ).fetchall()
    for (table,) in tables:
        described = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
        for column in (name for name, declared in described if _NUMBERS.match(str(declared))):
            quoted, of = (f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (column, table))
            row = connection.execute(
                f"SELECT rowid, {quoted} FROM {of} WHERE typeof({quoted}) = 'text' AND trim({quoted}) <> '' LIMIT 1"
            ).fetchone()
            if row is not None:
                return table, column, int(row[0]), str(row[1])
    return None


def _quote_name(name: object) -> str:
    return repr(str(name)[:60])
