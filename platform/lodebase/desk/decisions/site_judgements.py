"""Judgements of people at another Lode, whose records are a source here: stored in its name, and withdrawn with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from lodebase.desk.decisions.judgements import Judgement, judge, undo

CURRENT = text(
    "SELECT id, a_source, a_key, b_source, b_key, verdict, relation, account FROM lode.current_judgement "
    "WHERE a_source = :source AND b_source = :source"
)


@dataclass(frozen=True, slots=True)
class SiteJudgements:
    """What became of the judgements: the numbers of new and withdrawn ones, and those that people here contradict."""

    new: int
    withdrawn: int
    conflicts: tuple[Judgement, ...]


def store_site_judgements(connection: Connection, source: str, judgements: Iterable[Judgement]) -> SiteJudgements:
    """Bring the judgements of a source up to those found; a judgement of people here on the same pair is left as it is."""
    current = {frozenset((row.a_key, row.b_key)): row for row in connection.execute(CURRENT, {"source": source})}
    new, conflicts, listed = 0, list[Judgement](), set[frozenset[str]]()
    for judgement in judgements:
        pair = frozenset((judgement.a.key, judgement.b.key))
        listed.add(pair)
        row = current.get(pair)
        if row is not None and (row.verdict, row.relation) == (judgement.verdict, judgement.relation):
            continue
        if row is not None and row.account != source:
            conflicts.append(judgement)
            continue
        judge(connection, judgement, source)
        new += 1
    gone = [row.id for pair, row in current.items() if row.account == source and pair not in listed]
    for identity in gone:
        undo(connection, identity, source)
    return SiteJudgements(new, len(gone), tuple(conflicts))
