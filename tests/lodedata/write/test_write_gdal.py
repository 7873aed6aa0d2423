"""GeoPackage and FlatGeobuf files hold the rows they were made of, and SQLite and GDAL find no fault in them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
from tests.quick import mostly_slow

from lodedata.messages import Label
from lodedata.write import Column, ColumnReference, FileContent, Table
from lodedata.write.content import Rows
from lodedata.write.vector import flatgeobuf, geopackage

COLUMNS = (
    Column("id", Label("Identifier", "标识符")),
    Column("text", Label("Text", "文本")),
    Column("figure", Label("Figure", "数值"), "number"),
    Column("whole", Label("Whole number", "整数"), "integer"),
    Column("yes", Label("Yes or no", "是否"), "boolean"),
    Column("day", Label("Day", "日期"), "date"),
    Column("never", Label("Never stated", "从未载明")),
)
DEPOSITS = Table("deposits", Label("Deposits", "矿床"), COLUMNS, ("id",), (), "point")
PARTS = Table(
    *(
        "estimates",
        Label("Estimates", "估算"),
        (Column("id", Label("Identifier", "标识符")), Column("owner", Label("Deposit", "矿床"))),
    ),
    ("id",),
    (ColumnReference("owner", "deposits", "id"),),
)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTENT = FileContent(
    "deposits", Label("Deposits", "矿床"), (DEPOSITS, PARTS), 3, MOMENT, "http://localhost/file?as_of=3", "all"
)
SIZES = (1, 2, 16, 17, 2_700, 30_000)
"""Around what a node of the index of a FlatGeobuf holds, and more."""
BATCH = 4_000
BOX = (2.0, 2.0, 3.0, 4.5)


def made_up(count: int, longest: int = 40, nowhere: float = 0.0, owners: slice | None = None) -> Rows:
    """Return rows of which a fifth have no value in a column; owners of parts descend, or follow the slice of a batch."""

    def of(table: Table) -> Iterator[pa.RecordBatch]:
        dice = Random(count)
        for start in range(0, count, BATCH):
            n = min(BATCH, count - start)
            names = [f"r{start + i:06}" for i in range(n)]
            if table is PARTS:
                ids = names[owners or slice(None, None, -1)]
                parts = [
                    pa.array([f"e{name}" for name in names[: len(ids)]], pa.string()),
                    pa.array(ids, pa.string()),
                ]
                yield pa.record_batch(parts, ["id", "owner"])
                continue
            columns = [
                pa.array(names),
                pa.array([dice.choice((None, "", "矿" * dice.randrange(longest), "=1")) for _ in names], pa.string()),
                pa.array([dice.choice((None, dice.random(), 3.0, -1e300)) for _ in names], pa.float64()),
                pa.array([dice.choice((None, 0, 1, -5, 2**31 - 1)) for _ in names], pa.int32()),
                pa.array([dice.choice((None, True, False)) for _ in names], pa.bool_()),
                pa.array([dice.choice((None, date(1999, 12, 31), date(2026, 1, 2))) for _ in names], pa.date32()),
                pa.nulls(n, pa.string()),
            ]
            there = [dice.random() >= nowhere for _ in names]
            places = [pa.array([dice.uniform(0, 10) if is_there else None for is_there in there]) for _ in range(2)]
            yield pa.record_batch([*columns, *places], [*(column.name for column in COLUMNS), "x", "y"])

    return of


def stated(values: "pd.Series[Any]") -> list[Any]:
    return [None if pd.isna(value) else value for value in values]


def check_rows(path: Path, rows: Rows) -> None:
    """Check that GDAL reads the same rows from a file, all of them and those within a box."""
    written = pa.Table.from_batches(rows(DEPOSITS)).to_pandas()
    inside = written["x"].between(BOX[0], BOX[2]) & written["y"].between(BOX[1], BOX[3])
    for box, expected in ((None, written), (BOX, written[inside])):
        frame = pyogrio.read_dataframe(path, layer="deposits", bbox=box).sort_values("id", ignore_index=True)
        there = ~frame.geometry.isna()
        assert frame["id"].tolist() == expected["id"].tolist()
        assert frame.geometry[there].x.tolist() == expected["x"].dropna().tolist()
        assert frame.geometry[there].y.tolist() == expected["y"].dropna().tolist()
        for name in ("text", "figure", "whole", "yes", "never"):
            assert stated(frame[name]) == stated(expected[name]), name
        days = [None if pd.isna(day) else day.date() for day in pd.to_datetime(frame["day"])]
        assert days == [None if pd.isna(day) else day for day in expected["day"]]


@pytest.mark.parametrize("count", SIZES)
def test_a_flatgeobuf_holds_all_rows_and_a_spatial_index(count: int, tmp_path: Path) -> None:
    path = tmp_path / "file.fgb"
    flatgeobuf.write(CONTENT, made_up(count), path)
    assert pyogrio.read_info(path)["features"] == count
    assert pyogrio.read_info(path)["capabilities"]["fast_spatial_filter"]
    check_rows(path, made_up(count))


@pytest.mark.parametrize("nowhere", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("count", mostly_slow(SIZES, SIZES[:-1]))
def test_a_geopackage_holds_all_rows_and_sound_indexes(count: int, nowhere: float, tmp_path: Path) -> None:
    path = tmp_path / "file.gpkg"
    geopackage.write(CONTENT, made_up(count, nowhere=nowhere), path)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT rtreecheck('rtree_deposits_geom')").fetchall() == [("ok",)]
        sought = "SELECT count(*) FROM estimates INDEXED BY ix_estimates_owner WHERE owner >= 'r000001'"
        assert database.execute(sought).fetchone() == (count - 1,)
    assert pyogrio.read_info(path, layer="deposits")["features"] == count
    assert pyogrio.read_info(path, layer="estimates", force_feature_count=True)["features"] == count
    check_rows(path, made_up(count, nowhere=nowhere))


@pytest.mark.parametrize(("owners", "there"), [(slice(None), 9_000), (slice(0), 0), (slice(1), 3)])
def test_the_index_of_what_belongs_to_records_is_sound_in_order_and_empty(owners: slice, there: int, tmp_path: Path) -> None:
    geopackage.write(CONTENT, made_up(9_000, owners=owners), tmp_path / "one.gpkg")
    with closing(sqlite3.connect(tmp_path / "one.gpkg")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        sought = "SELECT count(*) FROM estimates INDEXED BY ix_estimates_owner WHERE owner >= 'r'"
        assert database.execute(sought).fetchone() == (there,)


def test_rows_can_be_added_to_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "file.gpkg"
    geopackage.write(CONTENT, made_up(5_000), path)
    frame = pyogrio.read_dataframe(path, layer="deposits")
    pyogrio.write_dataframe(frame.head(500).assign(id="new"), path, layer="deposits", append=True)
    assert (pyogrio.read_dataframe(path, layer="deposits", bbox=(0, 0, 10, 10))["id"] == "new").sum() == 500
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_long_texts_are_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "file.gpkg"
    geopackage.write(CONTENT, made_up(300, longest=40_000), path)
    check_rows(path, made_up(300, longest=40_000))


def test_what_belongs_to_records_is_a_table_without_places(tmp_path: Path) -> None:
    path = tmp_path / "file.gpkg"
    geopackage.write(CONTENT, made_up(3), path)
    with closing(sqlite3.connect(path)) as database:
        kinds = dict(database.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall())
    assert kinds == {"deposits": "features", "estimates": "attributes", "layer_styles": "attributes"}
