"""The tables of the state of a release: the rows that everybody may read, from which a mirror responds like its origin.

A table is divided into chunks by a digest of what identifies its rows, so that two releases have most chunks in common.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Table

from lodebase.db.schema import (
    decision_tables,
    desk_tables,
    history_tables,
    matches,
    organisation_tables,
    prepared_tables,
    recovery_tables,
    right_tables,
    source_tables,
    statistics_tables,
    tables,
)
from lodebase.db.schema.decision_kinds import DECISION_KINDS
from lodebase.db.schema.models import METADATA
from lodebase.db.schema.tables import write_code_condition
from lodedata.kinds import KINDS, PUBLIC

INTERNAL = tuple(name for name, kind in KINDS.items() if kind.internal)
INTERNAL_COLLECTIONS = tuple(KINDS[name].collection for name in INTERNAL)
ROW_CHANGES = (*tables.CHILDREN, tables.link, tables.reported_record, tables.named_organisation)
"""The versioned tables besides those of kinds."""
STATE = (
    *(tables.SERVED[name] for name in PUBLIC),
    *(history_tables.HISTORY[name] for name in PUBLIC),
    *ROW_CHANGES,
    *(history_tables.HISTORY[change.name] for change in ROW_CHANGES),
    *(tables.member, tables.dataset_version),
    *(source_tables.source, history_tables.source_history, source_tables.source_columns, source_tables.source_record),
    *(source_tables.import_run, source_tables.redaction),
    *(statistics_tables.series, statistics_tables.vintage, statistics_tables.observation),
    *prepared_tables.FEATURES.values(),
    *prepared_tables.COMBINATIONS.values(),
    *(prepared_tables.cell_count, prepared_tables.facet_count, prepared_tables.collection_state),
    *(prepared_tables.search_term, prepared_tables.search_word, prepared_tables.project_output),
    *(organisation_tables.organisation_name, organisation_tables.organisation_mention),
    *(right_tables.right_cover, right_tables.right_overlap, recovery_tables.recovery_project, matches.match_pair),
    decision_tables.decision,
    *(desk_tables.act_entry, desk_tables.act_part),
)
"""What a mirror has. It has no accounts, audit trail, reports, subscriptions, refused rows, withheld names or internal rows."""
KEYS: Mapping[Table, tuple[str, ...]] = {
    prepared_tables.search_term: ("id",),
    prepared_tables.project_output: ("id",),
    history_tables.source_history: ("name",),
    **{
        history: tuple(column.name for column in METADATA.tables[f"{tables.SCHEMA}.{name}"].primary_key.columns)
        for name, history in history_tables.HISTORY.items()
    },
}
"""What identifies the rows of tables without a primary key, for their chunks."""
NOBODY = "''"
MIRRORED = tuple(kind.name for kind in DECISION_KINDS.values() if kind.mirrored)
APPLYING = tuple(kind.name for kind in DECISION_KINDS.values() if kind.mirrored_in_force)
"""The mirrored kinds of which a mirror has only the decisions that apply."""
INTERNAL_MEMBERS = sorted({member for kind in DECISION_KINDS.values() for member in kind.internal})
EXPLAINED = write_code_condition("r.kind", tuple(kind.name for kind in DECISION_KINDS.values() if kind.explained))
CLOSED = """CASE WHEN r.closed = 0 THEN r.raw ELSE (left(r.raw::text, -1)
  || CASE WHEN r.raw::text = '{}' THEN '' ELSE ', ' END
  || (SELECT string_agg(format('"closed column %s": null', n), ', ') FROM generate_series(1, r.closed) n) || '}')::json END"""
"""The public columns of a row and placeholders for the others, so that a mirror states their number."""
REPLACED: Mapping[Table, Mapping[str, str]] = {
    source_tables.source_record: {"raw": CLOSED, "checksum": r"'\x'::bytea"},
    source_tables.import_run: {
        **dict.fromkeys(("message", "unknown_words", "column_usage"), "NULL"),
        "named_rows": "CASE WHEN (r.named_rows ->> 'public')::boolean THEN r.named_rows END",
    },
    organisation_tables.organisation_mention: {"judged_by": "NULL"},
    decision_tables.decision: {
        "account": NOBODY,
        "outcome": "NULL",
        "detail": f"r.detail - '{{{','.join(INTERNAL_MEMBERS)}}}'::text[]",
        "reason": f"CASE WHEN {EXPLAINED} THEN r.reason ELSE '-' END",
        "at": f"CASE WHEN {EXPLAINED} THEN r.at ELSE '-infinity' END",
    },
    desk_tables.act_entry: {
        "entered_by": NOBODY,
        "entered_at": "'-infinity'",
        "fields": "'{}'",
        "subjects": "'{}'",
        **dict.fromkeys(
            ("problems", "withdrawn_by", "withdrawn_at", "reason", "changed_by", "reviewed_by", "review_note"), "NULL"
        ),
    },
}
"""The columns that not everybody may read, with what a mirror has in their place, as SQL."""


def _match_public(column: str) -> str:
    """Return the condition that a kind is public."""
    return f"r.{column} <> ALL ('{{{','.join(INTERNAL)}}}')"


def _exclude_internal(column: str) -> str:
    """Return the condition that an id is that of no record of an internal kind, now or earlier."""
    internal_ids = " UNION ALL ".join(
        f"SELECT id FROM {schema}.{name}" for name in INTERNAL for schema in ("lode", "lode_history")
    )
    return f"NOT EXISTS (SELECT FROM ({internal_ids}) i WHERE i.id = r.{column})"


SERVED_ENTRY = "r.state = 'served'"
PUBLIC_DECISION = (
    f"{write_code_condition('r.kind', MIRRORED)} AND "
    f"({write_code_condition('r.kind', APPLYING)} IS FALSE OR r.id IN (SELECT c.id FROM lode.current_decision c))"
)
FILTERS: Mapping[Table, str] = {
    tables.member: _match_public("kind"),
    source_tables.source_record: "NOT EXISTS (SELECT FROM lode.member m WHERE m.source_record_id = r.id "
    f"AND m.kind = ANY ('{{{','.join(INTERNAL)}}}'))",
    **{table: _exclude_internal("record_id") for table in (tables.flag, history_tables.HISTORY["flag"])},
    **{
        table: f"{_match_public('from_kind')} AND {_match_public('to_kind')}"
        for table in (tables.link, history_tables.HISTORY["link"])
    },
    **{
        table: _match_public("record_kind")
        for table in (
            *(tables.named_organisation, history_tables.HISTORY["named_organisation"]),
            organisation_tables.organisation_mention,
        )
    },
    **{
        table: f"r.collection <> ALL ('{{{','.join(INTERNAL_COLLECTIONS)}}}')"
        for table in (prepared_tables.facet_count, prepared_tables.collection_state)
    },
    decision_tables.decision: PUBLIC_DECISION,
    desk_tables.act_entry: SERVED_ENTRY,
    desk_tables.act_part: "r.entry IN (SELECT e.number FROM lode.act_entry e WHERE e.state = 'served')",
}
"""The rows of a table that everybody may read, where these are not all, as SQL conditions on ``r``."""
FROM: Mapping[Table, str] = {source_tables.source_record: "lode.public_source_row"}
"""Views that are read in place of tables."""


@dataclass(frozen=True, slots=True)
class StateTable:
    """A table of the state: its columns in the order of the files, and the columns that identify its rows."""

    table: Table
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name with the schema."""
        return self.table.fullname

    @property
    def unique(self) -> bool:
        """Whether the key is a primary key."""
        return bool(self.table.primary_key.columns)

    @property
    def rows(self) -> str:
        """The SQL of its rows: where they are read from, and which of them everybody may read."""
        condition = FILTERS.get(self.table)
        return f"FROM {FROM.get(self.table, self.name)} r" + (f" WHERE {condition}" if condition else "")

    def select(self, chunks: int) -> str:
        """Return the SQL of its rows with the number of their chunk first, in an order that does not change."""
        replaced = REPLACED.get(self.table, {})
        columns = ", ".join(
            f"{replaced.get(name, f'r.{quote_column_name(name)}')} AS {quote_column_name(name)}" for name in self.columns
        )
        order = ", ".join(quote_column_name(name) for name in self.key) if self.unique else 's::text COLLATE "C"'
        chunk = self.write_chunk_sql("r", chunks)
        return f"SELECT s.* FROM (SELECT {chunk} AS chunk, {columns} {self.rows}) s ORDER BY chunk, {order}"

    def write_chunk_sql(self, row: str, chunks: int) -> str:
        """Return the SQL of the number of a row's chunk, which any version of PostgreSQL computes alike."""
        key = ", ".join(f"{row}.{quote_column_name(name)}" for name in self.key)
        return f"(('x' || substr(md5(ROW({key})::text), 1, 8))::bit(32)::bigint & {chunks - 1})"

    def path(self, chunk: int, chunks: int) -> str:
        """Return the path of the file of a chunk in its release."""
        return f"state/{self.name}/{chunk}-of-{chunks}.tsv.gz"


@lru_cache(maxsize=1)
def state_tables() -> tuple[StateTable, ...]:
    """Return the tables of the state, each after those that it references."""
    stored_tables = frozenset(STATE)
    return tuple(
        StateTable(
            table,
            tuple(column.name for column in table.columns if column.computed is None),
            KEYS.get(table) or tuple(column.name for column in table.primary_key.columns),
        )
        for table in METADATA.sorted_tables
        if table in stored_tables
    )


def quote_column_name(name: str) -> str:
    """Return a column's name as SQL writes it; some are keywords of SQL."""
    return f'"{name}"'
