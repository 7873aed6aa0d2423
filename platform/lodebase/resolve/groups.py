"""Groups of records of one site or deposit, without weak links."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

MIN_MEAN = 0.4
"""Least mean probability of the pairs between two groups that are joined; chosen on the tuning half."""
Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class PairProbability:
    """The probability that two records are the same; 1 or 0 if their rows were reviewed."""

    a: str
    b: str
    probability: float


def form_record_groups(
    pairs: Iterable[PairProbability],
    accept: float,
    judgements: Mapping[Pair, bool] | None = None,
    apart: Callable[[str, str], bool] = lambda a, b: False,
) -> tuple[frozenset[str], ...]:
    """Return the groups of two and more records that likely pairs form, in the order of their least ids.

    Judgements of people apply first, then reviewed pairs: the same are joined, different ones never are. Where they contradict
    each other, the pair that most others support is joined first. Then the most probable pairs are joined. Two groups are
    joined if the mean probability of the pairs between them is sufficient; a pair that is not stored counts as 0. So a chain
    through a district, in which each is like the next, breaks at its weakest link. Records that are ``apart`` are joined by a
    judgement only. The order of the pairs does not matter.
    """
    probabilities: dict[Pair, float] = {}
    for bond in pairs:
        key = frozenset((bond.a, bond.b))
        probabilities[key] = max(bond.probability, probabilities.get(key, 0.0))
    judged = dict(judgements or {})
    reviewed = {
        key: probability == 1 for key, probability in probabilities.items() if probability in (0, 1) and key not in judged
    }
    decided = judged | reviewed
    group_of: dict[str, frozenset[str]] = {}
    for decisions in (judged, reviewed):
        support = _count_support(decisions)
        for key in sorted(support, key=lambda key: (-support[key], sorted(key))):
            _join(group_of, key, lambda a, b: decided.get(frozenset((a, b))) is not False)
    all_known = {**probabilities, **decided}
    for key, probability in sorted(probabilities.items(), key=lambda item: (-item[1], sorted(item[0]))):
        if probability < accept:
            break
        _join(group_of, key, lambda a, b: decided.get(frozenset((a, b)), not apart(a, b)), all_known)
    return tuple(sorted({group for group in group_of.values() if len(group) > 1}, key=min))


def _count_support(decisions: Mapping[Pair, bool]) -> dict[Pair, int]:
    """Return for each joining decision how many third records it agrees on, less those it contradicts.

    Two records agree on a third that is the same as both, and contradict each other on one that is the same as one only.
    """
    verdicts: dict[str, dict[str, bool]] = {}
    for (record_id, other), same in ((sorted(key), same) for key, same in decisions.items()):
        verdicts.setdefault(record_id, {})[other] = same
        verdicts.setdefault(other, {})[record_id] = same
    support = {}
    for key in (key for key, same in decisions.items() if same):
        record_id, other = sorted(key)
        both = [
            (verdicts[record_id][third], verdicts[other][third])
            for third in verdicts[record_id].keys() & verdicts[other].keys()
        ]
        support[key] = sum(1 if all(pair) else -1 for pair in both if any(pair))
    return support


def _join(
    group_of: dict[str, frozenset[str]],
    pair: Pair,
    may: Callable[[str, str], bool],
    probabilities: Mapping[Pair, float] | None = None,
) -> None:
    """Join the groups of two records if all their pairs may be joined and their mean probability is sufficient."""
    record_id, other = sorted(pair)
    first, second = (group_of.get(record, frozenset((record,))) for record in (record_id, other))
    # most pairs of a large group come after it was formed
    if other in first:
        return
    between = [(a, b) for a in first for b in second]
    if not all(may(a, b) for a, b in between):
        return
    if probabilities is not None and sum(probabilities.get(frozenset(of), 0.0) for of in between) / len(between) < MIN_MEAN:
        return
    group_of.update(dict.fromkeys(first | second, first | second))
