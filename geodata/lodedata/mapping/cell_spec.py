"""The origin of a value of a row: a column, a constant or a template, with its unit.

Every model refuses unknown names, so that a typing error in a mapping is reported and not ignored.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lodedata.figures.field_units import find_unit_refusal
from lodedata.figures.units import Dimension, find_unit_dimension, list_convertible_units, parse_unit
from lodedata.kinds import Field as DeclaredField
from lodedata.mapping.values.map_terms import require_terms
from lodedata.messages import Message, msg
from lodedata.regular_expression import require_regular
from lodedata.validation import InvalidValue


class Model(BaseModel):
    """The base of all parts of a mapping: frozen, and strict about unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def expand_short_form(value: object) -> object:
    """Return the full form of a cell: ``name_en: SITE_NAME`` is short for ``name_en: {column: SITE_NAME}``."""
    return {"column": value} if isinstance(value, str) else value


def _order(text: object) -> object:
    return "/".join(text.upper().replace("/", "")) if isinstance(text, str) else text


def _check_not_empty(separators: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if not separators or not all(separators):
        raise InvalidValue(msg("the separator is empty; leave `split` out, or enter one such as ;"))
    return separators


class Cell(Model):
    """The origin of one value of a row: a column, a constant or a template; then it is matched, mapped or split."""

    column: str | None = None
    const: str | float | bool | None = None
    template: str | None = Field(None, description="text with columns in braces; no value if one of them is empty")
    nulls: tuple[str, ...] = ()
    pattern: Annotated[str, AfterValidator(require_regular)] | None = Field(
        None, description="a regular expression; its first group is the value"
    )
    map: dict[str, str | float | bool | None] | None = None
    unmapped: Literal["keep", "ignore"] = Field("keep", description="what becomes of a value that `map` lacks")
    split: Annotated[str | tuple[str, ...], AfterValidator(_check_not_empty)] | None = Field(
        None, description="the characters at which a cell is divided, or a list of separators"
    )
    optional: bool = Field(False, description="the column may be missing from the file")
    date_order: Annotated[Literal["D/M/Y", "M/D/Y"] | None, BeforeValidator(_order)] = Field(
        None, description="the order of the dates of the column, where the dates do not decide it: D/M/Y or M/D/Y"
    )
    first_year: int | None = Field(
        None,
        ge=1500,
        le=2100,
        description="the first of the hundred years that two digits of a year mean: 1950 for 1950 to 2049",
    )

    @model_validator(mode="after")
    def _require_one_origin(self) -> "Cell":
        if sum(origin is not None for origin in (self.column, self.const, self.template)) != 1:
            raise InvalidValue(msg("say one of `column`, `const` and `template`"))
        return self


CellSpec = Annotated[Cell, BeforeValidator(expand_short_form)]


def build_map_validator(*vocabularies: str) -> AfterValidator:
    """Return a validator of a cell, or several: each value of ``map`` is a term of one of the vocabularies."""

    def checked(cells: Any) -> Any:
        for cell in cells if isinstance(cells, tuple) else (cells,):
            if isinstance(cell, Cell):
                require_terms(cell.map or {}, vocabularies, cell.split or ())
        return cells

    return AfterValidator(checked)


class Amount(Cell):
    """A figure with its unit, from a constant or a column of units."""

    unit: str | None = None
    unit_column: str | None = None
    units: dict[str, str] = Field({}, description="the unit of each value in the column of units")
    basis: str | None = None
    basis_column: str | None = None
    decimal: Literal[".", ","] = "."
    unreadable: Literal["refuse", "flag"] = Field(
        "refuse",
        description="what a text that is not a number causes: the row is refused, or the figure stays empty with a flag",
    )


AmountSpec = Annotated[Amount, BeforeValidator(expand_short_form)]


def build_unit_validator(dimension: Dimension) -> AfterValidator:
    """Return a validator of an amount: its unit is one of a dimension, and those of a column's texts are known at all."""

    def checked(amount: Any) -> Any:
        if isinstance(amount, Amount):
            unknown = [text for text in amount.units.values() if find_unit_dimension(text) is None]
            if amount.unit is not None and parse_unit(amount.unit, dimension) is None:
                unknown.insert(0, amount.unit)
            if unknown:
                choices = ", ".join(list_convertible_units(dimension))
                raise InvalidValue(
                    msg("%(unit)r is not a unit of this figure; write one of %(choices)s", unit=unknown[0], choices=choices)
                )
        return amount

    return AfterValidator(checked)


def find_field_refusal(field: DeclaredField, amount: Amount) -> Message | None:
    """Return why a declared field can't be read as a mapping says: a unit that does not convert, or a basis."""
    stated = [*([amount.unit] if amount.unit is not None else []), *amount.units.values()]
    if amount.unit_column is not None and not field.convertible:
        stated.append(amount.unit_column)
    if amount.basis is not None or amount.basis_column is not None:
        return msg("%(field)s has no basis; leave `basis` out and enter figures of what its title says", field=field.name)
    return find_unit_refusal(field, stated)
