"""Which records make one thing together: groups without a weak bond."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

LEAST_MEAN = 0.4
"""How likely the pairs between two groups must be on average for them to be one; chosen on the tuning half."""
Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Bond:
    """How likely two records are the same thing: 1 or 0 where somebody read both."""

    a: str
    b: str
    probability: float


def groups(
    pairs: Iterable[Bond],
    accept: float,
    judged: Mapping[Pair, bool] | None = None,
    apart: Callable[[str, str], bool] = lambda a, b: False,
) -> tuple[frozenset[str], ...]:
    """The groups of two and more that likely pairs make, each in the order of its least id.

    What was ``judged`` goes first, then what somebody read: the same join, the different never come into one group. Then the
    likeliest pairs join.
    Two groups join when the pairs between them are likely on the whole, a pair that was not kept counting as unlikely. So a
    chain through a district, in which each is like the next, breaks at its weakest bond. Records that are held ``apart`` are
    joined by a judgement only. The order of the pairs changes nothing.
    """
    known: dict[Pair, float] = {}
    for bond in pairs:
        key = frozenset((bond.a, bond.b))
        known[key] = max(bond.probability, known.get(key, 0.0))
    said = dict(judged or {})
    read = {key: probability == 1 for key, probability in known.items() if probability in (0, 1) and key not in said}
    sure = said | read
    group_of: dict[str, frozenset[str]] = {}
    for those in (said, read):
        for key in sorted((key for key, same in those.items() if same), key=sorted):
            _join(group_of, key, lambda a, b: sure.get(frozenset((a, b))) is not False)
    all_known = {**known, **sure}
    for key, probability in sorted(known.items(), key=lambda item: (-item[1], sorted(item[0]))):
        if probability < accept:
            break
        _join(group_of, key, lambda a, b: sure.get(frozenset((a, b)), not apart(a, b)), all_known)
    return tuple(sorted({group for group in group_of.values() if len(group) > 1}, key=min))


def _join(
    group_of: dict[str, frozenset[str]],
    pair: Pair,
    may: Callable[[str, str], bool],
    known: Mapping[Pair, float] | None = None,
) -> None:
    """Join the groups of two records, where all of them may and what is known of them is likely on the whole."""
    first, second = (group_of.get(record, frozenset((record,))) for record in sorted(pair))
    between = [(a, b) for a in first for b in second]
    if first == second or not all(may(a, b) for a, b in between):
        return
    if known is not None and sum(known.get(frozenset(of), 0.0) for of in between) / len(between) < LEAST_MEAN:
        return
    group_of.update(dict.fromkeys(first | second, first | second))
