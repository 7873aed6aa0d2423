"""Projects that experts named for entries of condition lists, written into the entries after each import."""

from psycopg import Connection

APPLY = """
UPDATE list_entry e SET project = coalesce(t.served_id, d.project_id)
FROM list_entry_project d LEFT JOIN reported_record t ON t.record_id = d.project_id
WHERE d.entry_id = e.id AND d.project_id IS NOT NULL AND NOT d.reopened
  AND e.project IS DISTINCT FROM coalesce(t.served_id, d.project_id)
"""

# a decision is made only for an entry whose source names no project
REOPEN = """
WITH reopened AS (DELETE FROM list_entry_project WHERE reopened RETURNING entry_id, project_id)
UPDATE list_entry e SET project = NULL FROM reopened r WHERE r.entry_id = e.id AND r.project_id IS NOT NULL
"""


def apply(connection: Connection) -> None:
    """Write the project of each decision into its entry, as the project is served now, and take it out of reopened ones."""
    connection.execute(APPLY)
    connection.execute(REOPEN)
