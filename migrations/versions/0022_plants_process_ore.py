"""Add the relation of a plant to the deposit whose ore it processes, apart from that of a mine to its deposit."""

from alembic import op

revision = "0022_plants_process_ore"
down_revision = "0021_list_entry_project"
branch_labels = None
depends_on = None

LINKS = ("worked_by", "works", "ore_processed_by", "processes_ore_of", "became", "contains", "part_of")
PAIRS = ("same", "works", "processes_ore_of", "became", "contains", "different")
ADDED = ("ore_processed_by", "processes_ore_of")


def upgrade() -> None:
    _set(LINKS, PAIRS)


def downgrade() -> None:
    for table in ("link", "judgement", "match_pair"):
        op.execute(f"UPDATE lode.{table} SET relation = 'works' WHERE relation = 'processes_ore_of'")
        if table != "match_pair":
            op.execute(f"UPDATE lode.{table} SET relation = 'worked_by' WHERE relation = 'ore_processed_by'")
    _set(tuple(one for one in LINKS if one not in ADDED), tuple(one for one in PAIRS if one not in ADDED))


def _set(links: tuple[str, ...], pairs: tuple[str, ...]) -> None:
    for table, relations in (("link", links), ("judgement", links), ("match_pair", pairs)):
        listed = ", ".join(f"'{one}'" for one in relations)
        op.execute(f"ALTER TABLE lode.{table} DROP CONSTRAINT ck_{table}_relation")
        op.execute(f"ALTER TABLE lode.{table} ADD CONSTRAINT ck_{table}_relation CHECK (relation IN ({listed}))")
