"""SQL for the records that changed: whose own rows, or rows that belong to them, began or ended in some versions."""

from collections.abc import Iterator, Mapping, Sequence

from lodebase.db.schema.tables import HISTORY_SCHEMA, SCHEMA
from lodebase.query.version_views import AS_OF, SINCE
from lodedata.kinds import KINDS

OWNED: Mapping[str, tuple[tuple[str, str], ...]] = {
    name: tuple((child.name, kind.owner_column(child)) for child in kind.children if child.of is None)
    for name, kind in KINDS.items()
}
"""By table, the tables of rows that belong to its records, each with the column that references the record."""
OF_VERSION = ("since_version = %(version)s", "until_version = %(version)s")
BETWEEN = tuple(
    f"{column} > {SINCE}.version() AND {column} <= {AS_OF}.version()" for column in ("since_version", "until_version")
)
"""The conditions on when rows began or ended: in one version, or after ``lode.since`` and up to ``lode.as_of``."""
RECORD = """
SELECT o.id FROM {schema}.estimate_measure m CROSS JOIN LATERAL (
  SELECT e.{owner} AS id FROM lode.estimate e WHERE e.id = m.estimate_id
  UNION SELECT e.{owner} FROM lode_history.estimate e WHERE e.id = m.estimate_id) o
WHERE {when}{page}"""


def write_changed_ids_sql(table: str, when: Sequence[str] = BETWEEN, paged: bool = False) -> str:
    """Return the ids of a table's records that changed; they may include ids of other tables.

    If ``paged``, return only ids after ``beyond``, at most ``most`` from each table; the first ``most`` of them are complete.
    """
    arms = _write_selects(table, when, " AND {owner} > %(beyond)s ORDER BY {owner} LIMIT %(most)s" if paged else "")
    return " UNION ".join(f"({arm})" for arm in arms)


def _write_selects(table: str, when: Sequence[str], page: str) -> Iterator[str]:
    """Yield the SELECT statements to be combined; each is one scan of an index by version."""
    began, ended = when
    for schema, time in ((SCHEMA, began), (HISTORY_SCHEMA, began), (HISTORY_SCHEMA, ended)):
        for name, owner in ((table, "id"), *OWNED[table]):
            yield f"SELECT {owner} AS id FROM {schema}.{name} WHERE {time}{page.format(owner=owner)}"
            if name == "estimate":
                of_measure = time.replace("since_version", "m.since_version").replace("until_version", "m.until_version")
                yield RECORD.format(schema=schema, owner=owner, when=of_measure, page=page.format(owner="o.id"))
