"""Baselines of milestones that experts enter: a later one follows the last one and has a reason; none is overwritten."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, insert
from sqlalchemy import text as sql

from lodebase.db.schema.desk_tables import baseline_entry
from lodebase.desk.decisions import reasons
from lodebase.errors import BadQuery, NotFound
from lodedata.cells import Unreadable, parse_partial_date
from lodedata.messages import msg

SEARCHED = sql("""
SELECT m.id, m.name_en, m.name_zh, m.project, m.phase, m.milestone_type, m.baseline_no, m.baseline_date, m.expected_date,
  m.actual_date, count(*) OVER () AS matched
FROM lode.milestone m
WHERE m.id = :q OR concat_ws(' ', m.name_en, m.name_zh, m.project) ILIKE '%' || :q || '%'
ORDER BY coalesce(m.name_en, m.name_zh, m.project), m.project, m.phase, m.baseline_date, m.id LIMIT :most
""")
EARLIER = sql("""
SELECT DISTINCT ON (id, baseline_no) id, baseline_no, baseline_date, baseline_reason, agreed_by FROM (
  SELECT id, baseline_no, baseline_date, baseline_reason, agreed_by, NULL AS until_version FROM lode.milestone
  UNION ALL
  SELECT id, baseline_no, baseline_date, baseline_reason, agreed_by, until_version FROM lode_history.milestone
) every WHERE id = ANY (:ids) AND baseline_no IS NOT NULL ORDER BY id, baseline_no DESC, until_version DESC NULLS FIRST
""")
LAST = sql("SELECT baseline_no, baseline_date FROM lode.milestone WHERE id = :id")
LATEST = sql("SELECT * FROM lode.baseline_entry ORDER BY number DESC LIMIT :most")
WAITING = sql("SELECT EXISTS (SELECT FROM lode.baseline_entry WHERE milestone_id = :id AND state = 'waiting')")


def find_milestones(connection: Connection, q: str, most: int) -> list[dict[str, Any]]:
    """Return the milestones with a text in their names or the key of their project, each with its baselines, latest first."""
    milestones = [dict(row) for row in connection.execute(SEARCHED, {"q": q, "most": most}).mappings()]
    baselines: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(EARLIER, {"ids": [milestone["id"] for milestone in milestones]}).mappings():
        baselines.setdefault(row["id"], []).append(dict(row))
    return [milestone | {"baselines": baselines.get(milestone["id"], [])} for milestone in milestones]


def read_latest_baselines(connection: Connection, most: int) -> Sequence[RowMapping]:
    """Return the latest entries, latest first."""
    return connection.execute(LATEST, {"most": most}).mappings().all()


def enter(reader: Connection, connection: Connection, form: Mapping[str, str], account: str) -> None:
    """Store the next baseline of a milestone, which a background task applies at once.

    Raise BadQuery for a wrong number or date or without a reason, NotFound for a milestone that is not here.
    """
    milestone, number, reason = form["milestone"], form["baseline_no"], form["baseline_reason"]
    last = reader.execute(LAST, {"id": milestone}).first()
    if last is None:
        raise NotFound(msg("There is no record %(name)r.", name=milestone[:80]))
    following = (last.baseline_no or 0) + 1
    if number != str(following):
        following_number = msg("%(parameter)s must be %(following)s, the number after the last baseline.", following=following)
        raise BadQuery("baseline_no", number[:10], following_number)
    planned = _parse_date(form["baseline_date"])
    if following > 1 and not reason:
        raise BadQuery("baseline_reason", "", msg("%(parameter)s is missing. Enter why the plan changed."))
    if max(len(reason), len(form["agreed_by"])) > reasons.MAX_REASON_CHARACTERS:
        too_long = msg(
            "%(parameter)s is longer than %(longest)s characters. Shorten it.", longest=reasons.MAX_REASON_CHARACTERS
        )
        raise BadQuery("baseline_reason", reason[:20], too_long)
    if connection.scalar(WAITING, {"id": milestone}):
        raise BadQuery("milestone", milestone, msg("A baseline of this milestone waits to be applied. Load the page again."))
    values = {"milestone_id": milestone, "baseline_no": following, "baseline_date": planned}
    values |= {"baseline_reason": reason or None, "agreed_by": form["agreed_by"] or None, "entered_by": account}
    connection.execute(insert(baseline_entry).values(values))


def _parse_date(text: str) -> str:
    try:
        partial_date = parse_partial_date(text)
    except Unreadable:
        partial_date = None
    if partial_date is None:
        raise BadQuery("baseline_date", text[:20], msg("%(parameter)s is not a date. Write 2027, 2027-06 or 2027-06-30."))
    return str(partial_date)
