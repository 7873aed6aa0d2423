"""Whether records are inside an area that the accuracy of their positions may exceed."""

from collections.abc import Iterator
from typing import Literal, get_args

from sqlalchemy import ColumnElement, and_, func

from lodebase.errors import BadQuery
from lodebase.field_types import Choice
from lodebase.query.collections_ import Collection
from lodebase.query.filters.row_filter import Node, RowFilter
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import POINTS, Parameter
from lodedata.messages import msg

Certainty = Literal["certain", "possible", "all"]
"""Whether a record that may be off by its accuracy is certainly inside, possibly inside, or either.

Without it only the coordinate decides.
"""
CERTAINTY = Choice(
    get_args(Certainty),
    msg(
        "With a radius or polygon: records that are certainly inside, given the accuracy of their positions, possibly inside, "
        "or both."
    ),
)


def parse(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield nothing: the radius and the polygon depend on the certainty. Raise BadQuery if neither is given."""
    level = parse_certainty(arguments)
    if level is not None and "near" not in arguments and "within" not in arguments:
        raise BadQuery("certainty", level, msg("certainty=%(value)s needs an area. Give near and radius_km, or within."))
    yield from ()


def parse_certainty(arguments: Arguments) -> Certainty | None:
    """Return the certainty, None if it is not given. Raise BadQuery if it is invalid."""
    level: Certainty | None = arguments.read("certainty", CERTAINTY)
    return level


def choose_by_certainty(
    certainty: Certainty | None, inside: ColumnElement[bool], surely: ColumnElement[bool], perhaps: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return the condition by certainty; a record of unknown accuracy is never certain."""
    if certainty == "certain":
        return surely
    if certainty == "possible":
        return and_(perhaps, func.coalesce(surely, False).is_(False))
    return perhaps if certainty == "all" else inside


FILTER = RowFilter((Parameter("certainty", "filter", CERTAINTY.schema, CERTAINTY.text, POINTS),), parse)
