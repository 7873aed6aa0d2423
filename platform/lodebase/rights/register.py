"""The register of mining rights: rights of a query, notices of sales, and which registers are loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from lodebase.query import Query, expression
from lodebase.query.collections_ import find_collection
from lodedata.vocab import vocabulary

PAGE = 100
RIGHTS = find_collection("mining-rights")
STATUS_ON = "lode.right_status_on(status, valid_from, valid_to, information_date, right_no, %(on)s)"
"""SQL of the status of a right on a day."""
IN_FORCE_ON = ("granted", "in-extension", "reserved", "unknown")
"""The statuses of rights that are in force, as far as is known."""
IN_FORCE = f"coalesce({STATUS_ON} IN ({', '.join(map(repr, IN_FORCE_ON))}), false)"
"""Condition of rights that are in force on a day."""
SHOWN = (
    *("id", "right_no", "name_en", "name_zh", "right_kind", "holder", "holder_kind", "valid_from", "valid_to", "commodities"),
    *("area_km2_reported", "area_km2_computed"),
)
SALES = """
SELECT * FROM (
  SELECT *, bidding_to::text AS until, NOT commodities && %(in_scope)s AS other, CASE WHEN bidding_to IS NULL THEN 'undated'
    WHEN bidding_to >= left(%(on)s, length(bidding_to)) THEN 'open' ELSE 'past' END AS state
  FROM right_sale WHERE notice_type IN ('listing-notice', 'auction-notice', 'tender-notice')
) AS sale
ORDER BY state <> 'open', state, other, country NULLS LAST, CASE state WHEN 'open' THEN bidding_to END, bidding_to DESC,
  notice_date DESC, id LIMIT 500
"""
IN_SCOPE = tuple(term.code for term in vocabulary("commodity") if term.extra["scope"] == "in")
"""The commodities of this site."""
REGISTERS = """
SELECT country, division, count(*) AS rights, max(information_date) AS as_of FROM mining_right GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class FoundRights:
    """Up to 100 rights of a query, each with its status on a day; the number of all of them, and the box of their ground."""

    rows: list[dict[str, Any]]
    matched: int
    box: tuple[float, float, float, float] | None


def rights(connection: Connection, query: Query, day: date, skip: int = 0) -> FoundRights:
    """Return the rights of a query after the first ``skip``, with their status on a day, in the order of their identifiers."""
    table = RIGHTS.table
    matching = expression.where(query.shape(), table)
    values = {**expression.bound(connection, query), "on": day.isoformat()}
    extent = func.ST_Extent(table.c.geom)
    edges = (func.ST_XMin(extent), func.ST_YMin(extent), func.ST_XMax(extent), func.ST_YMax(extent))
    matched, *box = connection.execute(select(func.count(), *edges).where(matching), values).one()
    shown = select(*(table.c[name] for name in SHOWN), expression.status_on(RIGHTS, table).label("status_on"))
    page = shown.where(matching).order_by(table.c.id).limit(PAGE).offset(skip)
    found = [dict(row) for row in connection.execute(page, values).mappings()]
    return FoundRights(found, matched, None if box[0] is None else (box[0], box[1], box[2], box[3]))


def list_sales(connection: Connection, day: date) -> list[dict[str, Any]]:
    """Return up to 500 notices of sales with their ``state`` on a day: open, past by the closing day, or undated.

    Open ones come first, and among the notices of a state those of the commodities of this site, by country.
    """
    return rows(connection, SALES, {"on": day.isoformat(), "in_scope": list(IN_SCOPE)})


def registers(connection: Connection) -> list[dict[str, Any]]:
    """Return the countries and divisions with rights, their number and the latest date of their data."""
    return rows(connection, REGISTERS, {})


def year_after(day: date) -> str:
    """Return the text of the day a year later, which compares with those of dates; it may be 29 February of any year."""
    return f"{day.year + 1:04}{day.isoformat()[4:]}"


def rows(connection: Connection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a statement."""
    return [dict(row) for row in connection.exec_driver_sql(sql, dict(values)).mappings()]
