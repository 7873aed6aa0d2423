"""Vector tiles of a collection: each record if a tile holds few, otherwise the number of records in each cell of a grid.

Polygons are drawn one by one; those too small for the tile are counted in squares.

A record lies on exactly one tile of a zoom level, the one that contains its cell (see ``lodebase.query.morton``), so the
sums of all levels are equal. A record beyond the grid's latitudes counts in the edge row; one without a position is
on no tile.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Engine,
    FromClause,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from lodebase.db.schema.prepared_tables import collection_state
from lodebase.errors import NotFound
from lodebase.query import expression, morton, version_views
from lodebase.query.collections_ import Collection, Field, find_collection
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.literals import write_fixed_literal
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading
from lodedata.kinds.shared import IDENTITY
from lodedata.maps.maplibre_style import StyledLayer
from lodedata.messages import Label, Message, msg
from lodedata.vocab import load_vocabulary

MAX_ZOOM = 24
EXTENT = 4_096
"""The number of units along the side of a tile."""
SQUARE = 8
"""The side of the square, in units of a tile, that is drawn for polygons smaller than it."""
MAX_TILE_POINTS = 2_000
"""The maximum number of records that a tile shows one by one; a tile with more shows cells."""
ALL_POINTS = 1 << 31
"""More than there are."""

GRIDS = {0: (5, 4), 1: (6, 5), 2: (7, 6), 3: (8, 7), 4: (9, 8), 5: (11, 9), 6: (11, 10), 7: (11, 11), 8: (11, 11)}
"""By zoom, the level of the prepared counts and that of the cells shown: 16 a side, 8 at zoom 8, each placed at the mean of the
finer counts. A tile up to zoom 4 reads 32 cells a side, so that records spread over the globe are drawn as fast as those in
clusters. Deeper tiles are counted on request."""

COUNTED_BY = frozenset({"commodity_group", "main_commodity", "country"})
"""The fields that the prepared counts distinguish."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the web-mercator grid; columns are counted from the west, rows from the north."""

    z: int
    x: int
    y: int

    @classmethod
    def at(cls, z: int, x: int, y: int) -> "Tile":
        """Return the tile at a URL's coordinates. Raise NotFound if it is outside the grid."""
        if not 0 <= z <= MAX_ZOOM:
            raise NotFound(msg("There is no zoom level %(z)s. Use 0 to %(deepest)s.", z=z, deepest=MAX_ZOOM))
        last = (1 << z) - 1
        for name, value in (("row", y), ("column", x)):
            if not 0 <= value <= last:
                raise NotFound(
                    msg(
                        "Zoom level %(z)s has no %(name)s %(value)s. Use 0 to %(last)s.", z=z, name=name, value=value, last=last
                    )
                )
        return cls(z, x, y)

    @property
    def codes(self) -> morton.Range:
        """Return its first and last Morton code."""
        return morton.compute_tile_range(self.z, self.x, self.y)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A Mapbox vector tile (version 2.1), empty if no record lies on it, and the dataset version it shows."""

    body: bytes
    dataset_version: int


@dataclass(frozen=True, slots=True)
class TileContent:
    """What all tiles of a query share: the number of matches, how many of them have no position, the collection's box."""

    dataset_version: int
    records: int
    without_position: int
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the tiles and the properties of its features."""

    name: str
    geometry: str
    description: Message
    fields: tuple[Field, ...]


def list_tile_layers(collection: Collection) -> tuple[Layer, ...]:
    """Return the layers of a collection's tiles."""
    own = tuple(field for name in list_tile_fields(collection) if (field := collection.field(name)) is not None)
    if collection.geometry == "polygon":
        areas = msg("Each record; those smaller than a dot of the tile as one square, with their number.")
        return (Layer(collection.name, "polygon", areas, (IDENTITY, *own, _count("n", msg("Number of records")))),)
    most = f"{MAX_TILE_POINTS:,}"
    points = msg("Each record, where a tile holds %(most)s at most.", most=most)
    cells = msg("How many records lie in each cell of a grid, where a tile holds more than %(most)s.", most=most)
    counts = [
        _count(f"n_{group.code}", msg("Records of the group %(group)s", group=Label(group.label_en, group.label_zh)))
        for group in (load_vocabulary("commodity-group") if collection.prepared else ())
    ]
    return (
        Layer(collection.name, "point", points, (IDENTITY, *own)),
        Layer(name_cells_layer(collection.name), "point", cells, (_count("n", msg("Number of records")), *counts)),
    )


def list_styled_layers(collection: Collection) -> list[StyledLayer]:
    """Return the layers of a collection's tiles for a style, counts below records."""
    styled_layers = [
        StyledLayer(layer.name, layer.geometry == "polygon", [field.name for field in layer.fields])
        for layer in list_tile_layers(collection)
    ]
    return styled_layers[::-1]


def _count(name: str, title: Message) -> Field:
    return Field(name, title.in_language("en"), title.in_language("zh"), "integer")


def name_cells_layer(name: str) -> str:
    """Return the name of the layer of counts of a collection."""
    return f"{name}_cells"


def list_tile_fields(collection: Collection) -> tuple[str, ...]:
    """Return the fields that a collection's tiles include."""
    return tuple(field.name for field in collection.fields if field.tile)


def list_commodity_groups() -> tuple[str, ...]:
    """Return the codes of the commodity groups."""
    return tuple(load_vocabulary("commodity-group").terms)


def draw(engine: Engine, query: Query, tile: Tile) -> Drawn:
    """Return the tile of a query's rows, read by one statement.

    A query by commodity group, main commodity or country, or without filters, uses prepared counts; any other reads each
    record of the tile, within the statement's time limit. Raise DatabaseAway or StatementTimeout if the statement fails.
    """
    with open_reading(engine, _choose_statements(query)) as connection:
        settled, earlier = version_views.settle_query_version(connection, query.same_rows())
        statement, values = _prepare_drawing(settled, earlier, tile)
        version, body = statement.row(connection, expression.bind_query(connection, settled, earlier) | values)
    return Drawn(body, version)


def _prepare_drawing(settled: Query, earlier: bool, tile: Tile) -> tuple[PreparedStatement, dict[str, Any]]:
    """Return the statement of a tile and its values."""
    values: dict[str, Any] = {"z": tile.z, "x": tile.x, "y": tile.y}
    if find_collection(settled.collection).geometry == "polygon":
        return _prepare_polygons(settled.shape(earlier)), values | _compute_buffered_box(tile)
    prepared = _is_counted(settled)
    statement = _prepare_points(settled.shape(earlier), prepared and tile.z <= morton.COUNTED[-1], prepared and tile.z in GRIDS)
    return statement, values | _compute_grid_values(tile) | {
        f"of_{field}": _list_possible_codes(codes) for field, codes in settled.selections.items()
    }


def read_tile_content(engine: Engine, query: Query) -> TileContent:
    """Return what all tiles of a query have in common. Raise DatabaseAway or StatementTimeout if the statement fails."""
    with open_reading(engine, _choose_statements(query)) as connection:
        settled, earlier = version_views.settle_query_version(connection, query.same_rows())
        values = expression.bind_query(connection, settled, earlier) | {"of": query.collection}
        version, records, located, west, south, east, north = _prepare_content(settled.shape(earlier)).row(connection, values)
    return TileContent(version, records, records - located, None if west is None else (west, south, east, north))


def prepare_file_statement(shape: Shape, every: bool = False) -> PreparedStatement:
    """Return the statement of a tile in a file of tiles: in order, without prepared counts, with ``every`` without cells."""
    if find_collection(shape.collection).geometry == "polygon":
        return _prepare_polygons(shape, in_order=True)
    return _prepare_points(shape, False, False, ALL_POINTS if every else MAX_TILE_POINTS, in_order=True)


def bind_numbers(tile: Tile, polygons: bool) -> dict[str, Any]:
    """Return the values of a tile in the statement of a file."""
    return {"z": tile.z, "x": tile.x, "y": tile.y} | (_compute_buffered_box(tile) if polygons else _compute_grid_values(tile))


def _choose_statements(query: Query) -> Literal["one", "many"]:
    return "one" if query.as_of is None and not expression.needs_accuracy(query) else "many"


def _list_possible_codes(chosen: tuple[str, ...]) -> list[str]:
    """Return the codes that rows can have, without the empty text, which means no country in the counts."""
    return [code for code in chosen if code]


def _is_counted(query: Query) -> bool:
    """Return whether the prepared counts serve a query: one without filters, or with selections that they distinguish."""
    if query.as_of is not None or not find_collection(query.collection).prepared:
        return False
    return all(isinstance(one, SelectionCondition) and one.field_name in COUNTED_BY for one in query.conditions)


def _compute_grid_values(tile: Tile) -> dict[str, int]:
    """Return the values of a tile's statement: its Morton codes, and the number of bits of its cells and of their parts."""
    level, shown_at = GRIDS.get(tile.z, (min(tile.z + 6, morton.DEPTH), min(tile.z + 4, morton.DEPTH)))
    summed = next((counted_level for counted_level in morton.COUNTED if counted_level >= tile.z), morton.COUNTED[-1])
    first, last = tile.codes
    fine, sums = 2 * (morton.DEPTH - level), 2 * (morton.DEPTH - summed)
    return {
        **{"tile_first": first, "tile_last": last, "shift": fine, "bits": shown_at - tile.z, "part_bits": level - shown_at},
        **{"level": level, "first_cell": first >> fine, "last_cell": last >> fine},
        **{"sum_level": summed, "sum_first": first >> sums, "sum_last": last >> sums},
    }


def _compute_buffered_box(tile: Tile) -> dict[str, float]:
    """Return the box of a tile in degrees, a fiftieth wider on each side except at the edge of the grid."""

    def lat(row: float) -> float:
        turned = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << tile.z)))))
        return max(-morton.EDGE_LATITUDE, min(morton.EDGE_LATITUDE, turned))

    def lon(column: float) -> float:
        return max(-180.0, min(180.0, column / (1 << tile.z) * 360 - 180))

    return {
        **{"rim_west": lon(tile.x - 0.02), "rim_east": lon(tile.x + 1.02)},
        **{"rim_south": lat(tile.y + 1.02), "rim_north": lat(tile.y - 0.02)},
    }


VERSION = "(SELECT coalesce(max(version), 0) FROM dataset_version)"

# The number of records of a tile comes from the prepared counts, or from reading one more than may be shown: then the
# scan ends early if there are too many, and no second scan is needed if there are not.
COUNTED_FIRST = """
choice AS MATERIALIZED (
  SELECT coalesce(sum(n), 0) <= {most} AS points FROM cell_count
  WHERE collection = '{collection}' AND level = %(sum_level)s AND cell BETWEEN %(sum_first)s AND %(sum_last)s{chosen}
),
few AS MATERIALIZED ({rows} AND (SELECT points FROM choice))"""
FOUND_FIRST = """
few AS MATERIALIZED ({rows} LIMIT {most} + 1),
choice AS MATERIALIZED (SELECT count(*) <= {most} AS points FROM few)"""

PREPARED_CELLS = """
counted AS (
  SELECT cell - %(first_cell)s AS cell, commodity_group, n FROM cell_count
  WHERE collection = '{collection}' AND level = %(level)s AND cell BETWEEN %(first_cell)s AND %(last_cell)s{chosen}
    AND NOT (SELECT points FROM choice)
)"""
FRESH_CELLS = """
counted AS (
  SELECT (morton_code >> %(shift)s) - %(first_cell)s AS cell, commodity_group, count(*) AS n
  FROM ({codes} AND NOT (SELECT points FROM choice)) located GROUP BY 1, 2
)"""

# Coordinates are those of the tile, so that no geometry is transformed or clipped. ST_AsMVT makes layers that follow
# one another in a tile.
POINTS = """
WITH {few}, {counted},
cells AS (
  SELECT cell >> 2 * %(part_bits)s AS cell, sum(n)::bigint AS n{sums},
    sum(n * (part & 1 | (part >> 1 & 2)))::float8 AS columns, sum(n * ((part >> 1 & 1) | (part >> 2 & 2)))::float8 AS rows
  FROM (SELECT cell, commodity_group, n, cell & ((1 << 2 * %(part_bits)s) - 1) AS part FROM counted) parted GROUP BY 1
),
placed AS (
  SELECT n{counts}, ST_MakePoint(
    round((({column}) + (columns / n + 0.5) / 2 ^ %(part_bits)s) * {extent} / 2 ^ %(bits)s),
    round((({row}) + (rows / n + 0.5) / 2 ^ %(part_bits)s) * {extent} / 2 ^ %(bits)s)) AS geom
  FROM cells
),
dots AS (
  SELECT {shown}, ST_MakePoint(
    greatest(0, least({extent} - 1, floor(((ST_X(geom) + 180) / 360 * 2 ^ %(z)s - %(x)s) * {extent}))),
    greatest(0, least({extent} - 1, floor(((1 - asinh(tan(radians(
      greatest(-{edge}, least({edge}, ST_Y(geom)))))) / pi()) / 2 * 2 ^ %(z)s - %(y)s) * {extent})))) AS geom
  FROM few WHERE (SELECT points FROM choice)
)
SELECT {version}, coalesce((SELECT ST_AsMVT(dots, '{collection}', {extent}, 'geom')
    FROM (SELECT * FROM dots{by_id}) dots), '')
  || coalesce((SELECT ST_AsMVT(placed, '{cells_layer}', {extent}, 'geom') FROM (SELECT * FROM placed{by_place}) placed), '')
"""

# A polygon is clipped to the tile and a margin before it is transformed, as the poles are outside the grid. One that is
# smaller than a square of the tile, or too narrow to be drawn, counts in the square that it lies in.
POLYGONS = """
WITH tile AS (
  SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS edge,
    ST_MakeEnvelope(%(rim_west)s, %(rim_south)s, %(rim_east)s, %(rim_north)s, 4326) AS around
),
found AS MATERIALIZED (
  SELECT matching.*, CASE WHEN greatest(east - west, north - south) >= {least}
    THEN ST_AsMVTGeom(ST_Transform(
      ST_Simplify(ST_ClipByBox2D(geom, Box2D(around)), {least} / 4), 3857), edge, {extent}, 64, true) END AS shape,
    CASE WHEN greatest(east - west, north - south) < {least}
      THEN ST_MakePoint((west + east) / 2, (south + north) / 2) END AS middle
  FROM ({rows}) matching, tile,
    LATERAL (SELECT ST_XMin(geom), ST_XMax(geom), ST_YMin(geom), ST_YMax(geom) OFFSET 0) box (west, east, south, north)
  WHERE geom && around
),
collapsed AS MATERIALIZED (
  SELECT *, coalesce(middle, ST_PointOnSurface(geom)) AS inside FROM found WHERE shape IS NULL
),
small AS MATERIALIZED (
  SELECT *, {square} * floor(((ST_X(inside) + 180) / 360 * 2 ^ %(z)s - %(x)s) * {per_side}) AS left_edge,
    {square} * floor(((1 - asinh(tan(radians(greatest(-{edge}, least({edge}, ST_Y(inside)))))) / pi()) / 2 * 2 ^ %(z)s
      - %(y)s) * {per_side}) AS top_edge
  FROM collapsed
),
drawn AS (
  SELECT {shown}, 1::bigint AS n, shape FROM found WHERE shape IS NOT NULL
  UNION ALL
  SELECT {alone}, count(*), ST_Reverse(ST_MakeEnvelope(left_edge, top_edge, left_edge + {square}, top_edge + {square}))
  FROM small
  WHERE left_edge BETWEEN 0 AND {extent} - 1 AND top_edge BETWEEN 0 AND {extent} - 1
  GROUP BY left_edge, top_edge{group}
)
SELECT {version}, coalesce(ST_AsMVT(drawn, '{collection}', {extent}, 'shape'), '') FROM (SELECT * FROM drawn{by_id}) drawn
"""


@lru_cache(maxsize=1024)
def _prepare_points(
    shape: Shape, counted_first: bool, prepared_cells: bool, most: int = MAX_TILE_POINTS, in_order: bool = False
) -> PreparedStatement:
    collection = find_collection(shape.collection)
    table = collection.table
    inside = table.c.morton_code.between(bindparam("tile_first"), bindparam("tile_last")) & expression.build_where_condition(
        shape, table
    )
    rows = compile_for_psycopg(_select_rows(collection, table).where(inside), shape.earlier)
    # points that are not prepared have no groups
    group = table.c.commodity_group if collection.prepared else cast(null(), Text).label("commodity_group")
    counted = list_commodity_groups() if collection.prepared else ()
    parts = {
        "collection": collection.name,
        "most": most,
        "rows": rows.sql,
        "codes": compile_for_psycopg(select(table.c.morton_code, group).where(inside), shape.earlier).sql,
        "chosen": "".join(
            f" AND {form[0]} = ANY(%(of_{form[0]})s)" for kind, form in shape.conditions if kind is SelectionCondition
        ),
    }
    sql = POINTS.format(
        few=(COUNTED_FIRST if counted_first else FOUND_FIRST).format_map(parts),
        counted=(PREPARED_CELLS if prepared_cells else FRESH_CELLS).format_map(parts),
        sums="".join(f", coalesce(sum(n) FILTER (WHERE commodity_group = '{g}'), 0)::bigint AS n_{g}" for g in counted),
        counts="".join(f", n_{g}" for g in counted),
        column=_take_every_other_bit("cell"),
        row=_take_every_other_bit("(cell >> 1)"),
        shown=", ".join(("id", *list_tile_fields(collection))),
        extent=EXTENT,
        edge=morton.EDGE_LATITUDE,
        version=VERSION,
        collection=collection.name,
        cells_layer=name_cells_layer(collection.name),
        by_id=" ORDER BY id" if in_order else "",
        by_place=" ORDER BY geom" if in_order else "",
    )
    return PreparedStatement(sql, rows.constants)


@lru_cache(maxsize=1024)
def _prepare_polygons(shape: Shape, in_order: bool = False) -> PreparedStatement:
    collection = find_collection(shape.collection)
    rows = compile_for_psycopg(
        _select_rows(collection, collection.table).where(expression.build_where_condition(shape, collection.table)),
        shape.earlier,
    )
    names = ("id", *list_tile_fields(collection))
    group = collection.kind.type_field if collection.kind.type_field in names else None
    sql = POLYGONS.format(
        rows=rows.sql,
        shown=", ".join(names),
        alone=", ".join(n if n == group else f"CASE WHEN count(*) = 1 THEN (array_agg({n}))[1] END AS {n}" for n in names),
        group=f", {group}" if group else "",
        least=f"360 / 2 ^ %(z)s * {SQUARE} / {EXTENT}",
        square=SQUARE,
        per_side=EXTENT // SQUARE,
        edge=morton.EDGE_LATITUDE,
        extent=EXTENT,
        version=VERSION,
        collection=collection.name,
        by_id=" ORDER BY id, shape" if in_order else "",
    )
    return PreparedStatement(sql, rows.constants)


@lru_cache(maxsize=1024)
def _prepare_content(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    state = collection_state.c
    if shape.earlier:
        edges: list[ColumnElement[Any]] = [func.min(func.ST_XMin(table.c.geom)), func.min(func.ST_YMin(table.c.geom))]
        edges += [func.max(func.ST_XMax(table.c.geom)), func.max(func.ST_YMax(table.c.geom))]
        extent: list[ColumnElement[Any]] = [literal_column(VERSION), func.count(), func.count(table.c.geom), *edges]
        return compile_for_psycopg(select(*extent).where(expression.build_where_condition(shape, table)), earlier=True)
    if not shape.conditions:
        numbers: list[ColumnElement[Any]] = [state.n, state.located]
        prepared_statement = compile_for_psycopg(select(*numbers).where(state.collection == bindparam("of")))
    else:
        numbers = [func.count().label("n"), func.count(table.c.geom).label("located")]
        prepared_statement = compile_for_psycopg(select(*numbers).where(expression.build_where_condition(shape, table)))
    sql = f"""
    SELECT {VERSION}, counted.n, counted.located, west, south, east, north
    FROM collection_state, ({prepared_statement.sql}) counted WHERE collection = %(of)s
    """
    return PreparedStatement(sql, prepared_statement.constants)


def _select_rows(collection: Collection, table: FromClause) -> Select[Any]:
    columns = (
        func.array_to_string(column, write_fixed_literal(",")).label(name)
        if isinstance((column := table.c[name]).type, ARRAY)
        else column
        for name in list_tile_fields(collection)
    )
    # the column as it is, so that its index serves a tile's box
    return select(table.c.id, *columns, type_coerce(table.c.geom, NullType()).label("geom"))


def _take_every_other_bit(of: str) -> str:
    """Return the SQL of the number formed by every other bit, starting at the first; of the bits of a grid's side."""
    most = max(5, max(shown_at - z for z, (_, shown_at) in GRIDS.items()))
    # these operators have the same precedence in PostgreSQL
    return " | ".join(f"({of} >> {bit} & {1 << bit})" for bit in range(most))
