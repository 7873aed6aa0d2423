"""The part of a mapping that describes tables of statistics: which cells give a series, a period and a value."""

import re
from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from lodedata.mapping.cell_spec import Cell, CellSpec, Model
from lodedata.mapping.model import Source
from lodedata.messages import msg
from lodedata.read import Hints
from lodedata.regular_expression import require_regular
from lodedata.statistics.series import find_term
from lodedata.validation import InvalidValue

NULLS = ("", "-", "--", "–", "无", "暂无", "None", "nan")
"""Texts that say nothing about a value; ``NA`` and ``W`` are no nulls, as they are flags."""
DIMENSION_CELLS = ("indicator", "commodity", "stage", "basis", "area", "transformation", "unit")


def _build_term_validator(dimension: str) -> AfterValidator:
    """Return a validator of a cell: a constant and each value of ``map`` is a term of the dimension."""

    def checked(cell: Cell | None) -> Cell | None:
        if cell is not None:
            for code in (cell.const, *(cell.map or {}).values()):
                if code is not None and find_term(dimension, str(code)) is None:
                    raise InvalidValue(
                        msg(
                            "%(code)r is not a term of %(dimension)s; see /api/vocabularies",
                            code=str(code),
                            dimension=dimension,
                        )
                    )
        return cell

    return AfterValidator(checked)


def _require_period_group(pattern: str) -> str:
    if "period" not in re.compile(require_regular(pattern)).groupindex:
        raise InvalidValue(msg("%(pattern)r has no group (?P<period>...)", pattern=pattern))
    return pattern


class Dimensions(Model):
    """The cells that give the dimensions of an observation, its period and its remarks."""

    indicator: Annotated[CellSpec | None, _build_term_validator("indicator")] = None
    commodity: Annotated[CellSpec | None, _build_term_validator("commodity")] = None
    stage: Annotated[CellSpec | None, _build_term_validator("stage")] = None
    basis: Annotated[CellSpec | None, _build_term_validator("basis")] = None
    area: Annotated[CellSpec | None, _build_term_validator("area")] = None
    transformation: Annotated[CellSpec | None, _build_term_validator("transformation")] = None
    unit: Annotated[CellSpec | None, _build_term_validator("unit")] = None
    period: CellSpec | None = None
    status: tuple[CellSpec, ...] = Field((), description="a code or label of observation-status; the first cell that has one")
    note: CellSpec | None = None


class ValueSpec(Dimensions):
    """One value of a row; dimensions that it leaves out are those of its table."""

    value: CellSpec
    flag: CellSpec | None = Field(None, description="a cell with a flag such as W for a value that is empty")


class ObservationTable(Dimensions):
    """The mapping of the rows of one table to observations."""

    file: str = Field("*", description="the file's name; `*` matches any characters")
    part: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = Field(None, ge=1)
    header_lines: int | None = Field(None, ge=1)
    nulls: tuple[str, ...] = NULLS
    decimal: Literal[".", ","] = "."
    fill_down: tuple[str, ...] = ()
    values: tuple[ValueSpec, ...] = ()
    columns: Annotated[str, AfterValidator(_require_period_group)] | None = Field(
        None, description="a regular expression for the columns that hold values, with a group (?P<period>...)"
    )
    rows: int | None = Field(None, description="rows that the file is known to hold")
    rows_at_least: int | None = Field(None, description="fewer than this and the file is refused")
    ignored: dict[str, str] = Field({}, description="columns left out on purpose, with the reason")

    @model_validator(mode="after")
    def _require_one_form(self) -> "ObservationTable":
        if bool(self.values) == (self.columns is not None):
            raise InvalidValue(msg("say either `values` or `columns`, the pattern of columns such as years"))
        return self

    def status_cells(self, spec: Dimensions) -> tuple[Cell, ...]:
        """Return the cells of the status of one value, those of the table where the value has none."""
        return spec.status or self.status

    def cell(self, spec: Dimensions, name: str) -> Cell | None:
        """Return the cell of a dimension of one value, that of the table where the value has none."""
        cell: Cell | None = getattr(spec, name) or getattr(self, name)
        return cell


class StatisticsSource(Source):
    """A release of series: ``version`` is its name and ``as_of`` its day; releases of one dataflow have series in common."""

    dataflow: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{1,62}$", description="by default the name of the source")
    observations: tuple[ObservationTable, ...]

    def with_hints(self, hints: Hints) -> "StatisticsSource":
        """Return the source with the sheet, header and encoding that a command names in place of the mapping's own."""
        stated = {name: value for name, value in asdict(hints).items() if value is not None}
        return self.model_copy(
            update={"observations": tuple(observation.model_copy(update=stated) for observation in self.observations)}
        )

    @property
    def series_source(self) -> str:
        """The source of the series, which all releases have in common."""
        return self.dataflow or self.name

    @property
    def released_on(self) -> str:
        """The day of the release: the first one where only a month or a year is known."""
        text = self.as_of or ""
        return text + "0001-01-01"[len(text) :]

    @model_validator(mode="after")
    def _require_release_date(self) -> "StatisticsSource":
        if self.as_of is None:
            raise InvalidValue(msg("a release of statistics has a day; write it as `as_of`, such as as_of: 2025-01-31"))
        return self
