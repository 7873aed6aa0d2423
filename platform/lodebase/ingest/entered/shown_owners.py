"""Owners and operators that an expert decided to be bodies: their names replace the masks of their projects at once.

Where a row has several masks in a role, the next import reads from the file which name is whose.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from lodebase.ingest.linking import served_rows
from lodedata.organisations.names import is_chinese
from lodedata.rights.natural_persons import MASK

# the roles of projects in which one name is withheld, which is one of those decided
NAMED = """
SELECT m.record_id, w.field, min(w.name)
FROM withheld_name w JOIN source_record s USING (source, key)
JOIN member m ON m.source_record_id = s.id AND m.leads AND m.kind = 'project'
GROUP BY 1, 2 HAVING count(*) = 1 AND min(w.name) = ANY(%s)
"""
# a project of one source has its owners in the table
SHOW = """
UPDATE owner SET name_en = %(name_en)s, name_zh = %(name_zh)s WHERE project_id = %(record)s AND role = %(role)s
  AND name_en = %(mask)s AND NOT EXISTS (SELECT FROM reported_record t WHERE t.record_id = %(record)s)
  AND 1 = (SELECT count(*) FROM owner o WHERE o.project_id = %(record)s AND o.role = %(role)s AND o.name_en = %(mask)s)
"""
# that of several sources has those of each as its source reports them
SHOW_REPORTED = """
UPDATE reported_record t SET parts = jsonb_set(t.parts, '{owner}', named.owners)
FROM (
  SELECT count(*) FILTER (WHERE masked) AS masks, jsonb_agg(owner || CASE WHEN masked
    THEN jsonb_build_object('name_en', %(name_en)s::text, 'name_zh', %(name_zh)s::text) ELSE '{}' END ORDER BY n) AS owners
  FROM reported_record r CROSS JOIN LATERAL jsonb_array_elements(r.parts -> 'owner') WITH ORDINALITY e (owner, n)
  CROSS JOIN LATERAL (SELECT owner ->> 'role' = %(role)s AND owner ->> 'name_en' = %(mask)s AS masked) m
  WHERE r.record_id = %(record)s
) named
WHERE t.record_id = %(record)s AND named.masks = 1 RETURNING t.served_id
"""


def show_owners(connection: Connection[Any], names: Sequence[str]) -> None:
    """Write the names of bodies in place of the masks of their projects; those of several sources are served anew."""
    served: set[str] = set()
    for record, role, name in connection.execute(NAMED, (list(names),)).fetchall():
        name_en, name_zh = (None, name) if is_chinese(name) else (name, None)
        shown = {"record": record, "role": role, "mask": MASK, "name_en": name_en, "name_zh": name_zh}
        connection.execute(SHOW, shown)
        served.update(row[0] for row in connection.execute(SHOW_REPORTED, shown))
    served_rows.serve_groups(connection, sorted(served))
