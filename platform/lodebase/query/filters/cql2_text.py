"""Conditions in CQL2, as text or JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from lodebase.errors import BadQuery
from lodebase.field_types import Choice
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.conditions import Condition
from lodebase.query.crs import parse_crs_parameter
from lodebase.query.filters.row_filter import Node, RowFilter
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.nesting import read_json
from lodebase.query.parameters.parameter import TEXT, URI, Parameter
from lodedata.messages import msg

TEXT_LANGUAGE, JSON_LANGUAGE = "cql2-text", "cql2-json"
LANGUAGE = Choice((TEXT_LANGUAGE, JSON_LANGUAGE), msg("The language of the filter."), TEXT_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Cql2Condition(Condition[cql2.Shape]):
    """Rows that fulfil a CQL2 filter; a query has one, which joins those of all parameters."""

    rank: ClassVar[int] = 2
    filter: cql2.Filter

    @property
    def form(self) -> cql2.Shape:
        """Return the filter without its literals."""
        return self.filter.shape

    def list_bound_values(self) -> dict[str, Any]:
        """Return the literals."""
        return cql2.collect_bound_values(self.filter)

    @classmethod
    def build(
        cls,
        form: cql2.Shape,
        collection: Collection,
        table: FromClause,
        walked: bool,
    ) -> ColumnElement[bool]:
        """Return the SQL condition of the filter."""
        return cql2.build_filter_condition(form, collection, table)


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition, unless it is empty."""
    if arguments.get("filter"):
        yield _parse_text(collection, arguments)


def _parse_text(collection: Collection, arguments: Arguments) -> cql2.Filter:
    text, lang = arguments["filter"], arguments.read("filter-lang", LANGUAGE)
    crs = parse_crs_parameter("filter-crs", arguments)
    try:
        if lang == JSON_LANGUAGE:
            return cql2.parse_json(read_json("filter", text), collection, crs.srid, crs.latitude_first)
        return cql2.parse_text(text, collection, crs.srid, crs.latitude_first)
    except cql2.Malformed as error:
        raise BadQuery("filter", shorten_quoted_value(text), error.message) from None


FILTER = RowFilter(
    (
        Parameter("filter", "filter", TEXT, msg("A condition in CQL2.")),
        Parameter("filter-lang", "filter", LANGUAGE.schema, LANGUAGE.text),
        Parameter("filter-crs", "filter", URI, msg("The coordinate reference system of the filter.")),
    ),
    parse,
)
