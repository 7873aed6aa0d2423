"""The compiler from a filter's shape to an SQL expression, with values bound by name in the order of the shape.

Nothing here can fail on a row: kinds are checked, arithmetic is decimal and guarded, patterns and dates are valid.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Function,
    Select,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, BOOLEAN, BYTEA, DATE, DOUBLE_PRECISION, NUMERIC, TEXT, array
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.types import TypeEngine

from lodebase.db.schema.tables import estimate, estimate_measure
from lodebase.query.collections_ import Collection
from lodebase.query.cql2.dates import COMPARISONS, RELATIONS
from lodebase.query.cql2.estimates import find_owner_column
from lodebase.query.cql2.nodes import Constant, Filter, OperatorCall, Placeholder, Property, Shape
from lodebase.query.cql2.related_rows import RELATED
from lodebase.query.cql2.relations import SPATIAL

Expression = ColumnElement[Any]

_TYPES: dict[str, TypeEngine[Any]] = {
    "text": TEXT(),
    "number": DOUBLE_PRECISION(),
    "exact": NUMERIC(),
    "date": DATE(),
    "texts": ARRAY(TEXT()),
    "numbers": ARRAY(DOUBLE_PRECISION()),
    "exacts": ARRAY(NUMERIC()),
    "dates": ARRAY(DATE()),
    "geometry": BYTEA(),
}


def build_filter_condition(shape: Shape, collection: Collection, table: FromClause, prefix: str = "f") -> ColumnElement[bool]:
    """Return the condition of a filter's shape on the rows of a collection's table; its values are f0, f1 and so on.

    Raise Malformed if it uses estimates of a collection that has none.
    """
    return _Compiler(collection, table, prefix).expression(shape)


def collect_bound_values(filter: Filter, prefix: str = "f") -> dict[str, Any]:
    """Return the values of a filter by the names that its condition uses."""
    return {f"{prefix}{n}": list(value) if isinstance(value, tuple) else value for n, value in enumerate(filter.values)}


class _Compiler:
    """Compiles one shape; operands are taken from left to right, in the order of their values."""

    def __init__(self, collection: Collection, table: FromClause, prefix: str) -> None:
        self._collection = collection
        self._table = table
        self._names = (f"{prefix}{n}" for n in count())

    def expression(self, shape: Shape) -> Expression:
        """Return the SQL expression of a shape."""
        match shape:
            case Property(name):
                return self._table.c[name]
            case Placeholder(form):
                expression: Expression = cast(bindparam(next(self._names)), _TYPES[form])
                return Function("ST_GeomFromWKB", expression, _write_constant("4326")) if form == "geometry" else expression
            case Constant(value):
                return _write_constant("true" if value else "false")
            case OperatorCall("estimate", operands):
                return self._estimate(operands)
            case OperatorCall(name, operands) if name in RELATED:
                return RELATED[name](self._table, *(self.expression(operand) for operand in operands))
            case OperatorCall(name, operands) if name in _LARGEST:
                return self._select_largest(name, [self.expression(operand) for operand in operands])
            case OperatorCall(name, operands) if name in _BY_TYPE:
                return _BY_TYPE[name](self._find_type(operands[0]), *(self.expression(operand) for operand in operands))
            case OperatorCall(name, operands):
                return _OPERATIONS[name](*(self.expression(operand) for operand in operands))

    def _find_type(self, shape: Shape) -> str:
        field = self._collection.field(shape.name) if isinstance(shape, Property) else None
        return "string" if field is None else field.type

    def _estimate(self, operands: tuple[Shape, ...]) -> Expression:
        """Return whether one estimate, with one of its measures if the filter uses them, meets all conditions."""
        comparisons = [(part.name, self.expression(part.operands[0])) for part in operands if isinstance(part, OperatorCall)]
        conditions = [_OF_AN_ESTIMATE[name](value) for name, value in comparisons]
        return exists(self._select_figures(_ONE, any(name in OF_A_MEASURE for name, _ in comparisons)).where(*conditions))

    def _select_largest(self, name: str, arguments: list[Expression]) -> Expression:
        figure = _LARGEST[name]
        statement = self._select_figures(func.max(figure), figure.table is estimate_measure)
        if figure.table is estimate_measure:
            statement = statement.where(estimate_measure.c.commodity == arguments[0])
        if name.endswith(OF_CATEGORY):
            statement = statement.where(estimate.c.category == arguments[-1])
        return statement.scalar_subquery()

    def _select_figures(self, selected: Expression, with_measures: bool) -> Select[Any]:
        owner = estimate.c[find_owner_column(self._collection)] == self._table.c.id
        statement = select(selected).select_from(estimate).where(owner).correlate(self._table)
        return statement.join(estimate_measure, estimate_measure.c.estimate_id == estimate.c.id) if with_measures else statement


def _write_constant(sql: str) -> Expression:
    """Return one of our own constants as a literal of the SQL text."""
    return literal_column(sql)


def _fold_case(text: Expression) -> Expression:
    # upper first: it unifies letters that have two lower-case forms, and lower leaves the sharp s unchanged
    return func.replace(func.lower(func.upper(text)), _write_constant("'ß'"), _write_constant("'ss'"))


def _fold_accents(text: Expression) -> Expression:
    return func.regexp_replace(
        func.normalize(text, _write_constant("NFD")),
        _write_constant(r"'[\u0300-\u036f]'"),
        _write_constant("''"),
        _write_constant("'g'"),
    )


def _fold_each(fold: Callable[[Expression], Expression]) -> Callable[[Expression], Expression]:
    """Return the fold of every text of an array, evaluated once per statement."""

    def folded(texts: Expression) -> Expression:
        each = func.unnest(texts).table_valued(column("word", TEXT)).render_derived()
        return func.array(select(fold(each.c.word)).select_from(each).scalar_subquery())

    return folded


def _match_any(kind: str, value: Expression, texts: Expression) -> Expression:
    return value.bool_op("&&")(texts) if kind == "array" else value == any_(texts)


def _take_first_day(kind: str, value: Expression) -> Expression:
    return value if kind == "date" else cast(func.left(value.concat(_write_constant("'-01-01'")), _write_constant("10")), DATE)


def _take_last_day(kind: str, value: Expression) -> Expression:
    if kind == "date":
        return value
    first_of_next = cast(value.concat(_write_constant("'-01'")), DATE) + _write_constant("interval '1 month'")
    return case(
        (func.length(value) == _write_constant("4"), cast(value.concat(_write_constant("'-12-31'")), DATE)),
        (func.length(value) == _write_constant("7"), cast(first_of_next - _write_constant("interval '1 day'"), DATE)),
        else_=cast(value, DATE),
    )


def _compare_since(kind: str, value: Expression, day: Expression) -> Expression:
    return value >= (cast(day, DATE) if kind == "date" else func.left(day, func.length(value)))


def _compare_until(kind: str, value: Expression, day: Expression) -> Expression:
    return value <= (cast(day, DATE) if kind == "date" else func.left(day, func.length(value)))


def _compute_power(base: Expression, exponent: Expression) -> Expression:
    """Return a power between 1e-150 and 1e150, otherwise null.

    Both operands are unnested first, so each is calculated once and the planner cannot evaluate what the guards exclude.
    """
    both = (
        func.unnest(array([base]), array([exponent])).table_valued(column("x", NUMERIC), column("y", NUMERIC)).render_derived()
    )
    x, y = both.c.x, both.c.y
    float_x, float_y = cast(x, DOUBLE_PRECISION), cast(y, DOUBLE_PRECISION)
    none, zero = _write_constant("NULL::numeric"), _write_constant("0")
    in_range = and_(
        func.abs(x).between(_write_constant("1e-150"), _write_constant("1e150")),
        func.abs(y).between(_write_constant("1e-100"), _write_constant("1e6")),
    )
    power = case(
        (y == zero, _write_constant("1")),
        (and_(x == zero, y > zero), zero),
        (or_(x == zero, not_(in_range)), none),
        (and_(x < zero, y != func.trunc(y)), none),
        (func.abs(func.ln(func.abs(float_x)) * float_y) > _write_constant("345"), none),
        else_=cast(func.power(float_x, float_y), NUMERIC),
    )
    return select(power).select_from(both).scalar_subquery()


def _exclude_zero(value: Expression) -> Expression:
    return func.nullif(value, _write_constant("0"))


def _build_relation(name: str) -> Callable[..., Expression]:
    return lambda *ends: and_(*RELATIONS[name](*ends))


def _build_spatial_call(name: str) -> Callable[..., Expression]:
    return lambda left, right: Function(name, left, right, type_=BOOLEAN())


_ONE = _write_constant("1")

OF_CATEGORY = "_of_category"
OF_A_MEASURE = frozenset({"commodity", "contained_t_min", "contained_t_max", "grade_pct_min", "grade_pct_max"})

_OF_AN_ESTIMATE: dict[str, Callable[[Expression], Expression]] = {
    "category": lambda value: estimate.c.category == value,
    "ore_t_min": lambda value: estimate.c.ore_t >= value,
    "ore_t_max": lambda value: estimate.c.ore_t <= value,
    "commodity": lambda value: estimate_measure.c.commodity == value,
    "contained_t_min": lambda value: estimate_measure.c.contained_t >= value,
    "contained_t_max": lambda value: estimate_measure.c.contained_t <= value,
    "grade_pct_min": lambda value: estimate_measure.c.grade_pct >= value,
    "grade_pct_max": lambda value: estimate_measure.c.grade_pct <= value,
}

_FIGURES: dict[str, Column[Any]] = {
    "largest_contained_t": estimate_measure.c.contained_t,
    "largest_grade_pct": estimate_measure.c.grade_pct,
    "largest_ore_t": estimate.c.ore_t,
}
_LARGEST = _FIGURES | {f"{name}{OF_CATEGORY}": figure for name, figure in _FIGURES.items()}

_BY_TYPE: dict[str, Callable[..., Expression]] = {
    "any_of": _match_any,
    "first_day": _take_first_day,
    "last_day": _take_last_day,
    "since": _compare_since,
    "until": _compare_until,
}
"""The operations that depend on the type of the field that is their first operand."""

_OPERATIONS: dict[str, Callable[..., Expression]] = {
    "and": and_,
    "or": or_,
    "not": not_,
    **COMPARISONS,
    "between": lambda value, low, high: value.between(low, high),
    "like": lambda value, pattern: value.like(pattern),
    "isnull": lambda value: value.is_(None),
    "among": lambda value, listed: value == any_(listed),
    "element": lambda value, listed: value == any_(listed),
    "array": lambda *items: array(items),
    "casei": _fold_case,
    "accenti": _fold_accents,
    "each_casei": _fold_each(_fold_case),
    "each_accenti": _fold_each(_fold_accents),
    "exact": lambda value: cast(value, NUMERIC),
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / _exclude_zero(right),
    "%": lambda left, right: func.mod(left, _exclude_zero(right)),
    "div": lambda left, right: func.div(left, _exclude_zero(right)),
    "^": _compute_power,
    **{f"s_{name}": _build_spatial_call(f"ST_{name.capitalize()}") for name in SPATIAL if name != "disjoint"},
    **{name: _build_relation(name) for name in RELATIONS},
    "a_contains": lambda left, right: left.bool_op("@>")(right),
    "a_containedby": lambda left, right: left.bool_op("<@")(right),
    "a_equals": lambda left, right: and_(left.bool_op("@>")(right), left.bool_op("<@")(right)),
    "a_overlaps": lambda left, right: left.bool_op("&&")(right),
}
