"""Deposits and discoveries by their estimates: ore, grade, contained amount, and rules of low-grade ore."""

from collections.abc import Iterator

from lodebase.field_types import Choice, Code, FieldType
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.cql2.estimates import OWNERS
from lodebase.query.filters.row_filter import Node, RowFilter, parse_amount
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import AMOUNT, TEXT, Parameter
from lodedata.figures.low_grade import load_low_grade_rules
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

ESTIMATED = tuple(OWNERS)
AMOUNTS = ("contained_t_min", "contained_t_max", "grade_pct_min", "grade_pct_max", "ore_t_min", "ore_t_max")


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of one estimate that fulfils all, and that of low-grade ore."""
    if any(name in arguments for name in (*AMOUNTS, "estimate_category", "estimate_commodity")):
        yield _estimate(arguments)
    if arguments.get("low_grade"):
        yield cql2.parse_text(load_low_grade_rules()[arguments.read("low_grade", LOW_GRADE)].condition, collection)


def _estimate(arguments: Arguments) -> cql2.Filter:
    amounts = {name: parse_amount(name, arguments[name]) if name in arguments else None for name in AMOUNTS}
    return cql2.estimate(
        category=arguments.read("estimate_category", CATEGORY),
        commodity=arguments.read("estimate_commodity", COMMODITY),
        **amounts,
    )


def _parse_category(text: str) -> str:
    for name in ("resource-category", "reserve-category"):
        if (term := load_vocabulary(name).find(text)) is not None:
            return term.code
    raise ValueError


_LISTED = ["/api/vocabularies/resource-category", "/api/vocabularies/reserve-category"]
CATEGORY = FieldType(
    _parse_category,
    TEXT,
    msg('"%(value)s" is not a code, label or alias. See %(listed)s.', listed=_LISTED),
    msg("Use a code, label or alias. See %(listed)s.", listed=_LISTED),
    msg("The class of the estimate that the amounts refer to."),
)
COMMODITY = Code("commodity")
LOW_GRADE = Choice(
    tuple(load_low_grade_rules()),
    msg("A rule of low-grade ore: the largest grade is at least its cut-off and below its industrial grade."),
)
FILTER = RowFilter(
    (
        Parameter("estimate_category", "filter", CATEGORY.schema, CATEGORY.text, ESTIMATED),
        Parameter("estimate_commodity", "filter", COMMODITY.schema, msg("The commodity of that estimate."), ESTIMATED),
        Parameter(
            "contained_t_min",
            "filter",
            AMOUNT,
            msg("The minimum contained amount in tonnes."),
            ESTIMATED,
        ),
        Parameter(
            "contained_t_max",
            "filter",
            AMOUNT,
            msg("The maximum contained amount in tonnes."),
            ESTIMATED,
        ),
        Parameter("grade_pct_min", "filter", AMOUNT, msg("The minimum grade in per cent."), ESTIMATED),
        Parameter("grade_pct_max", "filter", AMOUNT, msg("The maximum grade in per cent."), ESTIMATED),
        Parameter("ore_t_min", "filter", AMOUNT, msg("The minimum tonnage of ore."), ESTIMATED),
        Parameter("ore_t_max", "filter", AMOUNT, msg("The maximum tonnage of ore."), ESTIMATED),
        Parameter("low_grade", "filter", LOW_GRADE.schema, LOW_GRADE.text, ESTIMATED),
    ),
    parse,
)
