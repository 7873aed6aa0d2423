"""A record with all rows that belong to it: estimates, phases, owners, exploration history, flags and source rows, nested."""

from collections.abc import Mapping

from sqlalchemy import Connection

from lodebase.errors import NotFound
from lodebase.query.collections_ import find_collection
from lodedata.kinds import KINDS, ChildTable, Kind
from lodedata.kinds.estimates import ESTIMATES
from lodedata.messages import msg

_ESTIMATES = """
'estimates', (SELECT coalesce(jsonb_agg((to_jsonb(e) - '{{deposit_id,discovery_id,since_version}}'::text[])
  || jsonb_build_object('measures', (
               SELECT coalesce(jsonb_agg(to_jsonb(m) - '{{estimate_id,since_version}}'::text[] ORDER BY m.commodity), '[]')
               FROM estimate_measure m WHERE m.estimate_id = e.id)) ORDER BY e.ordinal), '[]')
  FROM estimate e WHERE e.{owner} = %(id)s)"""
_CHILDREN = """
'{name}', (SELECT coalesce(jsonb_agg(to_jsonb(c) - '{{{owner},since_version}}'::text[] ORDER BY c.ordinal), '[]')
  FROM {table} c WHERE c.{owner} = %(id)s)"""
_ROWS = """
'source_records', (SELECT coalesce(jsonb_agg(jsonb_build_object('source', s.source, 'key', s.key, 'locator', s.locator,
    'leads', m.leads, 'no_longer_in_source', s.gone_run IS NOT NULL) ORDER BY m.leads DESC, s.id), '[]')
  FROM member m JOIN source_record s ON s.id = m.source_record_id
  WHERE m.record_id IN (SELECT %(id)s::text UNION SELECT record_id FROM reported_record WHERE served_id = %(id)s))"""


def _select_children(name: str, table: str, owner: str) -> str:
    return _CHILDREN.format(name=name, table=table, owner=owner)


LISTED_AS: Mapping[str, str] = {"flag": "quality_flags", "exploration_activity": "exploration_activities"}
"""The names of lists on a record, if they differ from the relations' names in downloads."""


def _build_part(kind: Kind, child: ChildTable) -> str:
    owner = kind.owner_column(child)
    if child is ESTIMATES:
        return _ESTIMATES.format(owner=owner)
    return _select_children(LISTED_AS.get(child.name, child.relation), child.name, owner)


_PARTS: Mapping[str, tuple[str, ...]] = {
    name: (*(_build_part(kind, child) for child in kind.children if child.of is None), _ROWS) for name, kind in KINDS.items()
}
# Each part is one scan of an index by the record's id.
_OWN = "'value_sources', t.value_sources, {}"


def read_nested_parts(connection: Connection, name: str, identity: str, earlier: bool = False) -> str:
    """Return the rows that belong to a record, as the text of a JSON object. Raise NotFound if there is no such record.

    Only the current source rows are stored; if the transaction shows an ``earlier`` version they are left out.
    """
    table = find_collection(name).table.name
    kind = find_collection(name).kind
    stored = ", ".join(f"'{field.name}', t.{field.name}" for field in kind.fields if not field.served)
    own = (_OWN.format(stored),) if kind.merged else ()
    listed = ", ".join((*own, *(part for part in _PARTS[table] if not (earlier and part is _ROWS))))
    sql = f"SELECT jsonb_build_object({listed})::text FROM {table} t WHERE t.id = %(id)s"
    document = connection.exec_driver_sql(sql, {"id": identity}).scalar()
    if document is None:
        raise NotFound(msg("There is no record %(identity)r in %(name)s.", identity=identity, name=name))
    return str(document)
