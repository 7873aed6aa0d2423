"""What changed projects alone tell that they make is looked for among them, and no longer among all projects.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CHANGED = "p.geom IS NOT NULL AND p.id IN (SELECT c.id FROM pg_temp.changed_output c)"
BEFORE = f"FROM project p CROSS JOIN unnest(p.{{0}}) w (word)\nWHERE {CHANGED}"
# OFFSET has the changed ones found first: else each word of all projects was made, and then those of the changed ones taken.
AFTER = f"FROM (SELECT p.* FROM project p WHERE {CHANGED} OFFSET 0) p CROSS JOIN unnest(p.{{0}}) w (word)\nWHERE true"


def upgrade() -> None:
    _rewrite(BEFORE, AFTER)


def downgrade() -> None:
    _rewrite(AFTER, BEFORE)


def _rewrite(old: str, new: str) -> None:
    told = sa.text("SELECT pg_get_functiondef('lode.refresh_outputs()'::regprocedure)")
    made: str = op.get_bind().execute(told).scalar_one()
    for column in ("products", "facility_types"):
        assert made.count(old.format(column)) == 1, column
        made = made.replace(old.format(column), new.format(column))
    op.get_bind().exec_driver_sql(made)
