"""The order of day and month of the dates of a column, by all of them."""

from collections.abc import Iterable

from lodedata import dates
from lodedata.dates import DateOrder
from lodedata.errors import FileRefused
from lodedata.messages import msg

SHORT = 0.1
"""The share of a column's dates with two digits of the year above which the file is refused; a single one refuses its row."""


def require_years(written: Iterable[str], table: str, column: str | None, value: str) -> None:
    """Raise FileRefused, with the ``value``, if many dates of a column have two digits of the year."""
    column_order = dates.order_of(written)
    if column_order.short_years > max(1, SHORT * column_order.dates):
        raise FileRefused(
            msg(
                "%(table)s, column %(column)r: dates such as %(value)r have two digits of the year; write `first_year: 1950` "
                "for the column in the mapping if they are of the years from 1950 to 2049, or another first year",
                table=table,
                column=column,
                value=value,
            )
        )


def determine_column_order(written: Iterable[str], table: str, column: str | None, value: str) -> DateOrder:
    """Return the order of the dates of a column. Raises FileRefused, with the ambiguous ``value``, if it stays open."""
    column_order = dates.order_of(written)
    if column_order.order is not None:
        return column_order.order
    shown = {"table": table, "column": column, "value": value}
    if column_order.day_first is not None and column_order.month_first is not None:
        raise FileRefused(
            msg(
                "%(table)s, column %(column)r: has dates of both orders, such as %(day_first)r and %(month_first)r, so "
                "that %(value)r can be two dates; correct one, or say `date_order: D/M/Y` or `M/D/Y` for the column",
                **shown,
                day_first=column_order.day_first,
                month_first=column_order.month_first,
            )
        )
    raise FileRefused(
        msg(
            "%(table)s, column %(column)r: no date shows whether %(value)r begins with the day or the month; write "
            "`date_order: D/M/Y` or `date_order: M/D/Y` for the column in the mapping",
            **shown,
        )
    )
