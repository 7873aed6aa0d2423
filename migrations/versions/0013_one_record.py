"""One record of a thing that several sources tell of: what each tells is kept beside, and held pairs say why.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENTS = ("lode_then", "lode_since")
KINDS = ("deposit", "discovery", "project")
# Tables of children with the column that names their record.
CHILDREN = {
    "estimate": "coalesce({0}.deposit_id, {0}.discovery_id)",
    "exploration_activity": "{0}.deposit_id",
    "phase": "{0}.project_id",
    "owner": "{0}.project_id",
    "flag": "{0}.record_id",
}
STATUSES = (
    "operating",
    "commissioning",
    "intermittent",
    "construction",
    "permitted",
    "pre-permit",
    "announced",
    "suspended",
    "shelved",
    "cancelled",
    "closed",
)
# What the store derives: a testimony has the reported columns only.
DERIVED = {
    "place": "lode.place(r.geom)",
    "status": "liveliest.status",
    "status_date": "liveliest.status_date",
    "since_version": "t.since_version",
}
LIVELIEST = f"""
LEFT JOIN LATERAL (
  SELECT p.status, p.status_date FROM jsonb_populate_recordset(NULL::lode.phase, t.parts -> 'phase') p WHERE p.status IS NOT NULL
  ORDER BY array_position(ARRAY[{", ".join(repr(s) for s in STATUSES)}], p.status), p.status_date DESC, p.ordinal LIMIT 1
) liveliest ON true
"""
ALONE = "NOT EXISTS (SELECT FROM lode.testimony x WHERE x.record_id = {0})"


# The importer owns no table, so it asks the owner to look at what was written of pairs and groups: plans rest on it.
ANALYZE = """
CREATE FUNCTION lode.analyze_matches() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  ANALYZE match_side, match_key, match_pair, testimony, link;
END $$
"""


def upgrade() -> None:
    _tables()
    op.execute(ANALYZE)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.analyze_matches() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION lode.analyze_matches() TO lode_import")
    _triggers()
    columns = "record_id, kind, source, served_id, row, parts, since_version"
    for moment in MOMENTS:
        op.execute(
            f"CREATE VIEW {moment}.testimony AS SELECT {columns} FROM lode.testimony WHERE since_version <= {moment}.version() "
            f"UNION ALL SELECT {columns} FROM lode_history.testimony "
            f"WHERE since_version <= {moment}.version() AND until_version > {moment}.version()"
        )
        op.execute(f"GRANT SELECT ON {moment}.testimony TO lode_import, lode_site")
    op.execute("CREATE SCHEMA lode_apart")
    for kind in KINDS:
        _things_apart(kind)
    for table, owner in CHILDREN.items():
        _children_apart(table, owner)
    _measures_apart()
    op.execute("GRANT SELECT ON lode.testimony, lode_history.testimony TO lode_import, lode_site")
    op.execute("GRANT INSERT, UPDATE, DELETE ON lode.testimony TO lode_import")
    op.execute("GRANT USAGE ON SCHEMA lode_apart TO lode_import, lode_site")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA lode_apart TO lode_import, lode_site")


def _testimony(*more: sa.Column[object], null: bool) -> list[sa.Column[object]]:
    return [
        *more,
        sa.Column("record_id", sa.Text(), nullable=null),
        sa.Column("kind", sa.Text(), nullable=null),
        sa.Column("source", sa.Text(), nullable=null),
        sa.Column("served_id", sa.Text(), nullable=null),
        sa.Column("row", JSONB(), nullable=null),
        sa.Column("parts", JSONB(), nullable=null),
        sa.Column("since_version", sa.Integer(), nullable=null),
    ]


def _tables() -> None:
    op.create_table(
        "testimony",
        *_testimony(null=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_testimony"),
        sa.CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name="ck_testimony_kind"),
        schema="lode",
        comment="What each source tells of a thing that is served as one record with others'; of a thing told once, nothing.",
    )
    op.create_index("ix_testimony_served_id", "testimony", ["served_id"], schema="lode")
    op.create_table(
        "testimony",
        *_testimony(sa.Column("until_version", sa.Integer(), nullable=False), null=True),
        schema="lode_history",
        comment="Earlier rows of testimony.",
    )
    op.create_index("ix_history_testimony", "testimony", ["record_id"], schema="lode_history")
    op.create_index("ix_history_testimony_served_id", "testimony", ["served_id"], schema="lode_history")
    op.create_index("ix_history_testimony_since_version", "testimony", ["since_version"], schema="lode_history")
    op.create_index("ix_history_testimony_until_version", "testimony", ["until_version"], schema="lode_history")


def _triggers() -> None:
    op.execute("ALTER TABLE lode.testimony ALTER since_version SET DEFAULT lode.current_version()")
    op.execute("CREATE TRIGGER z_begin_span BEFORE UPDATE ON lode.testimony FOR EACH ROW EXECUTE FUNCTION lode.begin_span()")
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_history_{event.lower()} AFTER {event} ON lode.testimony "
            "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_history()"
        )


def _things_apart(kind: str) -> None:
    """The records of a kind as if nothing had been joined: those told once, and each testimony."""
    names = _columns(kind)
    told = ", ".join(
        "t.record_id" if n == "id" else DERIVED.get(n, f"r.{n}") if n in _derived(kind) else f"r.{n}" for n in names
    )
    op.execute(
        f"CREATE VIEW lode_apart.{kind} AS SELECT {', '.join(names)} FROM lode.{kind} d WHERE {ALONE.format('d.id')} "
        f"UNION ALL SELECT {told} FROM lode.testimony t CROSS JOIN LATERAL jsonb_populate_record(NULL::lode.{kind}, t.row) r "
        f"{LIVELIEST if kind == 'project' else ''} WHERE t.kind = '{kind}'"
    )


def _derived(kind: str) -> tuple[str, ...]:
    return ("place", "since_version", "status", "status_date") if kind == "project" else ("place", "since_version")


def _children_apart(table: str, owner: str) -> None:
    names = _columns(table)
    told = ", ".join("t.since_version" if n == "since_version" else f"r.{n}" for n in names)
    op.execute(
        f"CREATE VIEW lode_apart.{table} AS SELECT {', '.join(names)} FROM lode.{table} c "
        f"WHERE {ALONE.format(owner.format('c'))} UNION ALL SELECT {told} FROM lode.testimony t "
        f"CROSS JOIN LATERAL jsonb_populate_recordset(NULL::lode.{table}, t.parts -> '{table}') r"
    )


def _measures_apart() -> None:
    names = _columns("estimate_measure")
    told = ", ".join("t.since_version" if n == "since_version" else f"r.{n}" for n in names)
    listed = ", ".join(f"m.{n}" for n in names)
    op.execute(
        f"CREATE VIEW lode_apart.estimate_measure AS SELECT {listed} FROM lode.estimate_measure m "
        f"JOIN lode.estimate e ON e.id = m.estimate_id WHERE {ALONE.format('coalesce(e.deposit_id, e.discovery_id)')} "
        f"UNION ALL SELECT {told} FROM lode.testimony t "
        "CROSS JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate_measure, t.parts -> 'estimate_measure') r"
    )


def _columns(table: str) -> list[str]:
    found = op.get_bind().execute(
        sa.text(
            "SELECT quote_ident(column_name) FROM information_schema.columns "
            "WHERE table_schema = 'lode' AND table_name = :name ORDER BY ordinal_position"
        ),
        {"name": table},
    )
    return list(found.scalars())


def downgrade() -> None:
    op.execute("DROP SCHEMA lode_apart CASCADE")
    op.execute("DROP FUNCTION lode.analyze_matches()")
    for moment in MOMENTS:
        op.execute(f"DROP VIEW {moment}.testimony")
    op.drop_table("testimony", schema="lode_history")
    op.drop_table("testimony", schema="lode")
