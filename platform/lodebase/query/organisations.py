"""The condition of records that name organisations, and of the organisations under others, at any version."""

from sqlalchemy import ColumnElement, Connection, Select, Text, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema.history_tables import HISTORY
from lodebase.db.schema.organisation_tables import ABOVE
from lodebase.db.schema.tables import SERVED, named_organisation
from lodebase.errors import BadQuery
from lodedata.messages import msg

TOO_EARLY = msg(
    "Which organisations records name is stored from version %(first)s on. Enter %(parameter)s=%(first)s or later, "
    "or leave out organisation."
)


def match_named_organisations(kind: str, table: FromClause, with_subsidiaries: bool) -> ColumnElement[bool]:
    """Return the condition of rows that name an organisation of the bound list, or one under it."""
    naming = named_organisation.alias("naming")
    wanted = _select_subsidiaries(_select_wanted()) if with_subsidiaries else _select_wanted()
    found = select(naming.c.record_id).where(naming.c.record_kind == _write_literal(kind), naming.c.organisation_id.in_(wanted))
    return table.c.id.in_(found)


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
