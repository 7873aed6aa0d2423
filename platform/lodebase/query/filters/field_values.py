"""Records by the values of their fields: selected codes, other values, and the day on which a record is valid."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema.prepared_tables import IN_KEY
from lodebase.errors import BadQuery
from lodebase.field_types import DAY, Choice
from lodebase.query import cql2
from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.conditions import Condition
from lodebase.query.conditions.condition import AnyCondition, Selection
from lodebase.query.filters.days import STATUS, VALID, StatusDayCondition, ValidDayCondition
from lodebase.query.filters.estimates import ESTIMATED
from lodebase.query.filters.row_filter import (
    Node,
    RowFilter,
    check_number,
    compare,
    parse_amount,
    parse_condition,
    parse_truth,
)
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.parameter import TEXTS, Parameter
from lodedata.figures.compounds import find_stored_commodity
from lodedata.messages import msg
from lodedata.vocab import Term, describe_unknown_term, load_vocabulary

SHORT_FOR = {
    "commodity": "commodities",
    "source": "sources",
    "flag": "flags",
    "stage": "exploration_stage",
    "status": "mine_status",
}
"""Parameters that filter by a field of another name, in collections without a field of theirs."""
ROLE = Choice(("any", "main"), msg("Whether commodity applies to all commodities or to the main one."), "any")
MINERAL = tuple(name for name, collection in COLLECTIONS.items() if collection.field("commodities") is not None)


@dataclass(frozen=True, slots=True)
class SelectionCondition(Condition[tuple[str, cql2.Shape]]):
    """Rows with one of the codes selected of a field; the empty code means no value in prepared counts."""

    rank: ClassVar[int] = 1
    field_name: str
    codes: tuple[str, ...]
    filter: cql2.Filter = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "filter", cql2.any_of(self.field_name, self.codes))

    @property
    def form(self) -> tuple[str, cql2.Shape]:
        """Return the field, and whether it is compared with one code or with several."""
        return self.field_name, self.filter.shape

    @property
    def order_key(self) -> str:
        """Return the name of the field."""
        return self.field_name

    @property
    def is_in_key(self) -> bool:
        """Return whether the key has the field."""
        return self.field_name in IN_KEY

    @property
    def selection(self) -> Selection:
        """Return the field and the codes."""
        return self.field_name, self.codes

    def list_bound_values(self) -> dict[str, Any]:
        """Return the codes, as one value or as a list."""
        return cql2.collect_bound_values(self.filter, _name_codes(self.field_name))

    @classmethod
    def build(
        cls,
        form: tuple[str, cql2.Shape],
        collection: Collection,
        table: FromClause,
        walked: bool,
    ) -> ColumnElement[bool]:
        """Return the SQL condition of the field."""
        name, shape = form
        return cql2.build_filter_condition(shape, collection, table, _name_codes(name))

    def widen_for_facet(self, field: str, collection: Collection) -> AnyCondition | None:
        """Return the condition, unless the field's own values are counted."""
        return None if field == self.field_name else self


def _name_codes(field: str) -> str:
    """Return the prefix of the names of a field's bound codes."""
    return f"{field}_code"


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the conditions of values and of the day; a dated status that is selected is that of the day."""
    for name in sorted(arguments):
        field = collection.field(name)
        if field is not None and not splits_at_commas(field):
            yield from (_filter_equal(field, value, collection) for value in arguments.getlist(name))
    selections = _parse_selections(collection, arguments)
    day: date | None = arguments.read("on", DAY)
    if day is not None:
        statuses = selections.pop(STATUS, None) if collection.kind.dated_status else None
        yield ValidDayCondition(day) if statuses is None else StatusDayCondition(day, statuses)
    yield from (SelectionCondition(name, codes) for name, codes in selections.items())


def splits_at_commas(field: Field) -> bool:
    """Return whether commas separate the values of a field: if they are codes, not names that may contain a comma."""
    return field.facet or field.vocabulary is not None


def find_filtered_field(collection: Collection, name: str) -> Field | None:
    """Return the field that a parameter filters by value: that of its name, else the one that it is short for."""
    return collection.field(name) or collection.field(SHORT_FOR.get(name, name))


def _parse_selections(collection: Collection, arguments: Arguments) -> dict[str, tuple[str, ...]]:
    """Return the codes selected of each field that is filtered by value."""
    role = arguments.read("commodity_role", ROLE)
    chosen: dict[str, tuple[str, ...]] = {}
    for name in arguments:
        is_main = name == "commodity" and role == "main"
        field = collection.field("main_commodity") if is_main else find_filtered_field(collection, name)
        if field is None or not splits_at_commas(field):
            continue
        codes = tuple(dict.fromkeys(parse_codes(name, field, arguments.getlist(name))))
        check_number(name, arguments[name], len(codes))
        if codes:
            before = chosen.get(field.name)
            # two names of one field, such as commodity and commodities: both must hold
            chosen[field.name] = codes if before is None else tuple(code for code in before if code in codes) or ("",)
    return chosen


def parse_codes(name: str, field: Field, values: Iterable[str]) -> Iterator[str]:
    """Yield the codes that the values of a parameter select of a field. Raise BadQuery if a term is unknown."""
    for value in values:
        for word in filter(None, (part.strip() for part in value.split(","))):
            if field.vocabulary is None:
                yield word
                continue
            terms = load_vocabulary(field.vocabulary)
            term = terms.find(word) or _find_scoped_division(field.vocabulary, word)
            if term is None:
                raise BadQuery(name, shorten_quoted_value(word), describe_unknown_term(field.vocabulary))
            # descendants of a model are that model too, and records of a compound are those of its metal
            if field.vocabulary == "commodity":
                yield find_stored_commodity(term.code)
            else:
                yield from (sorted(terms.within(term.code)) if field.vocabulary == "deposit-model" else (term.code,))


def _find_scoped_division(name: str, word: str) -> Term | None:
    """Return a division by its name if it is in only one country. Raise BadQuery if several countries have one."""
    if name != "division":
        return None
    terms = load_vocabulary(name)
    countries = dict.fromkeys(term.extra["country"] for term in terms)
    divisions = {term.code: term for country in countries if (term := terms.find(word, country)) is not None}
    if len(divisions) > 1:
        raise BadQuery(
            "division",
            shorten_quoted_value(word),
            msg('"%(value)s" is the name of several divisions. Use a code: %(choices)s.', choices=list(divisions)),
        )
    return next(iter(divisions.values()), None)


def _filter_equal(field: Field, value: str, collection: Collection) -> cql2.Filter:
    literal: object = value
    if field.type in ("number", "integer"):
        literal = parse_amount(field.name, value)
    elif field.type == "date":
        literal = {"date": value}
    elif field.type == "boolean":
        literal = parse_truth(field.name, value)
    return parse_condition(field.name, value, compare(field.name, "=", literal), collection)


FILTER = RowFilter(
    (
        Parameter(
            "commodity",
            "filter",
            TEXTS,
            msg("Commodities by code, label or alias in either language; several are combined by OR."),
            MINERAL,
            repeatable=True,
        ),
        Parameter("commodity_role", "filter", ROLE.schema, ROLE.text, MINERAL),
        Parameter(
            "on",
            "filter",
            DAY.schema,
            msg(
                "A day: records that are valid on it, as far as their first and last day are known. With the status of a "
                "mining right: those that have this status on that day."
            ),
            VALID,
        ),
        Parameter("source", "filter", TEXTS, msg("Names of sources; several are combined by OR."), repeatable=True),
        Parameter("flag", "filter", TEXTS, msg("Rules of quality flags; several are combined by OR."), repeatable=True),
        Parameter("stage", "filter", TEXTS, msg("Exploration stages; several are combined by OR."), ESTIMATED, repeatable=True),
        Parameter(
            "status",
            "filter",
            TEXTS,
            msg("Statuses of the project or of the deposit's mine; several are combined by OR."),
            ("deposits", "projects"),
            repeatable=True,
        ),
    ),
    parse,
    takes_fields=True,
)
