"""Guards of groups: records that are never served as one unless a person or the concordance says so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from lodebase.resolve.facts import parse_facts_json, read_prepared_facts
from lodebase.resolve.groups import Pair, PairProbability
from lodedata.matching import MatchRecord
from lodedata.matching.evidence.figures import compare_figures
from lodedata.matching.guards import is_too_far, may_join
from lodedata.matching.pair import record_pair
from lodedata.normal_form import normalise_search_text


@dataclass(frozen=True, slots=True)
class JoinGuards:
    """The records of likely pairs, those of which a wrong position is known, and namesakes with what was decided of them.

    A position is known to be wrong if a decision joins its record to one that lies too far away. Either of the two may
    be the wrong one, so that the distance of both to other records does not count. What was decided of a record holds for
    its namesakes too: a likely record of another source with the same primary name.

    Guards of names do not separate a deposit from one that is likely the same as one of its ``doubles``: namesakes, and
    deposits with one figure in common. So Bingham Canyon of one source joins the group of another one's Bingham Canyon
    and Bingham.
    """

    records: Mapping[str, MatchRecord]
    disputed: Collection[str]
    namesakes: Mapping[str, Collection[str]] = field(default_factory=dict)
    decided: Mapping[Pair, bool] = field(default_factory=dict)
    doubles: Mapping[str, Collection[str]] = field(default_factory=dict)
    likely: Collection[Pair] = frozenset()

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
        namesakes = find_namesakes(records, likely)
        return cls(
            records=records,
            disputed=frozenset(record_id for pair in far for record_id in pair),
            namesakes=namesakes,
            decided=decided,
            doubles=find_doubles(records, likely, namesakes),
            likely=frozenset(frozenset((pair.a, pair.b)) for pair in likely),
        )

    def forbid(self, a: str, b: str) -> bool:
        """Return whether a guard applies to two records, or a decision on the namesake of one separates it from the other."""
        by_namesake = self._find_namesake_decision(a, b)
        if by_namesake is not None:
            return not by_namesake
        if a not in self.records or b not in self.records:
            return False
        return not self._may_join(a, b, whatever_names=self._is_likely_by_double(a, b))

    def _may_join(self, a: str, b: str, whatever_names: bool = False) -> bool:
        may_be_far = a in self.disputed or b in self.disputed
        return may_join(self.records[a], self.records[b], may_be_far=may_be_far, whatever_names=whatever_names)

    def _is_likely_by_double(self, a: str, b: str) -> bool:
        """Return whether a double of one record is likely the same as the other one, and no guard separates these two."""
        pairs = (*((double, b) for double in self.doubles.get(a, ())), *((a, double) for double in self.doubles.get(b, ())))
        return any(frozenset(pair) in self.likely and self._may_join(*pair) for pair in pairs)

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


def find_doubles(
    records: Mapping[str, MatchRecord], likely: Iterable[PairProbability], namesakes: Mapping[str, Collection[str]]
) -> Mapping[str, Collection[str]]:
    """Return the deposits that are surely the same as each one: of likely pairs, namesakes and those with one figure."""
    doubles = defaultdict(set)
    for pair in likely:
        first, second = records[pair.a], records[pair.b]
        if not first.kind == second.kind == "deposit":
            continue
        if pair.b in namesakes.get(pair.a, ()) or compare_figures(record_pair(first, second)) is not None:
            doubles[pair.a].add(pair.b)
            doubles[pair.b].add(pair.a)
    return doubles
