"""Let imports mask names of persons in stored filters: their rights on columns do not reach addresses and secrets."""

from alembic import op

revision = "0077_filters_of_persons"
down_revision = "0075_drill_logs"
branch_labels = None
depends_on = None

STATEMENTS = """
GRANT SELECT (number, name, query), UPDATE (name, query), DELETE ON lode.saved_filter TO lode_import;
GRANT SELECT (number, query), UPDATE (query), DELETE ON lode.subscription TO lode_import;
GRANT SELECT (number, query, last_error), UPDATE (query, last_error), DELETE ON lode.webhook TO lode_import;
"""
REVERSED = """
REVOKE SELECT (number, name, query), UPDATE (name, query), DELETE ON lode.saved_filter FROM lode_import;
REVOKE SELECT (number, query), UPDATE (query), DELETE ON lode.subscription FROM lode_import;
REVOKE SELECT (number, query, last_error), UPDATE (query, last_error), DELETE ON lode.webhook FROM lode_import;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.get_bind().exec_driver_sql(REVERSED, execution_options={"no_parameters": True})
