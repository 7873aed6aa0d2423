"""Conditions on rows that belong to a record: the mines that work a deposit, the phases of a project."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, not_, or_, select
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema.tables import link, phase
from lodedata.vocab import load_vocabulary

Condition = ColumnElement[bool]
ONE: ColumnElement[Any] = literal_column("1")
YEAR_LETTERS: ColumnElement[Any] = literal_column("4")
WORKS: ColumnElement[Any] = literal_column("'works'")
"""The relation from a project to the deposit that it mines."""
UNWORKED: ColumnElement[Any] = literal_column("('prospect', 'occurrence')")
"""Types of occurrences that have no mine by their definition; a producing one is a deposit."""


@cache
def select_mine_statuses(worked: str) -> ColumnElement[Any]:
    """Return the SQL of the statuses of mines that have worked (``yes``) or have not (``no``); each is a code of ours."""
    codes = (term.code for term in load_vocabulary("status") if term.extra["worked"] == worked)
    return literal_column(f"({', '.join(repr(code) for code in codes)})")


def _is_developed(deposit: FromClause) -> Condition:
    own = func.coalesce(deposit.c.mine_status.op("IN")(select_mine_statuses("yes")), literal_column("false"))
    return or_(own, _has_phase(deposit, phase.c.status.op("IN")(select_mine_statuses("yes"))))


def _is_undeveloped(deposit: FromClause) -> Condition:
    node = or_(
        deposit.c.mine_status.is_not(None),
        deposit.c.occurrence_type.op("IN")(UNWORKED),
        _has_phase(deposit, phase.c.status.is_not(None)),
    )
    has_status = exists(select(ONE).where(phase.c.project_id == link.c.from_id, phase.c.status.is_not(None)).correlate(link))
    silent = exists(_select_mines(deposit).where(not_(has_status)))
    return and_(node, not_(_is_developed(deposit)), not_(silent))


def _is_of_unknown_development(deposit: FromClause) -> Condition:
    return and_(not_(_is_developed(deposit)), not_(_is_undeveloped(deposit)))


def _has_phase(deposit: FromClause, condition: ColumnElement[Any]) -> Condition:
    return exists(_select_mines(deposit).join(phase, phase.c.project_id == link.c.from_id).where(condition))


def _select_mines(deposit: FromClause) -> Select[Any]:
    mines = select(ONE).select_from(link).where(link.c.to_id == deposit.c.id, link.c.relation == WORKS)
    return mines.correlate(deposit)


def _match_started_until(project: FromClause, year: ColumnElement[Any]) -> Condition:
    begun = phase.c.start_date.is_not(None), func.left(phase.c.start_date, YEAR_LETTERS) <= year
    return exists(select(ONE).where(phase.c.project_id == project.c.id, *begun).correlate(project))


def _match_unknown_start(project: FromClause) -> Condition:
    dated = select(ONE).where(phase.c.project_id == project.c.id, phase.c.start_date.is_not(None)).correlate(project)
    return not_(exists(dated))


RELATED: Mapping[str, Callable[..., Condition]] = {
    "developed_yes": _is_developed,
    "developed_no": _is_undeveloped,
    "developed_unknown": _is_of_unknown_development,
    "started_until": _match_started_until,
    "started_unknown": _match_unknown_start,
}
"""The conditions by the name of their operation."""
