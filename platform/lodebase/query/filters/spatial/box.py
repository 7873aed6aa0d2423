"""Records in a box."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from pyproj import Transformer
from sqlalchemy import ColumnElement, Double, and_, bindparam, func, or_
from sqlalchemy.sql.selectable import FromClause

from lodebase.errors import BadQuery
from lodebase.field_types import FieldType
from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import Collection
from lodebase.query.conditions import Condition
from lodebase.query.crs import CRS84, GEOGRAPHIC, Crs, parse_crs_parameter
from lodebase.query.filters.row_filter import Node, RowFilter, compare, parse_condition
from lodebase.query.literals import write_fixed_literal
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.parameter import PLACED, URI, Parameter
from lodedata.cells import Unreadable, number
from lodedata.messages import Message, msg

EDGES = ("west", "south", "east", "north")
ADVICE = msg("Write four numbers: west,south,east,north in degrees, such as -75,-30,-65,-20.")
NO_NUMBER = msg('"%(value)s" contains a part that is not a number. %(advice)s', advice=ADVICE)


@dataclass(frozen=True, slots=True)
class BoxCondition(Condition[int]):
    """Rows in a box, whose finished features and counts are prepared in order of Morton codes."""

    rank: ClassVar[int] = 0
    is_bounded: ClassVar[bool] = True
    box: Bbox

    @property
    def form(self) -> int:
        """Return the number of boxes: two if it crosses the antimeridian."""
        return len(self.box.parts())

    @property
    def is_in_key(self) -> bool:
        """Return True: the key has the coordinates."""
        return True

    def list_bound_values(self) -> dict[str, Any]:
        """Return the edges of each part."""
        return {f"{edge}_{part}": getattr(box, edge) for part, box in enumerate(self.box.parts()) for edge in EDGES}

    @classmethod
    def build(cls, form: int, collection: Collection, table: FromClause, walked: bool) -> ColumnElement[bool]:
        """Return the SQL condition of the parts."""
        return or_(*(_match_box(collection, table, part, walked) for part in range(form)))

    def find_box(self, accuracy_max_m: float) -> Bbox:
        """Return the box."""
        return self.box


def _match_box(collection: Collection, table: FromClause, part: int, walked: bool) -> ColumnElement[bool]:
    west, south, east, north = (bindparam(f"{edge}_{part}", type_=Double) for edge in EDGES)
    box = func.ST_MakeEnvelope(west, south, east, north, write_fixed_literal(4326))
    if collection.geometry != "point":
        return func.ST_Intersects(table.c.geom, box)
    x, y = (table.c.lon, table.c.lat) if "lon" in table.c else (func.ST_X(table.c.geom), func.ST_Y(table.c.geom))
    # one condition, which the planner estimates as likely: the first rows of a scan fill a page
    inside = func.least(x - west, east - x, y - south, north - y) >= write_fixed_literal(0)
    # the operator compares in single precision; the coordinates decide
    return inside if walked else and_(table.c.geom.op("&&")(box), inside)


def match_around(table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows in the bounding box of the search, which uses an index; two boxes at the antimeridian."""
    edges = ([bindparam(f"around_{edge}_{part}", type_=Double) for edge in EDGES] for part in range(2))
    return or_(*(table.c.geom.op("&&")(func.ST_MakeEnvelope(*part, write_fixed_literal(4326))) for part in edges))


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the box in degrees, and that of a box in metres."""
    text = arguments.get("bbox")
    if not text:
        return
    crs = parse_crs_parameter("bbox-crs", arguments)
    yield BoxCondition(parse_box(text, crs))
    if crs.srid not in GEOGRAPHIC:
        # the box in degrees around a box in metres contains more than that box
        edges = [number(part) for part in text.split(",")]
        yield parse_condition("bbox", text, compare("geometry", "s_intersects", {"bbox": edges}), collection, crs)


def parse_box(text: str, crs: Crs = CRS84) -> Bbox:
    """Return the box of four or six numbers: west, south, east, north, or with heights west, south, low, east, north, high.

    If the axes of the system have latitude first, so do the numbers. Raise BadQuery if the box is invalid.
    """
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise _refuse(text, msg("bbox has %(count)s parts. %(advice)s", count=len(parts), advice=ADVICE))
    try:
        values = [number(part) for part in parts]
    except Unreadable:
        raise _refuse(text, NO_NUMBER) from None
    if len(values) == 6:
        values = [values[0], values[1], values[3], values[4]]
    if not all(map(math.isfinite, values)):
        raise _refuse(text, NO_NUMBER)
    if crs != CRS84:
        return _transform_box(text, values, crs)
    west, south, east, north = values
    if south > north:
        raise _refuse(text, msg('The south of "%(value)s" is above its north. %(advice)s', advice=ADVICE))
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise _refuse(text, msg('"%(value)s" is out of range. %(advice)s', advice=ADVICE))
    return Bbox(west, south, east, north)


def _refuse(text: str, problem: Message) -> BadQuery:
    return BadQuery("bbox", shorten_quoted_value(text), problem)


def _transform_box(text: str, values: list[float], crs: Crs) -> Bbox:
    """Return the box in WGS 84 that contains a box of another system."""
    if crs.latitude_first:
        values = [values[1], values[0], values[3], values[2]]
    if crs.srid in (4326, 4490):
        return parse_box(",".join(map(repr, values)))
    left, low, right, high = values
    west, south, east, north = _build_transformer(crs.srid).transform_bounds(left, low, right, high, densify_pts=21)
    if not all(map(math.isfinite, (west, south, east, north))) or south > north or values[0] > values[2]:
        raise _refuse(text, msg('"%(value)s" can\'t be converted to degrees. Write least x, least y, greatest x, greatest y.'))
    return Bbox(*(min(max(edge, -limit), limit) for edge, limit in zip((west, south, east, north), (180, 90) * 2, strict=True)))


@lru_cache(maxsize=64)
def _build_transformer(srid: int) -> Transformer:
    return Transformer.from_crs(srid, 4326, always_xy=True)


BOX = FieldType(
    parse_box,
    {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
    NO_NUMBER,
    ADVICE,
    msg("A box: west, south, east, north in degrees. West may be greater than east, across the date line."),
)
FILTER = RowFilter(
    (
        Parameter("bbox", "filter", BOX.schema, BOX.text, PLACED),
        Parameter("bbox-crs", "filter", URI, msg("The coordinate reference system of the box."), PLACED),
    ),
    parse,
)
