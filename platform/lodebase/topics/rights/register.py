"""The register of mining rights: rights of a query, notices of sales, and which registers are loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from lodebase.query import Query, expression
from lodebase.query.collections_ import find_collection
from lodebase.query.filters.days import find_status_on_day
from lodebase.query.reading import escape_pattern
from lodedata.vocab import load_vocabulary

PAGE = 100
RIGHTS = find_collection("mining-rights")
STATUS_ON = "lode.right_status_on(status, valid_from, valid_to, information_date, right_no, %(on)s)"
"""SQL of the status of a right on a day."""
IN_FORCE_ON = ("granted", "in-extension", "reserved", "unknown")
"""The statuses of rights that are in force, as far as is known."""
IN_FORCE = f"coalesce({STATUS_ON} IN ({', '.join(map(repr, IN_FORCE_ON))}), false)"
"""Condition of rights that are in force on a day."""
SALE_STATES = ("open", "undated", "past")
SALES = """
SELECT * FROM (
  SELECT *, bidding_to::text AS until, NOT commodities && %(in_scope)s AS other, CASE WHEN bidding_to IS NULL THEN 'undated'
    WHEN bidding_to >= left(%(on)s, length(bidding_to)) THEN 'open' ELSE 'past' END AS state
  FROM right_sale WHERE notice_type IN ('listing-notice', 'auction-notice', 'tender-notice')
    AND (%(commodities)s::text[] = '{}' OR commodities && %(commodities)s)
    AND (%(right_kinds)s::text[] = '{}' OR right_kind = ANY(%(right_kinds)s))
    AND (%(holder)s::text IS NULL OR seller ILIKE %(holder)s OR winner ILIKE %(holder)s OR EXISTS (
      SELECT FROM mining_right r WHERE r.right_no = right_sale.right_no AND r.holder ILIKE %(holder)s))
) AS sale
ORDER BY state <> 'open', state, other, country NULLS LAST, CASE state WHEN 'open' THEN bidding_to END, bidding_to DESC,
  notice_date DESC, id LIMIT 500
"""
IN_SCOPE = tuple(term.code for term in load_vocabulary("commodity") if term.extra["scope"] == "in")
"""The commodities of this site."""
REGISTERS = """
SELECT country, division, count(*) AS rights, max(information_date) AS as_of FROM mining_right GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class RegisteredRight:
    """A right with its status on a day, None before its term; the holder's name is that of bodies only."""

    id: str
    right_no: str | None
    name_en: str | None
    name_zh: str | None
    right_kind: str | None
    status_on: str | None
    holder: str | None
    holder_kind: str | None
    valid_from: str | None
    valid_to: str | None
    commodities: tuple[str, ...]
    area_km2_reported: float | None
    area_km2_computed: float | None


@dataclass(frozen=True, slots=True)
class FoundRights:
    """Up to 100 rights of a query, the number of all of them, and the box of their ground."""

    rows: tuple[RegisteredRight, ...]
    matched: int
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class SaleNotice:
    """A notice of a sale; ``state`` is open, past by the closing day, or undated."""

    id: str
    name_en: str | None
    name_zh: str | None
    notice_no: str | None
    notice_type: str | None
    notice_date: str | None
    right_kind: str | None
    seller: str | None
    seller_kind: str | None
    winner: str | None
    winner_kind: str | None
    commodities: tuple[str, ...]
    country: str | None
    division: str | None
    area_km2: float | None
    start_price_10k_cny: float | None
    price_per_km2_10k_cny: float | None
    until: str | None
    state: str
    days_left: int | None
    url: str | None


@dataclass(frozen=True, slots=True)
class SaleFilter:
    """Which notices of sales: of any of some minerals and kinds of rights, and a part of the name of a party.

    A party is who grants or sells the right, who won it, or who holds the right of its number.
    """

    commodities: Sequence[str] = ()
    right_kinds: Sequence[str] = ()
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedRegister:
    """A country or division with rights, their number and the latest date of their data."""

    country: str | None
    division: str | None
    rights: int
    as_of: str | None


STORED_COLUMNS = tuple(field.name for field in fields(RegisteredRight) if field.name != "status_on")


def find_rights(connection: Connection, query: Query, day: date, skip: int = 0) -> FoundRights:
    """Return the rights of a query after the first ``skip``, with their status on a day, in the order of their identifiers."""
    table = RIGHTS.table
    matching = expression.build_where_condition(query.shape(), table)
    values = {**expression.bind_query(connection, query), "on": day.isoformat()}
    extent = func.ST_Extent(table.c.geom)
    edges = (func.ST_XMin(extent), func.ST_YMin(extent), func.ST_XMax(extent), func.ST_YMax(extent))
    matched, *box = connection.execute(select(func.count(), *edges).where(matching), values).one()
    shown = select(*(table.c[name] for name in STORED_COLUMNS), find_status_on_day(RIGHTS, table).label("status_on"))
    page = shown.where(matching).order_by(table.c.id).limit(PAGE).offset(skip)
    registered_rights = tuple(
        RegisteredRight(**_simplify_values(dict(row))) for row in connection.execute(page, values).mappings()
    )
    return FoundRights(registered_rights, matched, None if box[0] is None else (box[0], box[1], box[2], box[3]))


def list_sales(connection: Connection, day: date, chosen: SaleFilter) -> tuple[SaleNotice, ...]:
    """Return up to 500 notices of sales with their state on a day.

    Open ones come first, and among the notices of a state those of the commodities of this site, by country.
    """
    values = {
        "on": day.isoformat(),
        "in_scope": list(IN_SCOPE),
        "commodities": list(chosen.commodities),
        "right_kinds": list(chosen.right_kinds),
        "holder": None if chosen.holder is None else f"%{escape_pattern(chosen.holder)}%",
    }
    names = [field.name for field in fields(SaleNotice) if field.name != "days_left"]
    return tuple(
        SaleNotice(days_left=_count_days_left(row["until"], day), **_simplify_values({name: row[name] for name in names}))
        for row in read_rows(connection, SALES, values)
    )


def _count_days_left(until: str | None, day: date) -> int | None:
    """Return the days to a closing day; None for one that is past or not stated to the day."""
    if until is None or len(until) < len(day.isoformat()):
        return None
    left = (date.fromisoformat(until) - day).days
    return left if left >= 0 else None


def _simplify_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row for a dataclass: numbers as floats, dates as text, lists as tuples."""
    return {
        str(name): tuple(value or ()) if name == "commodities" else float(value) if isinstance(value, Decimal) else value
        for name, value in row.items()
    }


def read_loaded_registers(connection: Connection) -> tuple[LoadedRegister, ...]:
    """Return the countries and divisions with rights, their number and the latest date of their data."""
    return tuple(LoadedRegister(**row) for row in read_rows(connection, REGISTERS, {}))


def compute_year_after(day: date) -> str:
    """Return the text of the day a year later, which compares with those of dates; it may be 29 February of any year."""
    return f"{day.year + 1:04}{day.isoformat()[4:]}"


def read_rows(connection: Connection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a statement."""
    return [dict(row) for row in connection.exec_driver_sql(sql, dict(values)).mappings()]
