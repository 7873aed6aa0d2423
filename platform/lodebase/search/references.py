"""Records that a text names without their names: by id, by a key in a source, by position; and sources by name or DOI."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from lodebase.search.suggestion import DETAILS, SOURCE, Details, SearchQuery, Suggestion, build_record_suggestion
from lodedata.geography.position_text import Position, parse_positions, write_position

MAX_KM = 200.0
"""How far from a typed position records are suggested, in kilometres."""
LOCATED = ("deposit", "discovery", "project")
_ID = re.compile(r"[0-9a-z]{12}")
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

# one look-up of a primary key for each kind; the id of a record that was merged is one of a reported record
RECORDS = " UNION ALL ".join(f"SELECT '{name}' AS kind, id FROM lode.{name} WHERE id = %(id)s" for name in DETAILS)
MERGED = "SELECT kind, served_id FROM lode.reported_record WHERE record_id = %(id)s AND served_id <> record_id"
# source by source, as the index of keys begins with the source
KEYS = """
SELECT DISTINCT m.kind, m.record_id FROM lode.source f
JOIN lode.source_record s ON s.source = f.name AND s.key = ANY(%(keys)s::text[]) AND s.gone_run IS NULL
JOIN lode.member m ON m.source_record_id = s.id
WHERE %(source)s::text IS NULL OR f.name = %(source)s ORDER BY 1, 2 LIMIT %(most)s
"""
SOURCES = """
SELECT name, title_en, title_zh FROM lode.source
WHERE name = %(name)s OR lower(citation || ' ' || coalesce(homepage, '') || ' ' || coalesce(attribution, '')) LIKE %(doi)s
ORDER BY name LIMIT %(most)s
"""
NEAREST = """
SELECT id, ST_DistanceSpheroid(geom, p.point) / 1000 AS km FROM lode.{name},
  (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS point) p
WHERE geom IS NOT NULL ORDER BY geom <-> p.point LIMIT %(most)s
"""


def find_references(connection: Connection, request: SearchQuery) -> list[Suggestion]:
    """Return what a text identifies: a record by its id, a source by its name or DOI, the records nearest to a position.

    Of two bare numbers, which may be in either order, the records near both positions, each with the position meant.
    """
    positions = parse_positions(request.typed)
    if positions:
        return list(_find_nearest(connection, request, positions))
    suggestions = list(_find_by_id(connection, request))
    return suggestions + list(_find_sources(connection, request))


def find_by_key(connection: Connection, request: SearchQuery) -> list[Suggestion]:
    """Return the records of a row by its key in a source, which the source's name may precede."""
    source, _, rest = request.typed.partition(" ")
    named = {"source": source, "keys": [rest.strip()]} if rest else {"source": None, "keys": [request.typed]}
    values = {"source": None, "keys": [request.typed], "most": request.limit}
    rows = connection.exec_driver_sql(KEYS, values).all() or connection.exec_driver_sql(KEYS, values | named).all()
    return list(_find_records(connection, request, [(row[0], row[1]) for row in rows], "key"))


def _find_by_id(connection: Connection, request: SearchQuery) -> Iterator[Suggestion]:
    identity = request.typed.lower()
    if _ID.fullmatch(identity):
        values = {"id": identity}
        rows = connection.exec_driver_sql(RECORDS, values).all() or connection.exec_driver_sql(MERGED, values).all()
        yield from _find_records(connection, request, [(row[0], row[1]) for row in rows], "id")


def _find_sources(connection: Connection, request: SearchQuery) -> Iterator[Suggestion]:
    doi = _DOI.fullmatch(request.typed)
    if SOURCE not in request.kinds or (doi is None and "-" not in request.typed):
        return
    # a slash at the end or a point of the sentence around it is no part of a DOI
    pattern = None if doi is None else f"%{_escape_text(doi[1].lower().rstrip('/.,;'))}%"
    values = {"name": request.typed.lower(), "doi": pattern, "most": request.limit}
    for name, title_en, title_zh in connection.exec_driver_sql(SOURCES, values):
        match = "id" if doi is None else "doi"
        yield Suggestion(SOURCE, name, title_en, title_zh, request.typed, match, href=f"/api/datasets/{name}")


def _escape_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _find_nearest(connection: Connection, request: SearchQuery, positions: Sequence[Position]) -> Iterator[Suggestion]:
    """Yield the records nearest to one of the positions, of all kinds together."""
    near: list[tuple[float, str, str, Position]] = []
    for position in positions:
        values = {"lon": position[0], "lat": position[1], "most": request.limit}
        for kind in LOCATED:
            if kind in request.kinds:
                rows = connection.exec_driver_sql(NEAREST.format(name=kind), values)
                near += [(row.km, kind, row.id, position) for row in rows if row.km <= MAX_KM]
    nearest = sorted(near)[: request.limit]
    meant = {(kind, identity): position for _, kind, identity, position in reversed(nearest)}
    named = dict.fromkeys((kind, identity) for _, kind, identity, _ in nearest)
    for suggestion in _find_records(connection, request, named, "position"):
        if len(positions) == 1:
            yield suggestion
        else:
            yield replace(suggestion, matched=write_position(meant[suggestion.kind, suggestion.id]))


def _find_records(
    connection: Connection, request: SearchQuery, named: Iterable[tuple[str, str]], match: str
) -> Iterator[Suggestion]:
    """Yield the records of some kinds and ids in their order, as far as their kinds are requested."""
    listed = [(kind, identity) for kind, identity in named if kind in request.kinds and kind in DETAILS]
    details: dict[tuple[str, str], Details] = {}
    for kind in {kind for kind, _ in listed}:
        ids = [identity for of, identity in listed if of == kind]
        for row in connection.exec_driver_sql(DETAILS[kind], {"ids": ids}):
            details[kind, row[0]] = Details.of(row)
    for kind, identity in listed:
        if (kind, identity) in details:
            yield build_record_suggestion(kind, details[kind, identity], match, request.typed)
