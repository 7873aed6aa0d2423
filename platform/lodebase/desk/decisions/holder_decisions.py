"""Decisions of experts on whether the name of a holder, bidder or officer is that of a body or of a natural person.

The signs in a name propose; an expert decides, and may undo it. Names of persons are in no message and no audit trail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from lodebase.db.engine import MAX_BIGINT
from lodebase.desk.decisions.decision_rows import NewDecision, record_decision, undo_decision
from lodebase.desk.decisions.reasons import require_reason
from lodebase.errors import BadQuery, NotFound
from lodedata.messages import msg
from lodedata.rights.natural_persons import MASKED, name_key

MAX_HOLDER_CHARACTERS = 300
MAX_LISTED_HOLDERS = 200
CHOICES = ("organisation", "natural-person")
_KEY = "lower(btrim(regexp_replace({name}, '\\s+', ' ', 'g')))"
WAITING = text(f"""
SELECT min(w.name) AS name, count(*) AS rows, min(w.source) AS source, count(*) OVER () AS names
FROM lode.withheld_name w WHERE NOT EXISTS (
  SELECT FROM lode.holder_decision d WHERE d.undone_at IS NULL AND d.key = {_KEY.format(name="w.name")})
GROUP BY {_KEY.format(name="w.name")} ORDER BY 2 DESC, 1 LIMIT :most OFFSET :skip
""")
DECIDED = text("""
SELECT number, name, holder_kind, reason, decided_by, decided_at, undone_by, undone_at, applied
FROM lode.holder_decision ORDER BY number DESC LIMIT :most
""")
KNOWN = text(f"""
SELECT EXISTS (SELECT FROM lode.withheld_name WHERE {_KEY.format(name="name")} = :key)
  OR EXISTS (SELECT FROM lode.holder_decision WHERE key = :key)
  OR EXISTS (SELECT FROM lode.organisation_mention WHERE {_KEY.format(name="name")} = :key)
""")
IN_FORCE = text("SELECT id FROM lode.holder_decision WHERE number = :number AND undone_at IS NULL")


@dataclass(frozen=True, slots=True)
class WithheldName:
    """A name that no sign makes that of a body, the number of rows that have it, and one of their sources."""

    name: str
    rows: int
    source: str


@dataclass(frozen=True, slots=True)
class HolderDecision:
    """A decision on a name, who made it, and who undid it."""

    number: int
    name: str
    holder_kind: str
    reason: str
    decided_by: str
    decided_at: datetime
    undone_by: str | None
    undone_at: datetime | None
    applied: bool


def read_undecided_names(connection: Connection, skip: int, most: int) -> tuple[list[WithheldName], int]:
    """Return withheld names without a decision, those of most rows first, and the total number."""
    rows = connection.execute(WAITING, {"skip": skip, "most": most}).all()
    return [WithheldName(row.name, row.rows, row.source) for row in rows], rows[0].names if rows else 0


def read_holder_decisions(connection: Connection) -> list[HolderDecision]:
    """Return the latest decisions, latest first, undone ones too."""
    return [HolderDecision(**row) for row in connection.execute(DECIDED, {"most": MAX_LISTED_HOLDERS}).mappings()]


def decide(connection: Connection, form: Mapping[str, str], account: str) -> None:
    """Store whether a name is that of a body or of a person, instead of an earlier decision; it is applied at once.

    Raise BadQuery for a wrong value, NotFound if no record has the name.
    """
    name, reason, kind = form["name"], form["reason"], form["holder_kind"]
    key = name_key(name)
    if not name or len(name) > MAX_HOLDER_CHARACTERS or key in MASKED:
        raise BadQuery("name", "", msg("%(parameter)s is missing. Enter the name as the source prints it."))
    if kind not in CHOICES:
        raise BadQuery("holder_kind", kind[:40], msg("Choose whether the name is that of a body or of a natural person."))
    require_reason(reason)
    # a person may be named in a text alone
    if kind == "organisation" and not connection.scalar(KNOWN, {"key": key}):
        raise NotFound(msg("No holder, bidder or officer here has this name. Enter it as the source prints it."))
    record_decision(connection, NewDecision("holder_decision", {"key": key}, kind, {"name": name}, reason), account)


def undo(connection: Connection, number: int, account: str) -> None:
    """Undo a decision: the signs in the name count again. Raise NotFound if it is undone already."""
    identity = connection.scalar(IN_FORCE, {"number": min(number, MAX_BIGINT)})
    if identity is None:
        raise NotFound(msg("There is no decision of this number that can be undone. Open the page again."))
    undo_decision(connection, identity, account)
