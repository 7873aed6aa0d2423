"""How many records share each combination of the fields that are counted by value. Kept true by every transaction."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ONE_VALUE = ("country", "division", "main_commodity", "commodity_group")
_LISTS = ("commodities", "sources", "flags")
_MODEL = ("exploration_stage", "deposit_model", "deposit_form")
COMBINED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "deposit": ((*_ONE_VALUE, "occurrence_type", *_MODEL, "mine_status", "size_class"), _LISTS),
    "discovery": ((*_ONE_VALUE, "activity_type", "result", *_MODEL), _LISTS),
    "project": ((*_ONE_VALUE, "status"), (*_LISTS, "facility_types", "products")),
}
"""By table, its fields of one value and its lists."""


# Of the rows that began in version v and those that ended in it. A hash is the key, as nulls and long lists make none.
def _refresh() -> str:
    body = "".join(
        f"""
  INSERT INTO {table}_combination AS c (key, {columns}, n)
  SELECT md5(ROW({columns})::text)::uuid, {columns}, sum(n) FROM (
    SELECT {columns}, 1 AS n FROM {table} WHERE since_version = v
    UNION ALL
    SELECT {columns}, -1 FROM lode_history.{table} WHERE until_version = v
  ) changed GROUP BY {columns} HAVING sum(n) <> 0
  ON CONFLICT (key) DO UPDATE SET n = c.n + excluded.n;
  DELETE FROM {table}_combination WHERE n = 0;"""
        for table, columns in _columns()
    )
    return f"""
CREATE FUNCTION lode.refresh_combinations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp SET work_mem = '128MB' AS $$
DECLARE
  v integer := NEW.version;
BEGIN{body}
  RETURN NULL;
END $$
"""


def _columns() -> list[tuple[str, str]]:
    return [(table, ", ".join((*single, *lists))) for table, (single, lists) in COMBINED.items()]


def upgrade() -> None:
    for table, (single, lists) in COMBINED.items():
        op.create_table(
            f"{table}_combination",
            sa.Column("key", sa.Uuid(), nullable=False),
            *(sa.Column(name, sa.Text()) for name in single),
            *(sa.Column(name, sa.ARRAY(sa.Text())) for name in lists),
            sa.Column("n", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("key", name=f"pk_{table}_combination"),
            schema="lode",
            comment=f"How many rows of {table} share the same values of all fields that are counted by value.",
        )
    for table, columns in _columns():
        op.execute(
            f"INSERT INTO lode.{table}_combination (key, {columns}, n) "
            f"SELECT md5(ROW({columns})::text)::uuid, {columns}, count(*) FROM lode.{table} GROUP BY {columns}"
        )
    op.execute(_refresh())
    op.execute(
        "CREATE CONSTRAINT TRIGGER refresh_combinations AFTER INSERT ON lode.dataset_version "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lode.refresh_combinations()"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION lode.refresh_combinations() FROM PUBLIC")
    for table in COMBINED:
        op.execute(f"GRANT SELECT ON lode.{table}_combination TO lode_import, lode_site")


def downgrade() -> None:
    op.execute("DROP TRIGGER refresh_combinations ON lode.dataset_version")
    op.execute("DROP FUNCTION lode.refresh_combinations()")
    for table in COMBINED:
        op.drop_table(f"{table}_combination", schema="lode")
