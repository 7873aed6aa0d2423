"""Functions on the figures of estimates. Classes and metals are never summed: each function is the largest single figure."""

from collections.abc import Sequence
from dataclasses import replace

from lodebase.query.collections_ import Collection
from lodebase.query.cql2.bounds import Malformed
from lodebase.query.cql2.field_terms import find_commodity, read_category_code
from lodebase.query.cql2.parts import DIGITS_OF_A_FLOAT, FilterPart, join_parts, text
from lodedata.kinds import KINDS
from lodedata.kinds.estimates import ESTIMATES
from lodedata.messages import msg

OWNERS = {kind.collection: kind.owner_column(ESTIMATES) for kind in KINDS.values() if ESTIMATES in kind.children}
"""The collections that have estimates, and the column of an estimate that references its owner."""

MAX_AMOUNTS = {
    "largest_contained_t": "LARGEST_CONTAINED_T('copper') or LARGEST_CONTAINED_T('copper', 'indicated-mineral-resource')",
    "largest_grade_pct": "LARGEST_GRADE_PCT('copper') or LARGEST_GRADE_PCT('copper', 'indicated-mineral-resource')",
    "largest_ore_t": "LARGEST_ORE_T() or LARGEST_ORE_T('indicated-mineral-resource')",
}
"""The functions, each with its notation in CQL2 text."""


def find_owner_column(collection: Collection) -> str:
    """Return the column of an estimate that references its owner. Raise Malformed for a collection without estimates."""
    if collection.name not in OWNERS:
        raise Malformed(
            msg("The collection %(name)s has no estimates. Use %(choices)s.", name=collection.name, choices=list(OWNERS))
        )
    return OWNERS[collection.name]


def select_largest_figure(name: str, parts: Sequence[FilterPart], collection: Collection) -> FilterPart:
    """Return the largest figure of one commodity, or of ore, in an estimate of any category or of one category."""
    find_owner_column(collection)
    terms = [part.literal for part in parts if isinstance(part.literal, str)]
    if len(terms) < len(parts):
        raise Malformed(
            msg(
                "The filter gives %(function)s an argument that is not a text. Write %(largest)s.",
                function=name.upper(),
                largest=MAX_AMOUNTS[name],
            )
        )
    arguments = [] if name == "largest_ore_t" else [text(find_commodity(terms.pop(0)))]
    if terms:
        arguments.append(text(read_category_code(terms[0])))
        name = f"{name}_of_category"
    figure = join_parts("number", name, arguments, f"{name}(...)")
    return replace(figure, digits=DIGITS_OF_A_FLOAT)
