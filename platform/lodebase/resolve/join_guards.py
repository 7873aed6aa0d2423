"""Guards of groups: records that are never served as one unless a person or the concordance says so."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from lodebase.resolve.facts import facts, from_json
from lodebase.resolve.groups import Pair, PairProbability
from lodedata.matching import MatchRecord
from lodedata.matching.guards import is_too_far, may_join


@dataclass(frozen=True, slots=True)
class JoinGuards:
    """The records of likely pairs, and those of which a wrong position is known.

    A position is known to be wrong if a decision joins its record to one that lies too far away. Either of the two may
    be the wrong one, so that the distance of both to other records does not count.
    """

    records: Mapping[str, MatchRecord]
    disputed: Collection[str]

    @classmethod
    def load(
        cls,
        connection: Connection[Any],
        pairs: Iterable[PairProbability],
        accept: float,
        judged: Mapping[Pair, bool],
    ) -> "JoinGuards":
        """Return the guards of pairs with at least the probability ``accept``, and of judgements."""
        likely = [pair for pair in pairs if pair.probability >= accept]
        decided = {frozenset((pair.a, pair.b)) for pair in likely if pair.probability == 1}
        decided |= {pair for pair, same in judged.items() if same}
        ids = {identity for pair in likely for identity in (pair.a, pair.b)} | {one for pair in decided for one in pair}
        records = {record.id: record for record in map(from_json, facts(connection, ids))}
        far = [pair for pair in decided if pair <= records.keys() and is_too_far(*(records[one] for one in pair))]
        return cls(records, frozenset(identity for pair in far for identity in pair))

    def forbid(self, a: str, b: str) -> bool:
        """Return whether a guard applies to two records."""
        if a not in self.records or b not in self.records:
            return False
        return not may_join(self.records[a], self.records[b], may_be_far=a in self.disputed or b in self.disputed)
