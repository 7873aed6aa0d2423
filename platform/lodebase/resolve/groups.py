"""Which records make one thing together: groups without a weak bond."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST_MEAN = 0.4
"""How likely the pairs between two groups must be on average for them to be one; chosen on the tuning half."""


@dataclass(frozen=True, slots=True)
class Bond:
    """How likely two records are the same thing."""

    a: str
    b: str
    probability: float


def groups(pairs: Iterable[Bond], accept: float) -> tuple[frozenset[str], ...]:
    """The groups of two and more that likely pairs make, each in the order of its least id.

    Likeliest pairs join first. Two groups join when the pairs between them are likely on the whole, a pair that was
    not kept counting as unlikely. So a chain through a district, in which each is like the next, breaks at its
    weakest bond. The order of the pairs changes nothing.
    """
    known: dict[frozenset[str], float] = {}
    for bond in pairs:
        key = frozenset((bond.a, bond.b))
        known[key] = max(bond.probability, known.get(key, 0.0))
    group_of: dict[str, frozenset[str]] = {}
    for key, probability in sorted(known.items(), key=lambda item: (-item[1], sorted(item[0]))):
        if probability < accept:
            break
        first, second = (group_of.get(record, frozenset((record,))) for record in sorted(key))
        if first != second and _belong(first, second, known):
            joined = first | second
            group_of.update(dict.fromkeys(joined, joined))
    return tuple(sorted(set(group_of.values()), key=min))


def _belong(first: frozenset[str], second: frozenset[str], known: Mapping[frozenset[str], float]) -> bool:
    bonds = [known.get(frozenset((a, b)), 0.0) for a in first for b in second]
    return sum(bonds) / len(bonds) >= LEAST_MEAN
