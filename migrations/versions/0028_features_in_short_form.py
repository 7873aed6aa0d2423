"""Finished features are kept in a short form: what they have in common is one character, and twice as many and more fill a page.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")
COMMON = (
    (
        ',"age":null,"exploration_stage":null,"discovery_year":null,"mine_status":null,"mine_status_date":null'
        ',"size_class":null,"size_commodity":null,"size_basis":null,"size_basis_value_t":null,"position_accuracy_m":'
    ),
    '","geometry":{"type":"Point","coordinates":[',
    (
        '","division":null,"occurrence_type":null,"deposit_model":null,"deposit_model_reported":null'
        ',"deposit_form":null,"host_unit":null'
    ),
    '"],"flags":[],"note_en":null,"note_zh":null',
    ']},"properties":{"name_en":"',
    '{"type":"Feature","id":"',
    '","major_commodities":["',
    '"],"commodity_group":"',
    '","information_date":"',
    ',"position_method":"',
    '"],"commodities":["',
    '","aliases":[],"main_commodity":"',
    ',"discovery_year":null,"mine_status":null,"mine_status_date":null,"size_class":"',
    '","deposit_model_reported":"',
    '","sources":["',
    '","name_zh":null,"aliases":[],"main_commodity":"',
    '","country":"',
    '","deposit_form":null,"host_unit":null',
    ',"position_accuracy_m":',
    '"],"flags":[],"note_en":"',
    (
        '","discovery_date":null,"announced_by":null,"activity_type":null,"result":null,"exploration_stage":null'
        ',"stage_reported":null,"deposit_model":"'
    ),
    '","division":"',
    '"],"main_commodity":"',
    '","name_zh":"',
)
"""What is one character, in the order in which it is looked for."""
CHARACTERS = (*range(0x01, 0x08), *range(0x0E, 0x1E), 0x1F)
"""Control characters, of which JSON has none: those that COPY writes as they are, without the separator of a GeoJSON sequence."""

MAKERS = ("write_features()", "refresh_served(integer, boolean)")
"""The functions that write features."""
FULL = ("""'{"type":"Feature","id":"' || t.id""", """|| row_to_json(listed) || '}'""")
"""How a feature begins and ends there."""
SHORT = (f"lode.short_form({FULL[0]}", f"{FULL[1]})")
COMMENT = "Each {} as a finished GeoJSON feature{}, along the curve of places."


def upgrade() -> None:
    # planned as part of the statement that calls it
    op.get_bind().exec_driver_sql(
        "CREATE FUNCTION lode.short_form(feature text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        f"RETURN {_replaced('feature', shortened=True)}"
    )
    _turn(FULL, SHORT, "lode.short_form(feature)", " in its short form")


def downgrade() -> None:
    _turn(SHORT, FULL, _replaced("feature", shortened=False), "")
    op.execute("DROP FUNCTION lode.short_form(text)")


def _replaced(made: str, shortened: bool) -> str:
    for code, text in zip(CHARACTERS, COMMON, strict=True):
        old, new = (f"'{text}'", f"chr({code})") if shortened else (f"chr({code})", f"'{text}'")
        made = f"replace({made}, {old}, {new})"
    return made


def _turn(old: tuple[str, str], new: tuple[str, str], feature: str, form: str) -> None:
    for maker in MAKERS:
        made = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('lode.{maker}'::regprocedure)")).scalar_one()
        for was, will_be in zip(old, new, strict=True):
            assert was in made
            made = made.replace(was, will_be)
        op.get_bind().exec_driver_sql(made)
    for table in POINTS:
        # written anew as a whole, in its order, so that no old row takes room; that sets its storage back to the usual one
        op.get_bind().exec_driver_sql(f"ALTER TABLE lode.{table}_feature ALTER feature TYPE text USING {feature}")
        op.execute(f"ALTER TABLE lode.{table}_feature ALTER feature SET STORAGE MAIN")
        op.create_table_comment(f"{table}_feature", COMMENT.format(table, form), schema="lode")
