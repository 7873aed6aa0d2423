"""Owners and operators that an expert decided to be bodies: their names replace the masks of their projects at once.

Where a project has several masks in a role, or several sources, the next import reads from the file which name is whose.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from lodedata.organisations.names import is_chinese
from lodedata.rights.natural_persons import MASK

# the roles of projects in which one name is withheld, which is one of those decided
NAMED = """
SELECT m.record_id, w.field, min(w.name)
FROM withheld_name w JOIN source_record s USING (source, key)
JOIN member m ON m.source_record_id = s.id AND m.leads AND m.kind = 'project'
GROUP BY 1, 2 HAVING count(*) = 1 AND min(w.name) = ANY(%s)
"""
GROUPED = "SELECT FROM testimony WHERE record_id = %s"
MASKED = "SELECT ordinal FROM owner WHERE project_id = %s AND role = %s AND name_en = %s"
SHOW = "UPDATE owner SET name_en = %s, name_zh = %s WHERE project_id = %s AND ordinal = %s"


def show_owners(connection: Connection[Any], names: Sequence[str]) -> None:
    """Write the names of bodies in place of the masks of their projects."""
    for record, role, name in connection.execute(NAMED, (list(names),)).fetchall():
        if connection.execute(GROUPED, (record,)).fetchone() is None:
            _show_alone(connection, record, role, name)


def _show_alone(connection: Connection[Any], record: str, role: str, name: str) -> None:
    masked = connection.execute(MASKED, (record, role, MASK)).fetchall()
    if len(masked) == 1:
        connection.execute(SHOW, (*_by_script(name), record, masked[0][0]))


def _by_script(name: str) -> tuple[str | None, str | None]:
    """Return the English and the Chinese name."""
    return (None, name) if is_chinese(name) else (name, None)
