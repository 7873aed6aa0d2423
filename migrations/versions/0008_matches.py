"""Which records may be one thing: what is compared of each, the keys they meet by, and pairs with a probability.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "match_side",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False)),
        sa.Column("reach_deg", sa.Double(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_side"),
        schema="lode",
        comment="What is compared of each record.",
    )
    op.create_index("ix_match_side_geom", "match_side", ["geom"], schema="lode", postgresql_using="gist")
    op.create_table(
        "match_key",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "id", name="pk_match_key"),
        schema="lode",
        comment="The keys by which records meet to be compared.",
    )
    op.create_index("ix_match_key_id", "match_key", ["id"], schema="lode")
    op.create_table(
        "match_pair",
        sa.Column("a_id", sa.Text(), nullable=False),
        sa.Column("b_id", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("a_id", "b_id", name="pk_match_pair"),
        sa.CheckConstraint(
            "relation IN ('same', 'works', 'became', 'contains', 'different')", name=op.f("ck_match_pair_relation")
        ),
        sa.CheckConstraint("probability >= 0 AND probability <= 1", name=op.f("ck_match_pair_probability")),
        sa.CheckConstraint("a_id <> b_id", name=op.f("ck_match_pair_two_records")),
        schema="lode",
        comment="Records that may belong together: what the first is to the second, how likely, and why.",
    )
    op.create_index("ix_match_pair_b_id", "match_pair", ["b_id"], schema="lode")
    for table in ("match_side", "match_key", "match_pair"):
        op.execute(f"GRANT SELECT ON lode.{table} TO lode_site")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON lode.{table} TO lode_import")


def downgrade() -> None:
    for table in ("match_pair", "match_key", "match_side"):
        op.drop_table(table, schema="lode")
