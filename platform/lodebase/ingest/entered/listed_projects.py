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
WITH undone AS (
  UPDATE decision SET outcome = '{}' WHERE kind = 'list_entry_project' AND undoes IS NOT NULL AND outcome IS NULL
  RETURNING undoes
)
UPDATE list_entry e SET project = NULL FROM undone u JOIN decision d ON d.id = u.undoes
WHERE d.subject ->> 'entry_id' = e.id AND d.detail ->> 'project_id' IS NOT NULL AND NOT EXISTS (
  SELECT FROM list_entry_project p WHERE p.entry_id = e.id AND p.project_id IS NOT NULL AND NOT p.reopened)
"""


def apply(connection: Connection) -> None:
    """Write the project of each decision into its entry, as the project is served now, and take it out of reopened ones."""
    connection.execute(APPLY)
    connection.execute(REOPEN)
