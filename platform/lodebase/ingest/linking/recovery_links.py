"""Projects of recovery records: the one that a row states, else the one project that matches by name, place and metal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from lodebase.ingest.linking.regroup import DUPLICATE_PROBABILITY
from lodebase.resolve.facts import parse_facts_json
from lodedata.matching import MatchRecord, match_records
from lodedata.matching.blocking import derive_blocking_keys
from lodedata.vocab import load_vocabulary

RIVAL_PROBABILITY = 0.5
"""A second project that matches as well as this makes the first one ambiguous."""
ACCURACY_M = 1_000.0
CHANGED = """
SELECT EXISTS (
  SELECT FROM recovery_record WHERE since_version = %(version)s
  UNION ALL SELECT FROM lode_history.recovery_record WHERE until_version = %(version)s
  UNION ALL SELECT FROM project WHERE since_version = %(version)s
  UNION ALL SELECT FROM lode_history.project WHERE until_version = %(version)s
)
"""
FORGET = "DELETE FROM recovery_project p WHERE NOT EXISTS (SELECT FROM recovery_record r WHERE r.id = p.record_id)"
MINES = """
SELECT coalesce(name_en, name_zh), array_agg(DISTINCT name_zh) FILTER (WHERE name_zh IS NOT NULL AND name_en IS NOT NULL),
  aliases, country, division, longitude, latitude, project_source, project, array_agg(DISTINCT commodity), array_agg(id)
FROM recovery_record WHERE coalesce(name_en, name_zh) IS NOT NULL GROUP BY 1, 3, 4, 5, 6, 7, 8, 9
"""
# records are matched as their sources have them; the project is the one that they are served under
STATED = """
SELECT id FROM keyed_record WHERE source = %s AND key = %s AND kind = 'project'
"""
CANDIDATES = """
SELECT p.id, s.facts::text FROM (SELECT DISTINCT id FROM match_key WHERE key = ANY(%(keys)s)) k
JOIN match_side s ON s.id = k.id
LEFT JOIN reported_record t ON t.record_id = s.id JOIN project p ON p.id = coalesce(t.served_id, s.id)
WHERE p.country = %(country)s OR %(country)s::text IS NULL
"""
WRITE = """
INSERT INTO recovery_project (record_id, project_id, outcome, probability)
SELECT unnest(%(ids)s::text[]), %(project)s, %(outcome)s, %(probability)s
ON CONFLICT (record_id) DO UPDATE SET project_id = excluded.project_id, outcome = excluded.outcome,
  probability = excluded.probability
"""


@dataclass(frozen=True, slots=True)
class MineLink:
    """The project of a mine's recovery records, or why they have none."""

    outcome: str
    project_id: str | None = None
    probability: float | None = None


def link(connection: Connection[Any]) -> None:
    """Bring the projects of recovery records up to date, if this transaction changed records or projects."""
    version = connection.execute("SELECT nullif(current_setting('lode.version', true), '')::integer").fetchone()
    if version is None or version[0] is None:
        return
    changed = connection.execute(CHANGED, {"version": version[0]}).fetchone()
    if changed is None or not changed[0]:
        return
    connection.execute(FORGET)
    for row in connection.execute(MINES).fetchall():
        mine_link = _find_link(connection, row)
        parameters = {
            "ids": row[10],
            "project": mine_link.project_id,
            "outcome": mine_link.outcome,
            "probability": mine_link.probability,
        }
        connection.execute(WRITE, parameters)


def _find_link(connection: Connection[Any], row: Sequence[Any]) -> MineLink:
    source, key = row[7:9]
    if source and key:
        stated = connection.execute(STATED, (source, key)).fetchone()
        return MineLink("stated", stated[0]) if stated is not None else MineLink("unmatched")
    mine = _build_mine_record(row)
    parameters = {"keys": sorted(derive_blocking_keys(mine)), "country": mine.country}
    projects = ((served, parse_facts_json(facts)) for served, facts in connection.execute(CANDIDATES, parameters))
    return choose(mine, ((served, project) for served, project in projects if _is_mine(project)))


def _build_mine_record(row: Sequence[Any]) -> MatchRecord:
    name, others, aliases, country, division, longitude, latitude = row[:7]
    return MatchRecord(
        id="",
        kind="project",
        source="",
        names=(name, *(others or ())),
        aliases=tuple(aliases),
        lon=longitude,
        lat=latitude,
        accuracy_m=None if longitude is None else ACCURACY_M,
        country=country,
        division=division,
        main_commodity=row[9][0],
        commodities=frozenset(row[9]),
        facility_types=frozenset({"mine"}),
    )


def _is_mine(project: MatchRecord) -> bool:
    """Return whether a project has a mine, or does not say what it is."""
    return not project.facility_types or bool(project.facility_types & load_vocabulary("facility-type").within("mine"))


def choose(mine: MatchRecord, projects: Iterable[tuple[str, MatchRecord]]) -> MineLink:
    """Return the only project that is very likely the mine; none if a second one is likely too.

    A project has several records, one of each source, under the id that it is served under.
    """
    best: dict[str, float] = {}
    for served, project in projects:
        records = match_records(mine, project)
        if records.relation == "same":
            best[served] = max(records.probability, best.get(served, 0.0))
    ordered = sorted(best, key=lambda served: (-best[served], served))
    if not ordered or best[ordered[0]] < DUPLICATE_PROBABILITY:
        return MineLink("unmatched")
    if len(ordered) > 1 and best[ordered[1]] >= RIVAL_PROBABILITY:
        return MineLink("ambiguous", None, best[ordered[0]])
    return MineLink("matched", ordered[0], best[ordered[0]])
