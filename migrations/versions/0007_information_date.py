"""The date that a record tells of is its information_date: as_of asks for a version of the data.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")
DATED = (*POINTS, "owner")
MAKERS = ("write_features()", "refresh_served(integer, boolean)")
"""The functions that write features."""


def upgrade() -> None:
    _rename("as_of", "information_date")


def downgrade() -> None:
    _rename("information_date", "as_of")


def _rename(old: str, new: str) -> None:
    for table in DATED:
        op.execute(f"ALTER TABLE lode.{table} RENAME COLUMN {old} TO {new}")
        op.execute(f"ALTER TABLE lode_history.{table} RENAME COLUMN {old} TO {new}")
        op.execute(f"ALTER VIEW lode_then.{table} RENAME COLUMN {old} TO {new}")
    for maker in MAKERS:
        made = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('lode.{maker}'::regprocedure)")).scalar_one()
        assert f"position_method, {old}, " in made
        op.execute(made.replace(f"position_method, {old}, ", f"position_method, {new}, "))
    for table in POINTS:
        # within a JSON text these quotes would be escaped, so it is the name of the property alone
        replaced = f"""replace(feature, ',"{old}":', ',"{new}":')"""
        op.get_bind().exec_driver_sql(f"UPDATE lode.{table}_feature SET feature = {replaced}")
