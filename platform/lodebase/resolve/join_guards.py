"""Guards of groups: records that are never served as one unless a person or the concordance says so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from lodebase.resolve.facts import parse_facts_json, read_prepared_facts
from lodebase.resolve.groups import Pair, PairProbability
from lodedata.matching import MatchRecord
from lodedata.matching.guards import is_too_far, may_join
from lodedata.normal_form import normalise_search_text


@dataclass(frozen=True, slots=True)
class JoinGuards:
    """The records of likely pairs, those of which a wrong position is known, and namesakes with what was decided of them.

    A position is known to be wrong if a decision joins its record to one that lies too far away. Either of the two may
    be the wrong one, so that the distance of both to other records does not count. What was decided of a record holds for
    its namesakes too: a likely record of another source with the same primary name.
    """

    records: Mapping[str, MatchRecord]
    disputed: Collection[str]
    namesakes: Mapping[str, Collection[str]] = field(default_factory=dict)
    decided: Mapping[Pair, bool] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        connection: Connection[Any],
        pairs: Iterable[PairProbability],
        accept: float,
        judged: Mapping[Pair, bool],
    ) -> "JoinGuards":
        """Return the guards of pairs with at least the probability ``accept``, and of judgements."""
        pairs = list(pairs)
        likely = [pair for pair in pairs if pair.probability >= accept]
        reviewed = {frozenset((pair.a, pair.b)): pair.probability == 1 for pair in pairs if pair.probability in (0, 1)}
        decided = reviewed | dict(judged)
        joined = {pair for pair, same in decided.items() if same}
        ids = {identity for pair in likely for identity in (pair.a, pair.b)} | {
            record_id for pair in joined for record_id in pair
        }
        records = {record.id: record for record in map(parse_facts_json, read_prepared_facts(connection, ids))}
        far = [pair for pair in joined if pair <= records.keys() and is_too_far(*(records[record_id] for record_id in pair))]
        return cls(
            records, frozenset(record_id for pair in far for record_id in pair), find_namesakes(records, likely), decided
        )

    def forbid(self, a: str, b: str) -> bool:
        """Return whether a guard applies to two records, or a decision on the namesake of one separates it from the other."""
        by_namesake = self._find_namesake_decision(a, b)
        if by_namesake is not None:
            return not by_namesake
        if a not in self.records or b not in self.records:
            return False
        return not may_join(self.records[a], self.records[b], may_be_far=a in self.disputed or b in self.disputed)

    def _find_namesake_decision(self, a: str, b: str) -> bool | None:
        """Return what was decided of the namesakes of one record and the other; None if nothing was, or both."""
        pairs = [
            *(frozenset((namesake, b)) for namesake in self.namesakes.get(a, ())),
            *(frozenset((a, namesake)) for namesake in self.namesakes.get(b, ())),
        ]
        decisions = {self.decided[pair] for pair in pairs if pair in self.decided}
        return decisions.pop() if len(decisions) == 1 else None


def find_namesakes(records: Mapping[str, MatchRecord], likely: Iterable[PairProbability]) -> Mapping[str, Collection[str]]:
    """Return the namesakes of each record: of likely pairs, those whose primary names are the same but for punctuation."""
    names = {identity: frozenset(map(normalise_search_text, record.names)) for identity, record in records.items()}
    namesakes = defaultdict(set)
    for pair in likely:
        if names.get(pair.a, frozenset()) & names.get(pair.b, frozenset()):
            namesakes[pair.a].add(pair.b)
            namesakes[pair.b].add(pair.a)
    return namesakes
