"""Values that people propose in addition to those of the sources; each is accepted or declined, and none is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, text

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.decision_kinds import POSITION_CRS
from lodebase.db.schema.desk_tables import proposal, proposal_step
from lodebase.desk.decisions.decision_rows import NewDecision, record_decision, undo_decision
from lodebase.desk.decisions.judgements import JudgementRow
from lodebase.errors import BadQuery, NotFound
from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodedata.choice.expert_values import POSITION
from lodedata.choice.figure_judgements import is_figure_name
from lodedata.messages import msg
from lodedata.vocab import describe_unknown_term, load_vocabulary

MAX_TEXT_CHARACTERS = 2_000
FOLLOWING_STATES: Mapping[str, tuple[str, ...]] = {
    "proposed": ("accepted", "declined"),
    "accepted": ("withdrawn",),
}
"""The states that a proposal may take after another."""
LEADING = text(
    "SELECT s.source, s.key FROM lode.member m JOIN lode.source_record s ON s.id = m.source_record_id "
    "WHERE m.record_id = :id AND m.leads ORDER BY s.id LIMIT 1"
)
_LISTED = """
SELECT p.*, coalesce(s.state, 'proposed') AS state, s.account AS by, s.at AS decided_at, s.words, s.decision
FROM lode.proposal p LEFT JOIN LATERAL (
  SELECT * FROM lode.proposal_history t WHERE t.number = p.number
  ORDER BY t.decision IS NULL, t.at DESC, t.place DESC LIMIT 1) s ON true
"""
# if two people decide on a proposal at once, the second waits here and then sees what the first did
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('proposal'), CAST(:number % 2147483647 AS integer))")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for a field of a record, the source that states it, and the reason."""

    collection: str
    record_id: str
    record_name: str
    row: JudgementRow
    field: str
    value: Any
    was: Any
    cited: str
    reason: str


def find_leading_row(connection: Connection, identity: str) -> JudgementRow:
    """Return the leading source row of a record. Raise NotFound if there is no such record."""
    row = connection.execute(LEADING, {"id": identity}).first()
    if row is None:
        raise NotFound(msg("There is no record %(name)r.", name=identity))
    return JudgementRow(row.source, row.key)


def list_proposable_fields(collection: Collection) -> list[Field]:
    """Return the fields of a collection that a person may propose a value for."""
    return [field for field in collection.fields if field.proposed]


def read_value(collection: Collection, name: str, entered: str) -> Any:
    """Return the value of a text for a field: a vocabulary code, a number, a position. Raise BadQuery if it is invalid."""
    if not entered or len(entered) > MAX_TEXT_CHARACTERS:
        raise BadQuery(
            "value",
            entered[:20],
            msg("%(parameter)s must have %(shortest)s to %(longest)s characters.", shortest=1, longest=MAX_TEXT_CHARACTERS),
        )
    if name == POSITION:
        return _position(entered)
    if is_figure_name(name):
        return _find_term("figure-judgement", entered)
    field = next((choice for choice in list_proposable_fields(collection) if choice.name == name), None)
    if field is None:
        raise BadQuery("field", name[:40], msg("The property %(value)s can't be given by a person."))
    if field.vocabulary is not None:
        return _find_term(field.vocabulary, entered)
    if field.partial_date:
        return _parse_date(entered)
    return _number(entered, field.type) if field.type in ("number", "integer") else entered


def _find_term(name: str, entered: str) -> str:
    """Return the code of a text in a vocabulary. Raise BadQuery for a word that is not in it."""
    term = load_vocabulary(name).find(entered)
    if term is None:
        raise BadQuery("value", entered[:40], describe_unknown_term(name))
    return term.code


def propose(connection: Connection, new_proposal: Proposal, account: str, accepted: bool) -> int:
    """Store a proposal, accepted at once if the account may decide, and return its number. Raise BadQuery if it is invalid."""
    for name, entered in (("cited", new_proposal.cited), ("reason", new_proposal.reason)):
        if not entered or len(entered) > MAX_TEXT_CHARACTERS:
            raise BadQuery(
                name,
                entered[:20],
                msg(
                    "%(parameter)s must have 1 to %(longest)s characters. Each value needs its source and a reason.",
                    longest=MAX_TEXT_CHARACTERS,
                ),
            )
    values = {
        "collection": new_proposal.collection,
        "record_id": new_proposal.record_id,
        "record_name": new_proposal.record_name,
    }
    values |= {
        "field": new_proposal.field,
        "value": new_proposal.value,
        "was": new_proposal.was,
        "cited": new_proposal.cited,
        "reason": new_proposal.reason,
    }
    statement = insert(proposal).values(source=new_proposal.row.source, key=new_proposal.row.key, account=account, **values)
    number = int(connection.execute(statement.returning(proposal.c.number)).scalar_one())
    if accepted:
        decide(connection, number, "accepted", None, account)
    return number


def decide(connection: Connection, number: int, state: str, reason: str | None, account: str) -> None:
    """Accept, decline or withdraw a proposal: a decision, a step, or a row that undoes the decision.

    Raise NotFound, or BadQuery if not allowed.
    """
    connection.execute(LOCK, {"number": min(number, MAX_BIGINT)})
    proposal_row = read_proposal(connection, number)
    if state not in FOLLOWING_STATES.get(proposal_row["state"], ()):
        raise BadQuery(
            "state", state[:20], msg("A proposal that is %(state)s can't become %(value)s.", state=proposal_row["state"])
        )
    if state != "accepted" and not reason:
        raise BadQuery("reason", "", msg("Give a reason."))
    if state == "accepted":
        record_decision(connection, build_decision(proposal_row, reason), account)
    elif state == "withdrawn":
        undo_decision(connection, proposal_row["decision"], account, reason)
    else:
        step = {"number": number, "state": state, "words": reason, "account": account}
        connection.execute(insert(proposal_step).inline().values(**step))


def build_decision(row: Mapping[str, Any], note: str | None) -> NewDecision:
    """Return the decision that accepts a proposal; ``note`` is what the person who accepts it adds."""
    subject = {"record_id": row["record_id"], "field": row["field"]}
    names = ("value", "cited", "collection", "source", "key")
    detail = {**{name: row[name] for name in names}, "proposal": row["number"], "note": note or None}
    if row["field"] == POSITION:
        return NewDecision("position", subject, "lies-at", {**detail, "crs": POSITION_CRS}, row["reason"])
    field = COLLECTIONS[row["collection"]].field(row["field"])
    return NewDecision("value", subject, "is", {**detail, "unit": field and field.unit}, row["reason"])


def read_proposal(connection: Connection, number: int) -> dict[str, Any]:
    """Return a proposal with its state. Raise NotFound if there is none of this number."""
    statement = text(f"SELECT * FROM ({_LISTED}) l WHERE number = :number")
    row = connection.execute(statement, {"number": min(number, MAX_BIGINT)}).mappings().first()
    if row is None:
        raise NotFound(msg("There is no proposal %(name)s.", name=number))
    return dict(row)


def read_proposals(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the proposals: open ones first, oldest first; then the others, latest first."""
    order = "state <> 'proposed', CASE WHEN state <> 'proposed' THEN -number END, number"
    rows = connection.execute(text(f"SELECT * FROM ({_LISTED}) l ORDER BY {order} LIMIT :limit"), {"limit": limit})
    return [dict(row) for row in rows.mappings()]


def _number(entered: str, kind: str) -> float | int:
    try:
        number = float(entered)
    except ValueError:
        raise BadQuery("value", entered[:40], msg('"%(value)s" is not a number.')) from None
    if not 0 <= number <= 1e7 or (kind == "integer" and not number.is_integer()):
        raise BadQuery("value", entered[:40], msg("The field can't have the number %(value)s."))
    if kind == "integer" and number > date.today().year:
        raise BadQuery("value", entered[:40], msg("%(value)s is in the future."))
    return int(number) if kind == "integer" else number


def _parse_date(entered: str) -> str:
    """Return a year, a month or a day in the format of the sources' dates. Raise BadQuery if it is invalid."""
    form = {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d"}.get(len(entered))
    try:
        day = datetime.strptime(entered, form or "").date()
    except ValueError:
        raise BadQuery(
            "value", entered[:40], msg('"%(value)s" is not a date. Write it as 2019, 2019-05 or 2019-05-31.')
        ) from None
    if day > date.today():
        raise BadQuery("value", entered[:40], msg("%(value)s is in the future."))
    return entered


def _position(entered: str) -> list[float]:
    """Return longitude and latitude in degrees, WGS 84."""
    try:
        lon, lat = (float(part) for part in entered.replace("，", ",").split(","))
    except ValueError:
        raise BadQuery(
            "value", entered[:40], msg('"%(value)s" is not a position. Write longitude, latitude such as 121.37, -2.53.')
        ) from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadQuery("value", entered[:40], msg('"%(value)s" is out of range. Write longitude first.'))
    return [lon, lat]
