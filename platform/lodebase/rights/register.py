"""The register of mining rights: rights by kind, mineral, holder and term, notices of sales, and which registers are loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

PAGE = 100
IN_FORCE = """status NOT IN ('expired', 'cancelled', 'revoked', 'applied')
    AND (valid_from IS NULL OR valid_from <= %(on)s)
    AND (valid_to IS NULL OR valid_to >= left(%(on)s, length(valid_to)) OR status = 'in-extension')"""
"""Condition of rights that are in force on a day, as far as their status and term are known."""
RIGHTS = f"""
SELECT ST_AsGeoJSON(geom, 6) AS outline, id, right_no, name_en, name_zh,
  right_kind, status, holder, holder_kind, valid_from, valid_to, commodities,
  area_km2_reported, area_km2_computed, count(*) OVER () AS matched FROM mining_right
WHERE (%(kind)s::text IS NULL OR right_kind = %(kind)s) AND (%(commodity)s::text IS NULL OR commodities @> ARRAY[%(commodity)s])
  AND (%(holder)s::text IS NULL OR strpos(lower(holder), lower(%(holder)s)) > 0)
  AND (%(before)s::text IS NULL OR valid_to < %(before)s)
  AND (%(on)s::text IS NULL OR ({IN_FORCE}))
ORDER BY id LIMIT {PAGE} OFFSET %(skip)s
"""
ON_SALE = """
SELECT *, bidding_to::text AS until FROM right_sale
WHERE notice_type IN ('listing-notice', 'auction-notice', 'tender-notice')
  AND (bidding_to IS NULL OR bidding_to >= left(%(on)s, length(bidding_to)))
ORDER BY bidding_to NULLS LAST, notice_date DESC, id LIMIT 500
"""
REGISTERS = """
SELECT country, division, count(*) AS rights, max(information_date) AS as_of FROM mining_right GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """Which rights: by kind, mineral, part of a holder's name, end of term, or a day on which they are in force."""

    kind: str | None = None
    commodity: str | None = None
    holder: str | None = None
    before: str | None = None
    on: date | None = None
    skip: int = 0


def rights(connection: Connection, query: RegisterQuery) -> list[dict[str, Any]]:
    """Return up to 100 rights of a query, each with the number of all of them as ``matched``."""
    values = {name: getattr(query, name) for name in ("kind", "commodity", "holder", "before", "skip")}
    return rows(connection, RIGHTS, {**values, "on": None if query.on is None else query.on.isoformat()})


def on_sale(connection: Connection, day: date) -> list[dict[str, Any]]:
    """Return the notices of sales for which bids are taken on a day or later, up to 500."""
    return rows(connection, ON_SALE, {"on": day.isoformat()})


def registers(connection: Connection) -> list[dict[str, Any]]:
    """Return the countries and divisions with rights, their number and the latest date of their data."""
    return rows(connection, REGISTERS, {})


def year_after(day: date) -> str:
    """Return the text of the day a year later, which compares with those of dates; it may be 29 February of any year."""
    return f"{day.year + 1:04}{day.isoformat()[4:]}"


def rows(connection: Connection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a statement."""
    return [dict(row) for row in connection.exec_driver_sql(sql, dict(values)).mappings()]
