"""Records all of whose sources have one of some licences."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema import source_tables
from lodebase.query.collections_ import Collection
from lodebase.query.conditions import SqlCondition
from lodebase.query.filters.row_filter import Node, RowFilter, split_listed
from lodebase.query.literals import bind_text_list
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import TEXTS, Parameter
from lodedata.messages import msg


def parse(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the licences, if any is given."""
    if licences := split_listed("licence", arguments):
        yield choose_licences(licences)


def choose_licences(licences: tuple[str, ...]) -> SqlCondition:
    """Return the condition of records all of whose sources have one of these licences, by code."""
    return SqlCondition(match_licences, (("licences", licences),))


def match_licences(_collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows all of whose sources are under one of the licences."""
    source = source_tables.source.c
    usable = select(func.array_agg(source.name)).where(source.licence == func.any(bind_text_list("licences"))).scalar_subquery()
    condition: ColumnElement[bool] = table.c.sources.op("<@")(func.coalesce(usable, cast(literal_column("'{}'"), ARRAY(TEXT))))
    return condition


FILTER = RowFilter(
    (
        Parameter(
            "licence",
            "filter",
            TEXTS,
            msg("Only records all of whose sources have one of these licences, such as CC-BY-4.0."),
            repeatable=True,
        ),
    ),
    parse,
)
