"""Series, releases and observations of statistics.

Revision ID: 0004_statistics
Revises: 0003_import_requests
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_statistics"
down_revision = "0003_import_requests"
branch_labels = None
depends_on = None

DIMENSIONS = ("source", "indicator", "commodity", "stage", "basis", "area", "freq", "transformation", "unit")


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in DIMENSIONS),
        sa.Column("unit_mult", sa.SmallInteger, nullable=False),
        sa.UniqueConstraint(*DIMENSIONS, "unit_mult", name="uq_series_dimensions"),
        schema="lode",
        comment="Series of statistics by their dimensions; values are in 10 ** unit_mult of the unit.",
    )
    op.create_index("ix_series_commodity", "series", ["commodity", "indicator"], schema="lode")
    op.create_index("ix_series_area", "series", ["area", "indicator"], schema="lode")
    op.create_table(
        "vintage",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("source", sa.Text, sa.ForeignKey("lode.source.name"), nullable=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("released_on", sa.Date, nullable=False),
        sa.UniqueConstraint("source", "release", name="uq_vintage_release"),
        schema="lode",
        comment="Releases of statistics with their day; a later release of a series adds observations and replaces none.",
    )
    op.create_table(
        "observation",
        sa.Column("series", sa.Integer, sa.ForeignKey("lode.series.id"), nullable=False),
        sa.Column("period", sa.Date, nullable=False),
        sa.Column("vintage", sa.Integer, sa.ForeignKey("lode.vintage.id"), nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("value_raw", sa.Text, nullable=False),
        sa.Column("bound", sa.Text),
        sa.Column("obs_status", sa.Text, nullable=False),
        sa.Column("conf_status", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("source_row", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("series", "period", "vintage"),
        sa.CheckConstraint("bound IN ('<', '>')", name="bound"),
        sa.CheckConstraint("length(obs_status) = 1 AND length(conf_status) = 1", name="status"),
        schema="lode",
        comment="Observations by series, first day of the period and release, with the text that was printed and its flags.",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON lode.series, lode.vintage, lode.observation TO lode_import")
    op.execute("GRANT SELECT ON lode.series, lode.vintage, lode.observation TO lode_site")


def downgrade() -> None:
    for name in ("observation", "vintage", "series"):
        op.drop_table(name, schema="lode")
