"""The cost of a filter for the planner and for each row, counted from its shape and compared with the limits."""

from collections import Counter
from collections.abc import Mapping

from lodebase.query.cql2.bounds import require
from lodebase.query.cql2.nodes import Filter, OperatorCall, Shape

COUNTED: Mapping[str, str] = {
    "^": "powers",
    "casei": "folds",
    "accenti": "folds",
    "each_casei": "folds",
    "each_accenti": "folds",
}
"""The limit that an operation counts towards in addition to that of all operations; figures and relations have a prefix."""
PREFIXES: Mapping[str, str] = {"largest_": "figures", "estimate": "figures", "s_": "relations"}


def check_cost(filter: Filter) -> None:
    """Raise Malformed if the filter has more operations, or more costly ones, than are allowed."""
    counts: Counter[str] = Counter()
    waiting: list[Shape] = [filter.shape]
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, OperatorCall):
            counts["operations"] += 1
            kind = COUNTED.get(shape.name) or next(
                (PREFIXES[prefix] for prefix in PREFIXES if shape.name.startswith(prefix)), None
            )
            counts.update([kind] if kind is not None else [])
            waiting.extend(shape.operands)
    for name, count in sorted(counts.items()):
        require(name, count)
