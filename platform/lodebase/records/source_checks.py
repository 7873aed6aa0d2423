"""When each source was last read, and when its next check is due."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

# an import of an unchanged file is a check, too; one of corrected rows alone is none
CHECKS = """
SELECT source, update_months, finished_at::date AS last_checked,
  (finished_at + make_interval(months => update_months))::date AS next_check
FROM (SELECT DISTINCT ON (source) source, finished_at AT TIME ZONE 'UTC' AS finished_at, update_months
  FROM lode.import_run WHERE state = 'done' AND NOT partial ORDER BY source, id DESC) latest
"""


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The day of the last import of a source; for a source with a known schedule, its months and the day of the next check."""

    last_checked: date
    update_months: int | None
    next_check: date | None

    def is_overdue(self, today: date) -> bool:
        """Return whether the next check was due before a day."""
        return self.next_check is not None and self.next_check < today


def format_check_days(check: SourceCheck | None) -> dict[str, str | None]:
    """Return the days of the last and the next check as they are written; None where one is not known."""
    days = (
        {"last_checked": None, "next_check": None}
        if check is None
        else {"last_checked": check.last_checked, "next_check": check.next_check}
    )
    return {name: None if day is None else day.isoformat() for name, day in days.items()}


def read_source_checks(connection: Connection) -> dict[str, SourceCheck]:
    """Return the checks by the name of the source; days are in UTC."""
    rows = connection.exec_driver_sql(CHECKS)
    return {row.source: SourceCheck(row.last_checked, row.update_months, row.next_check) for row in rows}
