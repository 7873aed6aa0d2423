"""Recovery records of a project, and the project of a recovery record."""

from typing import Any

from sqlalchemy import Connection

OF_PROJECT = """
SELECT r.* FROM recovery_project l JOIN recovery_record r ON r.id = l.record_id WHERE l.project_id = %(id)s
ORDER BY r.year DESC NULLS LAST, r.recovery_stage, r.commodity, r.id LIMIT 200
"""
PROJECT = """
SELECT l.outcome, l.probability, p.id, p.name_en, p.name_zh FROM recovery_project l LEFT JOIN project p ON p.id = l.project_id
WHERE l.record_id = %(id)s
"""
RECORD = "SELECT * FROM recovery_record WHERE id = %(id)s"


def of_project(connection: Connection, identity: str) -> list[dict[str, Any]]:
    """Return the recovery records of a project, the latest year first."""
    return [dict(row) for row in connection.exec_driver_sql(OF_PROJECT, {"id": identity}).mappings()]


def project_of(connection: Connection, identity: str) -> dict[str, Any] | None:
    """Return the project of a recovery record with the outcome of matching, None for a record that is not there."""
    row = connection.exec_driver_sql(PROJECT, {"id": identity}).mappings().first()
    return None if row is None else dict(row)


def find(connection: Connection, identity: str) -> dict[str, Any] | None:
    """Return the values of a recovery record, None for an unknown id."""
    row = connection.exec_driver_sql(RECORD, {"id": identity}).mappings().first()
    return None if row is None else dict(row)
