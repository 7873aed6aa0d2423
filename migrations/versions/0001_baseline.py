"""The schema of Lode 0.1.0, created by 0001_baseline.sql in this folder.

Revision ID: 0001_baseline
Revises:
"""

from pathlib import Path

from alembic import op

revision = "0001_baseline"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
backup saved_report_try saved_report report_try report_step report proposal_step proposal judgement audit rate_count api_key
used_code recovery_code second_factor session sign_in site_secret account match_pair match_key match_side search_word
search_term project_output project_combination discovery_combination deposit_combination collection_state facet_count
place_count project_feature discovery_feature deposit_feature size_threshold
term unserved quarantine import_run source_record source member testimony link flag owner phase exploration_activity
estimate_measure estimate zone project discovery deposit dataset_version
"""
"""Those of the schema lode, in the order in which they can be dropped."""


def upgrade() -> None:
    tables = Path(__file__).with_suffix(".sql").read_text("utf-8")
    # without parameters the driver takes many statements at once
    op.get_bind().exec_driver_sql(tables, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode_apart", "lode_since", "lode_then", "lode_history"):
        op.execute(f"DROP SCHEMA {schema} CASCADE")
    op.execute("CREATE SCHEMA lode_history")
    for table in TABLES.split():
        op.drop_table(table, schema="lode")
