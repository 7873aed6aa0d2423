"""What each located project makes stands apart, by product and place: a check reads what lies around it and no more.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COLUMNS = "word, place, id, told, lon, lat, accuracy_m, country, division, status, basis, capacity_tpa"
_SITE = "ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.position_accuracy_m AS accuracy_m, p.country, p.division"
# What phases tell of, then what the project alone does: a product that no phase has, a type of facility.
OUTPUTS = f"""
SELECT f.product AS word, p.place, p.id, 'phase' AS told, {_SITE}, f.status, f.capacity_basis AS basis, f.capacity_tpa
FROM project p JOIN phase f ON f.project_id = p.id
WHERE p.geom IS NOT NULL AND f.product IS NOT NULL AND {{among}}
UNION ALL
SELECT DISTINCT w.word, p.place, p.id, 'product', {_SITE}, p.status, NULL, NULL::double precision
FROM project p CROSS JOIN unnest(p.products) w (word)
WHERE p.geom IS NOT NULL AND {{among}} AND NOT EXISTS (SELECT FROM phase f WHERE f.project_id = p.id AND f.product = w.word)
UNION ALL
SELECT DISTINCT w.word, p.place, p.id, 'facility', {_SITE}, p.status, NULL, NULL::double precision
FROM project p CROSS JOIN unnest(p.facility_types) w (word)
WHERE p.geom IS NOT NULL AND {{among}}
"""
INSERT = f"INSERT INTO lode.project_output ({COLUMNS}) SELECT {COLUMNS} FROM ({OUTPUTS}) o ORDER BY word, place, id"
# Of the projects that themselves, or whose phases, began in version v or ended in it. The first ones need not be looked for.
REFRESH = f"""
CREATE FUNCTION lode.refresh_outputs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, public, pg_temp SET work_mem = '128MB' AS $$
DECLARE
  v integer := NEW.version;
BEGIN
  IF NOT EXISTS (SELECT FROM project_output) THEN
    {INSERT.format(among="true")};
    RETURN NULL;
  END IF;
  CREATE TEMP TABLE changed_output AS
    SELECT id FROM project WHERE since_version = v
    UNION SELECT project_id FROM phase WHERE since_version = v
    UNION SELECT id FROM lode_history.project WHERE until_version = v
    UNION SELECT project_id FROM lode_history.phase WHERE until_version = v;
  ANALYZE pg_temp.changed_output;
  DELETE FROM project_output o USING pg_temp.changed_output c WHERE o.id = c.id;
  {INSERT.format(among="p.id IN (SELECT c.id FROM pg_temp.changed_output c)")};
  DROP TABLE pg_temp.changed_output;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "project_output",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "told")),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("lon", "lat")),
        sa.Column("accuracy_m", sa.Double()),
        *(sa.Column(name, sa.Text()) for name in ("country", "division", "status", "basis")),
        sa.Column("capacity_tpa", sa.Double()),
        schema="lode",
        comment="What each located project makes: a row for each phase with a product, then for what the project alone tells of.",
    )
    op.execute("SET LOCAL search_path = lode, public")
    op.execute(INSERT.format(among="true"))
    op.execute("RESET search_path")
    op.create_index("ix_project_output_word_place", "project_output", ["word", "place"], schema="lode")
    op.create_index("ix_project_output_id", "project_output", ["id"], schema="lode")
    op.execute(REFRESH)
    op.execute(
        "CREATE CONSTRAINT TRIGGER refresh_outputs AFTER INSERT ON lode.dataset_version "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lode.refresh_outputs()"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION lode.refresh_outputs() FROM PUBLIC")
    op.execute("GRANT SELECT ON lode.project_output TO lode_import, lode_site")


def downgrade() -> None:
    op.execute("DROP TRIGGER refresh_outputs ON lode.dataset_version")
    op.execute("DROP FUNCTION lode.refresh_outputs()")
    op.drop_table("project_output", schema="lode")
