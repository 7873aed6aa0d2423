"""The condition of records that name organisations, and of the organisations under others."""

from sqlalchemy import ColumnElement, Text, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema.organisation_tables import ABOVE

WANTED = """
SELECT o.id FROM lode.organisation o WHERE o.id = ANY(:organisations) OR o.uscc = ANY(:organisations)
"""
UNDER = f"""
WITH RECURSIVE under (id) AS (
  {WANTED}
  UNION
  SELECT m.record_id FROM under u JOIN lode.organisation_mention m ON m.organisation_id = u.id
  WHERE m.record_kind = 'organisation' AND m.role IN ({", ".join(f"'{role}'" for role in ABOVE)})
)
SELECT id FROM under
"""
NAMING = """
SELECT m.record_id FROM lode.organisation_mention m WHERE m.record_kind = '{kind}' AND m.organisation_id IN ({wanted})
"""


def named(kind: str, table: FromClause, with_subsidiaries: bool) -> ColumnElement[bool]:
    """Return the condition of rows that name an organisation of the bound list, or one under it."""
    naming = text(NAMING.format(kind=kind, wanted=UNDER if with_subsidiaries else WANTED))
    chosen = bindparam("organisations", type_=ARRAY(Text))
    return table.c.id.in_(naming.bindparams(chosen).columns(column("record_id", Text)))
