"""Names of organisations that wait for a decision at the desk, and the decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from lodebase.errors import BadQuery
from lodebase.organisations import MatchCandidate, find
from lodedata.messages import msg

SHORTEST_REASON = 5
OPEN = """
SELECT m.comparable, coalesce(m.country, '') AS country, min(m.name) AS name, count(*) AS mentions,
  min(m.record_kind) AS record_kind, min(m.record_id) AS record_id, false AS elsewhere
FROM lode.organisation_mention m WHERE m.organisation_id IS NULL GROUP BY 1, 2
ORDER BY 4 DESC, 1, 2 LIMIT %(most)s
"""
# the same name in several countries: a name alone does not match across them
ELSEWHERE = """
SELECT n.comparable, coalesce(o.country, '') AS country, min(n.name) AS name, count(*) AS mentions,
  min(m.record_kind) AS record_kind, min(m.record_id) AS record_id, true AS elsewhere
FROM lode.organisation_name n JOIN lode.organisation o ON o.id = n.organisation_id AND o.derived
JOIN lode.organisation_mention m ON m.organisation_id = o.id
WHERE n.form = 'exact' AND EXISTS (
  SELECT FROM lode.organisation_name x JOIN lode.organisation y ON y.id = x.organisation_id
  WHERE x.comparable = n.comparable AND x.form = 'exact' AND y.id <> o.id AND y.country IS DISTINCT FROM o.country)
GROUP BY 1, 2 ORDER BY 1, 4 DESC LIMIT %(most)s
"""
DECIDE = text("""
INSERT INTO lode.organisation_decision (comparable, country, organisation_id, decided_by, decided_at, reason)
VALUES (:comparable, :country, :organisation, :account, now(), :reason)
ON CONFLICT (comparable, country) DO UPDATE SET organisation_id = excluded.organisation_id, decided_by = excluded.decided_by,
  decided_at = excluded.decided_at, reason = excluded.reason
""")


@dataclass(frozen=True, slots=True)
class OpenName:
    """A name in a country that waits for a decision, how many records mention it, one of them, and the candidates."""

    comparable: str
    country: str
    name: str
    mentions: int
    record: tuple[str, str]
    elsewhere: bool
    candidates: tuple[MatchCandidate, ...]


def open_names(connection: Connection, most: int) -> list[OpenName]:
    """Return the names that may mean several organisations, then those that organisations of several countries have."""
    rows = [row for statement in (OPEN, ELSEWHERE) for row in _rows(connection, statement, most)]
    return [
        OpenName(
            *(row["comparable"], row["country"], row["name"], row["mentions"]),
            (row["record_kind"], row["record_id"]),
            row["elsewhere"],
            find(connection, name=row["name"]).candidates,
        )
        for row in rows
    ]


def decide(connection: Connection, name: Mapping[str, str], account: str) -> None:
    """Store which organisation a name means in a country; it is applied by the next import. Raise BadQuery without a reason."""
    reason = name["reason"].strip()
    if len(reason) < SHORTEST_REASON:
        raise BadQuery("reason", reason, msg("%(parameter)s is too short. State the evidence, such as a register entry."))
    if not name["organisation"]:
        raise BadQuery("organisation", "", msg("%(parameter)s is missing. Choose the organisation that the name means."))
    values = {key: name[key] for key in ("comparable", "country", "organisation")}
    connection.execute(DECIDE, {**values, "reason": reason, "account": account})


def _rows(connection: Connection, statement: str, most: int) -> list[Mapping[str, Any]]:
    return [dict(row._mapping) for row in connection.exec_driver_sql(statement, {"most": most})]
