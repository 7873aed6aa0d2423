"""Names of organisations that wait for a decision at the desk, and the decisions."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from lodebase.desk.decisions.decision_rows import NewDecision, record_decision
from lodebase.desk.decisions.reasons import require_reason
from lodebase.errors import BadQuery, NotFound
from lodebase.organisations import MatchCandidate, find
from lodedata.messages import msg

# a name that was decided does not wait, even before the decision is applied
WAITING = """
SELECT m.comparable, coalesce(m.country, '') AS country, min(m.name) AS name, count(*) AS mentions,
  min(ARRAY[m.record_kind, m.record_id]) AS record, m.organisation_id IS NOT NULL AS elsewhere
FROM lode.organisation_mention m {which} AND NOT EXISTS (
  SELECT FROM lode.organisation_decision d WHERE d.comparable = m.comparable AND d.country = coalesce(m.country, ''))
GROUP BY 1, 2, 6 ORDER BY {order} LIMIT %(most)s
"""
OPEN = WAITING.format(which="WHERE m.organisation_id IS NULL", order="4 DESC, 1, 2")
# the same name in several countries: a name alone does not match across them
ELSEWHERE = WAITING.format(
    which="""JOIN lode.organisation o ON o.id = m.organisation_id AND o.derived WHERE EXISTS (
  SELECT FROM lode.organisation_name x JOIN lode.organisation y ON y.id = x.organisation_id
  WHERE x.comparable = m.comparable AND x.form = 'exact' AND y.id <> o.id
    AND y.site_countries IS DISTINCT FROM o.site_countries)""",
    order="1, 4 DESC",
)
KNOWN = text("""
SELECT EXISTS (SELECT FROM lode.organisation_name n WHERE n.organisation_id = :organisation)
  AND EXISTS (SELECT FROM lode.organisation_mention m WHERE m.comparable = :comparable AND coalesce(m.country, '') = :country)
""")


@dataclass(frozen=True, slots=True)
class OpenName:
    """A name in a country that waits for a decision, how often records mention it, one of them, and the candidates.

    ``elsewhere`` is whether organisations of several countries have it; ``record`` is a kind and an identifier.
    """

    comparable: str
    country: str
    name: str
    mentions: int
    record: tuple[str, str]
    elsewhere: bool
    candidates: tuple[MatchCandidate, ...]


def open_names(connection: Connection, most: int) -> list[OpenName]:
    """Return the names that may mean several organisations, then those that organisations of several countries have."""
    rows = [row for statement in (OPEN, ELSEWHERE) for row in connection.exec_driver_sql(statement, {"most": most}).mappings()]
    return [
        OpenName(
            row["comparable"],
            row["country"],
            row["name"],
            row["mentions"],
            tuple(row["record"]),
            row["elsewhere"],
            find(connection, name=row["name"]).candidates,
        )
        for row in rows
    ]


def decide(connection: Connection, name: Mapping[str, str], account: str) -> None:
    """Store which organisation a name means in a country; a background task applies it at once.

    Raise BadQuery without a reason or an organisation, NotFound if the name or the organisation is not in the store.
    """
    reason = name["reason"].strip()
    require_reason(reason, reason[:20])
    if not name["organisation"]:
        raise BadQuery("organisation", "", msg("%(parameter)s is missing. Choose the organisation that the name means."))
    values = {key: name[key] for key in ("comparable", "country", "organisation")}
    if not connection.scalar(KNOWN, values):
        raise NotFound(msg("The name or the organisation is no longer in the data. Open the list of names again."))
    subject = {key: name[key] for key in ("comparable", "country")}
    detail = {"organisation_id": name["organisation"]}
    record_decision(connection, NewDecision("organisation_decision", subject, "means", detail, reason), account)
