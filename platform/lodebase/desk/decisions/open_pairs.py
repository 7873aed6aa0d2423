"""The public list of record pairs behind the figures on resolution: pairs that are open, judged or labelled."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from lodebase.desk.decisions.queue import WAITING
from lodebase.errors import BadQuery
from lodebase.resolve.measure import read_labelled_pairs
from lodedata.messages import msg

VERDICTS = ("same", "different", "linked", "unsure")
STATES = ("waiting", *VERDICTS, "labelled")
MEASURED = "test"
"""The half of the labelled pairs that was held out from training the model."""
_COLUMNS = "a_source, a_key, b_source, b_key, relation"
_WAITING = f"{WAITING} SELECT {_COLUMNS}, probability, NULL AS verdict, NULL AS reason FROM waiting"
_JUDGED = f"SELECT {_COLUMNS}, NULL AS probability, verdict, reason FROM lode.current_judgement WHERE verdict = :verdict"
_PAGE = """
SELECT * FROM ({pairs}) p ORDER BY probability DESC NULLS LAST, a_source, a_key, b_source, b_key LIMIT :limit OFFSET :start
"""
_COUNT_WAITING = text(f"{WAITING} SELECT count(*) FROM waiting")
_COUNT_JUDGED = text("SELECT count(*) FROM lode.current_judgement WHERE verdict = :verdict")


def count_waiting(connection: Connection, least: float, most: float) -> int:
    """Return the number of unjudged pairs between two probabilities."""
    return int(connection.scalar(_COUNT_WAITING, {"from": least, "to": most}) or 0)


def read_source_pairs(
    connection: Connection, state: str, between: tuple[float, float], limit: int, start: int
) -> tuple[list[Mapping[str, Any]], int]:
    """Return pairs of a state by their source rows, most probable first, and their total number. Raise BadQuery if invalid."""
    if state not in STATES:
        raise BadQuery("state", state[:20], msg('%(parameter)s must be one of %(among)s, not "%(value)s".', among=list(STATES)))
    if state == "labelled":
        every = [labelled_pair for labelled_pair in read_labelled_pairs() if labelled_pair.half == MEASURED]
        return [_describe_pair(labelled_pair) for labelled_pair in every[start : start + limit]], len(every)
    parameters = {"from": between[0], "to": between[1], "verdict": state, "limit": limit, "start": start}
    chosen, counted = (_WAITING, _COUNT_WAITING) if state == "waiting" else (_JUDGED, _COUNT_JUDGED)
    rows = connection.execute(text(_PAGE.format(pairs=chosen)), parameters).mappings()
    return [_build_row(row) for row in rows], int(connection.scalar(counted, parameters) or 0)


def _build_row(row: Any) -> dict[str, Any]:
    sides = {side: {"source": row[f"{side}_source"], "key": row[f"{side}_key"]} for side in "ab"}
    return {**sides, **{name: row[name] for name in ("relation", "probability", "verdict", "reason")}}


def _describe_pair(labelled_pair: Any) -> dict[str, Any]:
    sides = {name: {"source": side[0], "key": side[1]} for name, side in (("a", labelled_pair.a), ("b", labelled_pair.b))}
    relation = None if labelled_pair.relation in VERDICTS else labelled_pair.relation
    verdict = "linked" if relation else labelled_pair.relation
    return {**sides, "relation": relation, "probability": None, "verdict": verdict, "reason": labelled_pair.reason}
