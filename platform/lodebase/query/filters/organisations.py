"""Records that name organisations, or organisations under them, at any version."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Select, Text, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema.history_tables import HISTORY
from lodebase.db.schema.organisation_tables import ABOVE
from lodebase.db.schema.tables import SERVED, named_organisation
from lodebase.errors import BadQuery
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.conditions import SqlCondition
from lodebase.query.filters.row_filter import Node, RowFilter, parse_truth, split_listed
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import TEXTS, TRUTH, Parameter
from lodedata.messages import msg

NAMING = tuple(name for name, collection in COLLECTIONS.items() if collection.kind.names_organisations)
"""The collections whose records name organisations."""

TOO_EARLY = msg(
    "Which organisations records name is stored from version %(first)s on. Enter %(parameter)s=%(first)s or later, "
    "or leave out organisation."
)


def parse(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the organisations, if any is given."""
    with_subsidiaries = _includes_subsidiaries(arguments)
    if organisations := split_listed("organisation", arguments):
        yield name_organisations(organisations, with_subsidiaries)


def name_organisations(organisations: tuple[str, ...], with_subsidiaries: bool = False) -> SqlCondition:
    """Return the condition of records that name one of these, by id or by unified social credit code."""
    match = match_subsidiaries if with_subsidiaries else match_organisations
    return SqlCondition(match, (("organisations", organisations),), require_names)


def match_organisations(collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows that name an organisation of the bound list."""
    return _match_naming(collection, table, _select_wanted())


def match_subsidiaries(collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows that name an organisation of the bound list, or one under it."""
    return _match_naming(collection, table, _select_subsidiaries(_select_wanted()))


def _match_naming(collection: Collection, table: FromClause, wanted: Select[tuple[str]]) -> ColumnElement[bool]:
    naming = named_organisation.alias("naming")
    kind = _write_literal(collection.kind.name)
    return table.c.id.in_(select(naming.c.record_id).where(naming.c.record_kind == kind, naming.c.organisation_id.in_(wanted)))


def _includes_subsidiaries(arguments: Arguments) -> bool:
    included = parse_truth("include_subsidiaries", arguments.get("include_subsidiaries", "false"))
    if included and "organisation" not in arguments:
        sentence = msg("%(parameter)s=true needs an organisation. Give organisation.")
        raise BadQuery("include_subsidiaries", arguments["include_subsidiaries"], sentence)
    return included


def require_names(connection: Connection, version: int) -> None:
    """Raise BadQuery for a version of which it is not stored whom records named, so that no organisation filters it."""
    first = _read_first_version(connection)
    if first is not None and version < first:
        raise BadQuery("as_of", str(version), TOO_EARLY.filled(first=first))


def _write_literal(code: str) -> ColumnElement[str]:
    """Return a code of our own as a literal, so that only a query's own values are bound."""
    return literal_column(f"'{code}'", Text)


def _select_wanted() -> Select[tuple[str]]:
    organisation = SERVED["organisation"].alias("wanted")
    chosen = bindparam("organisations", type_=ARRAY(Text))
    return select(organisation.c.id).where(or_(organisation.c.id == func.any(chosen), organisation.c.uscc == func.any(chosen)))


def _select_subsidiaries(wanted: Select[tuple[str]]) -> Select[tuple[str]]:
    # within its own subquery, as a statement may have the condition twice
    under = wanted.cte("under", recursive=True, nesting=True)
    below = named_organisation.alias("below")
    step = select(below.c.record_id).join_from(under, below, below.c.organisation_id == under.c.id)
    under = under.union(
        step.where(
            below.c.record_kind == _write_literal("organisation"), or_(*(below.c.role == _write_literal(one) for one in ABOVE))
        )
    )
    return select(under.c.id)


def _read_first_version(connection: Connection) -> int | None:
    stored = (named_organisation, HISTORY["named_organisation"])
    begun = [connection.scalar(select(func.min(one.c.since_version))) for one in stored]
    return min((version for version in begun if version is not None), default=None)


FILTER = RowFilter(
    (
        Parameter(
            "organisation",
            "filter",
            TEXTS,
            msg(
                "Identifiers or unified social credit codes of organisations that records name, as owner or holder for "
                "example; several are combined by OR. With as_of, what records named in that version counts."
            ),
            NAMING,
            repeatable=True,
        ),
        Parameter(
            "include_subsidiaries",
            "filter",
            TRUTH | {"default": "false"},
            msg("Whether organisation includes the organisations under those that are given."),
            NAMING,
        ),
    ),
    parse,
)
