"""Deposits and discoveries by their estimates: ore, grade, contained amount, and rules of low-grade ore."""

from collections.abc import Iterator

from lodebase.errors import BadQuery
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.cql2.estimates import OWNERS
from lodebase.query.filters.row_filter import Node, RowFilter, parse_amount
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.parameter import AMOUNT, TEXT, Parameter
from lodedata.figures.low_grade import LowGradeRule, load_low_grade_rules
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

ESTIMATED = tuple(OWNERS)
AMOUNTS = ("contained_t_min", "contained_t_max", "grade_pct_min", "grade_pct_max", "ore_t_min", "ore_t_max")


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of one estimate that fulfils all, and that of low-grade ore."""
    if any(name in arguments for name in (*AMOUNTS, "estimate_category", "estimate_commodity")):
        yield _estimate(arguments)
    if arguments.get("low_grade"):
        yield cql2.parse_text(_find_low_grade_rule(arguments["low_grade"]).condition, collection)


def _estimate(arguments: Arguments) -> cql2.Filter:
    amounts = {name: parse_amount(name, arguments[name]) if name in arguments else None for name in AMOUNTS}
    return cql2.estimate(
        category=_parse_code("estimate_category", ("resource-category", "reserve-category"), arguments),
        commodity=_parse_code("estimate_commodity", ("commodity",), arguments),
        **amounts,
    )


def _parse_code(name: str, vocabularies: tuple[str, ...], arguments: Arguments) -> str | None:
    word = arguments.get(name)
    if word is None:
        return None
    code = next((term.code for known in vocabularies if (term := load_vocabulary(known).find(word)) is not None), None)
    if code is None:
        listed = [f"/api/vocabularies/{known}" for known in vocabularies]
        raise BadQuery(
            name, shorten_quoted_value(word), msg('"%(value)s" is not a code, label or alias. See %(listed)s.', listed=listed)
        )
    return code


def _find_low_grade_rule(code: str) -> LowGradeRule:
    rules = load_low_grade_rules()
    if code not in rules:
        sentence = msg('"%(value)s" is not a rule of low-grade ore. Use one of %(choices)s.', choices=list(rules))
        raise BadQuery("low_grade", shorten_quoted_value(code), sentence)
    return rules[code]


FILTER = RowFilter(
    (
        Parameter(
            "estimate_category",
            "filter",
            TEXT,
            msg("The class of the estimate that the amounts refer to."),
            ESTIMATED,
        ),
        Parameter("estimate_commodity", "filter", TEXT, msg("The commodity of that estimate."), ESTIMATED),
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
        Parameter(
            "low_grade",
            "filter",
            {"type": "string", "enum": list(load_low_grade_rules())},
            msg("A rule of low-grade ore: the largest grade is at least its cut-off and below its industrial grade."),
            ESTIMATED,
        ),
    ),
    parse,
)
