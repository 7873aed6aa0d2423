"""The facts of each record for comparisons as JSON, and its blocking keys, prepared in tables."""

from collections.abc import Collection, Iterator
from typing import Any

import orjson
from psycopg import Connection

from lodedata.choice.criteria import is_position_refuted
from lodedata.matching.blocking import derive_blocking_keys
from lodedata.matching.evidence.place import position_uncertainty_km
from lodedata.matching.evidence.references import READERS, extract_references
from lodedata.matching.record import MatchRecord

BATCH = 5_000
DEGREE_KM = 111.2
NEIGHBOURHOOD_KM = 10.0
"""Distance beyond the uncertainty of a position within which records are neighbours."""
_COMMON = """
SELECT t.id, t.name_en, t.name_zh, t.aliases, ST_X(t.geom), ST_Y(t.geom), t.position_accuracy_m, t.country, t.division,
  t.main_commodity, t.commodities, t.sources[1],
  (SELECT array_agg(DISTINCT o.source || '#' || o.key) FROM member m JOIN source_record o ON o.id = m.source_record_id
   WHERE m.record_id = t.id AND m.leads),
  (SELECT array_agg(o.raw) FROM member m JOIN source_record o ON o.id = m.source_record_id
   WHERE m.record_id = t.id AND m.leads AND o.source = ANY(%(citing)s)),"""
_AMOUNTS = """
  (SELECT jsonb_object_agg(commodity, t) FROM (
    SELECT em.commodity, max(em.contained_t) AS t FROM estimate e JOIN estimate_measure em ON em.estimate_id = e.id
    WHERE e.{kind}_id = t.id AND em.contained_t > 0 AND em.contained_derived IS NOT TRUE GROUP BY 1) c)"""
_FIGURES = """
  (SELECT jsonb_agg(DISTINCT jsonb_build_array(em.commodity, e.ore_t, em.grade_pct))
   FROM estimate e JOIN estimate_measure em ON em.estimate_id = e.id
   WHERE e.deposit_id = t.id AND e.ore_t > 0 AND em.grade_pct > 0)"""
_DEPOSIT = f"""{_COMMON} '{{}}'::text[], '{{}}'::text[], t.mine_status, '{{}}'::text[], {_AMOUNTS.format(kind="deposit")},
  t.flags, {_FIGURES}
FROM deposit t WHERE t.id = ANY(%(ids)s)"""
_DISCOVERY = f"""{_COMMON} '{{}}'::text[], '{{}}'::text[], NULL,
  CASE WHEN t.announced_by IS NULL THEN '{{}}'::text[] ELSE ARRAY[t.announced_by] END, {_AMOUNTS.format(kind="discovery")},
  t.flags, NULL
FROM discovery t WHERE t.id = ANY(%(ids)s)"""
_PROJECT = f"""{_COMMON} t.facility_types, t.products, t.status,
  (SELECT array_agg(DISTINCT name) FROM owner w, unnest(ARRAY[w.name_en, w.name_zh]) name
   WHERE w.project_id = t.id AND name IS NOT NULL),
  (SELECT jsonb_object_agg(product, t) FROM (
    SELECT coalesce(p.product, p.product_reported) AS product, sum(p.capacity_tpa) AS t FROM phase p
    WHERE p.project_id = t.id AND p.capacity_tpa > 0 AND coalesce(p.product, p.product_reported) IS NOT NULL GROUP BY 1) c),
  t.flags, NULL
FROM project t WHERE t.id = ANY(%(ids)s)"""
READ = {"deposit": _DEPOSIT, "discovery": _DISCOVERY, "project": _PROJECT}
EVERY = "SELECT id FROM deposit UNION ALL SELECT id FROM discovery UNION ALL SELECT id FROM project"


def prepare(connection: Connection[Any], ids: Collection[str]) -> None:
    """Rewrite facts and keys of the records of these ids; those of missing records are deleted."""
    connection.execute("DELETE FROM match_side WHERE id = ANY(%s)", (list(ids),))
    connection.execute("DELETE FROM match_key WHERE id = ANY(%s)", (list(ids),))
    records = list(_read(connection, ids))
    with connection.cursor().copy("COPY match_side (id, geom, reach_deg, facts) FROM STDIN") as copy:
        for record in records:
            point = None if record.lon is None else f"SRID=4326;POINT({record.lon!r} {record.lat!r})"
            copy.write_row(
                (
                    record.id,
                    point,
                    (2 * position_uncertainty_km(record) + NEIGHBOURHOOD_KM) / DEGREE_KM,
                    write_facts_json(record),
                )
            )
    with connection.cursor().copy("COPY match_key (key, id) FROM STDIN") as copy:
        for record in records:
            for key in sorted(derive_blocking_keys(record)):
                copy.write_row((key, record.id))


def read_prepared_facts(connection: Connection[Any], ids: Collection[str]) -> list[str]:
    """Return the prepared facts of these ids as JSON."""
    return [row[0] for row in connection.execute("SELECT facts::text FROM match_side WHERE id = ANY(%s)", (list(ids),))]


def _read(connection: Connection[Any], ids: Collection[str]) -> Iterator[MatchRecord]:
    parameters = {"ids": list(ids), "citing": list(READERS)}
    for kind, statement in READ.items():
        for row in connection.execute(statement, parameters):
            yield _record(kind, row)


def _record(kind: Any, row: tuple[Any, ...]) -> MatchRecord:
    own = frozenset(_split_reference(text) for text in row[12] or ())
    source = str(row[11])
    lon, lat = (None, None) if is_position_refuted(row[19]) else row[4:6]
    return MatchRecord(
        id=row[0],
        kind=kind,
        source=source,
        names=tuple(name for name in row[1:3] if name),
        aliases=tuple(row[3]),
        lon=lon,
        lat=lat,
        accuracy_m=row[6],
        country=row[7],
        division=row[8],
        main_commodity=row[9],
        commodities=frozenset(row[10]),
        own=own,
        refers_to=frozenset(named for raw in row[13] or () for named in extract_references(source, raw)),
        facility_types=frozenset(row[14]),
        products=frozenset(row[15]),
        status=row[16],
        owners=tuple(row[17] or ()),
        amounts_t=row[18] or {},
        figures=frozenset(map(tuple, row[20] or ())),
    )


def _split_reference(text: str) -> tuple[str, str]:
    source, _, key = text.partition("#")
    return source, key


def write_facts_json(record: MatchRecord) -> str:
    """Return a record's facts as JSON."""
    values = {name: getattr(record, name) for name in MatchRecord.__slots__}
    return orjson.dumps({name: _convert_to_list(value) for name, value in values.items() if value or value == 0}).decode()


def _convert_to_list(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def parse_facts_json(text: str) -> MatchRecord:
    """Return a record's facts from JSON."""
    values = orjson.loads(text)
    for name in ("commodities", "facility_types", "products"):
        values[name] = frozenset(values.get(name, ()))
    for name in ("names", "aliases", "owners"):
        values[name] = tuple(values.get(name, ()))
    for name in ("own", "refers_to", "figures"):
        values[name] = frozenset(map(tuple, values.get(name, ())))
    return MatchRecord(**values)
