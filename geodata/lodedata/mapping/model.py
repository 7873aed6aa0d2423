"""The model of mapping files: the form shared by ``sources/NAME/source.yml`` and a user's own mapping."""

import re
from dataclasses import asdict, fields
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from lodedata.cells import Unreadable, parse_partial_date
from lodedata.kinds import KINDS
from lodedata.mapping.cell_spec import (
    AmountSpec,
    Cell,
    CellSpec,
    Model,
    build_map_validator,
    expand_short_form,
    find_field_refusal,
)
from lodedata.mapping.record_spec import (
    CommoditySpec,
    EstimateSpec,
    OwnerSpec,
    PhaseSpec,
    PositionSpec,
    StatusSpec,
    ZoneSpec,
)
from lodedata.mapping.values.map_terms import require_terms
from lodedata.messages import Label, msg
from lodedata.read import Hints
from lodedata.records import Deposit, Discovery, Project
from lodedata.regular_expression import require_regular
from lodedata.validation import InvalidValue

DEFAULT_NULLS = (
    "",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "null",
    "NULL",
    "<null>",
    "<Null>",
    "None",
    "-",
    "--",
    "无",
    "暂无",
)

PLACEHOLDER = "?"
"""Value in a suggested mapping that its user must replace."""
SOURCE_NAME = r"^[a-z0-9][a-z0-9-]{1,62}$"
"""The pattern of the name of a source."""


def _check_date(text: str) -> str:
    try:
        parse_partial_date(text)
    except Unreadable as hint:
        raise InvalidValue(
            msg("%(text)r is not a date%(hint)s; write 2019, 2019-05 or 2019-05-31", text=text, hint=hint)
        ) from None
    return text


def _check_single_character(text: str) -> str:
    if len(text) != 1 or text in '\r\n"':
        raise InvalidValue(msg("%(text)r is not one character; write ',' or ';' or \"\\t\"", text=text))
    return text


def _check_within_folder(pattern: str) -> str:
    parts = PurePosixPath(pattern)
    if not pattern or parts.is_absolute() or ".." in parts.parts:
        raise InvalidValue(
            msg("%(pattern)r is not the name of a file in the folder; `*` matches any characters", pattern=pattern)
        )
    return pattern


DECLARED = frozenset(field.name for kind in KINDS.values() for field in kind.fields if field.imported)

_FILLED = DECLARED | {field.name for kind in (Deposit, Discovery, Project) for field in fields(kind)}


def _check_record_fields(fill: dict[str, float]) -> dict[str, float]:
    if unknown := sorted(fill.keys() - _FILLED):
        raise InvalidValue(msg("no record has a field %(name)r", name=unknown[0]))
    return fill


def _check_named_groups(pattern: str) -> str:
    if not re.compile(require_regular(pattern)).groupindex:
        raise InvalidValue(
            msg("%(pattern)r has no named group such as (?P<year>[0-9]+), which becomes a column", pattern=pattern)
        )
    return pattern


class UnpivotSpec(Model):
    """The columns of a series, such as years or classes: each becomes a row of its own."""

    pattern: Annotated[str, AfterValidator(_check_named_groups)] = Field(
        description="a regular expression for their names; its named groups become columns"
    )
    value: str = Field("value", description="the column of the values; `{GROUP}` in it is the text of a group")


class JoinSpec(Model):
    """A second table with rows that belong to the rows of this one."""

    file: Annotated[str, AfterValidator(_check_within_folder)] = "*"
    part: str | None = None
    encoding: str | None = None
    header_row: int | None = Field(None, ge=1)
    header_lines: int | None = Field(None, ge=1)
    name: str | None = Field(None, description="the prefix of its columns, `NAME.COLUMN`; if left out, the sheet or the file")
    key: str
    on: str | None = None


class CellCorrection(Model):
    """A cell that a person corrected: the number of its row in the file, its column, its text as read and as corrected."""

    row: int = Field(ge=1)
    column: str
    reported: str = ""
    corrected: str = ""


class TableSpec(Model):
    """The mapping of the rows of one table to records."""

    file: Annotated[str, AfterValidator(_check_within_folder)] = Field(
        "*", description="the file's name; `*` matches any characters"
    )
    part: str | None = Field(None, description="the sheet or layer")
    encoding: str | None = None
    delimiter: Annotated[str, AfterValidator(_check_single_character)] | None = None
    header_row: int | None = Field(None, ge=1)
    header_lines: int | None = Field(None, ge=1)
    nulls: tuple[str, ...] = DEFAULT_NULLS
    key: str = Field("{#}", description="columns in braces; {#} is the number of the data row, from 1; {COLUMN?} may be empty")
    repeated_keys: Literal["refuse", "number", "merge"] = "refuse"
    fill_down: tuple[str, ...] = ()
    unpivot: UnpivotSpec | None = None
    join: tuple[JoinSpec, ...] = ()
    kind: CellSpec
    everything: bool = Field(False, description="load every row, also those without a commodity in scope")
    rows: int | None = Field(None, description="rows that the file is known to hold")
    rows_at_least: int | None = Field(None, description="fewer than this and the file replaces nothing")
    fill: Annotated[dict[str, float], AfterValidator(_check_record_fields)] = Field(
        {}, description="least share of rows in which a field is filled"
    )
    ignored: dict[str, str] = Field(
        {}, description="columns left out on purpose, with the reason; `*` is every column that is not mentioned"
    )

    internal: CellSpec | None = Field(
        None,
        description="a cell that makes a row internal, readable by roles only: any value but empty, no, false, 0, 否, 公开",
    )
    public_columns: tuple[str, ...] = Field(
        (),
        description="columns that everybody may read in the rows as received, although no field has them; `*` is every column",
    )

    name_en: CellSpec | None = None
    name_zh: CellSpec | None = None
    aliases: tuple[CellSpec, ...] = ()
    position: PositionSpec | None = None
    country: Annotated[CellSpec | None, build_map_validator("country")] = None
    division: CellSpec | None = None
    commodities: Annotated[
        tuple[Annotated[CommoditySpec, BeforeValidator(expand_short_form)], ...], build_map_validator("commodity")
    ] = ()
    information_date: CellSpec | None = None
    note_en: CellSpec | None = None
    note_zh: CellSpec | None = None

    occurrence_type: Annotated[CellSpec | None, build_map_validator("mineral-occurrence-type")] = None
    deposit_model: Annotated[tuple[CellSpec, ...], build_map_validator("deposit-model")] = ()
    deposit_form: Annotated[CellSpec | None, build_map_validator("deposit-form")] = None
    host_unit: CellSpec | None = None
    age: CellSpec | None = None
    exploration_stage: Annotated[CellSpec | None, build_map_validator("exploration-stage")] = None
    discovery_year: CellSpec | None = None
    mine_status: Annotated[Annotated[StatusSpec, BeforeValidator(expand_short_form)] | None, build_map_validator("status")] = (
        None
    )
    estimates: tuple[EstimateSpec, ...] = ()

    discovery_date: CellSpec | None = None
    announced_by: CellSpec | None = None
    activity_type: Annotated[CellSpec | None, build_map_validator("exploration-activity-type")] = None
    result: Annotated[CellSpec | None, build_map_validator("exploration-result")] = None

    dip_sign: Literal["negative-down", "positive-down"] | None = Field(
        None,
        description="which sign of a dip is downward in a table of drill holes; without it a positive dip is left out",
    )
    zone: ZoneSpec | None = None
    fields: dict[str, AmountSpec] = Field({}, description="further fields of the record kind, by name")

    corrections: tuple[CellCorrection, ...] = Field(
        (), description="cells that a person corrected; a cell that no longer has its text as read refuses the file"
    )

    facility_types: Annotated[CellSpec | None, build_map_validator("facility-type")] = None
    phases: tuple[PhaseSpec, ...] = ()
    owners: tuple[OwnerSpec, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _gather_fields(cls, content: Any) -> Any:
        """Return the content with declared fields moved to ``fields``."""
        if not isinstance(content, dict):
            return content
        further = {name: cell for name, cell in content.items() if name in DECLARED and name not in cls.model_fields}
        if not further:
            return content
        rest = {name: cell for name, cell in content.items() if name not in further}
        return rest | {"fields": further | dict(content.get("fields") or {})}

    @model_validator(mode="after")
    def _require_declared_fields(self) -> "TableSpec":
        if unknown := sorted(self.fields.keys() - DECLARED):
            raise InvalidValue(msg("no record kind has a field %(name)r", name=unknown[0]))
        # kinds may use one field name with vocabularies of their own
        own = KINDS.get(str(self.kind.const))
        kinds = KINDS.values() if own is None else (own,)
        for field in (field for kind in kinds for field in kind.fields if field.name in self.fields):
            cell = self.fields[field.name]
            if (refusal := find_field_refusal(field, cell)) is not None:
                raise InvalidValue(refusal)
            if field.vocabulary is not None:
                require_terms(cell.map or {}, (field.vocabulary,), cell.split or ())
        return self

    @property
    def merges(self) -> bool:
        """Whether several rows describe one record."""
        return self.repeated_keys == "merge" or bool(self.join)

    def cell(self, name: str) -> Cell | None:
        """Return the cell that fills a plain field, None where the table does not."""
        candidate = self.fields.get(name) or getattr(self, name, None)
        return candidate if isinstance(candidate, Cell) else None


class Licence(Model):
    """The licence of a source's data and the attribution that it requires."""

    id: str
    name: str
    url: str | None = None
    attribution: str | None = None


class Fetch(Model):
    """The address of the publisher's current file."""

    url: str
    save_as: str
    max_mb: int = 500
    sha256: str | None = None
    unpack: bool = False


class Source(Model):
    """One published data set: its publisher, licence and citation, and the mapping of its tables."""

    name: str = Field(pattern=SOURCE_NAME)
    title_en: str
    title_zh: str
    publisher: str
    licence: Licence
    citation: str
    version: str
    as_of: Annotated[str, AfterValidator(_check_date)] | None = None
    rank: int | None = Field(
        None,
        ge=1,
        description="place among the sources of Lode where no other criterion chooses a value, 1 for the first; by the extent "
        "of review of single values, then by recency. A source without a rank supplements the others",
    )
    repeats: Literal["never", "sometimes", "often"] = Field(
        "never",
        description="whether several rows describe the same site: `often` with rows by product, unit or page; `sometimes` with "
        "occasional duplicates, which are merged only if a match is very likely",
    )
    sure_joins: bool = Field(
        False,
        description="whether its rows are joined only where it is sure: the same name and country, a commodity in common, and "
        "at most 10 km apart. Other likely pairs wait for review",
    )
    homepage: str | None = None
    update_months: int | None = Field(
        None,
        ge=1,
        le=1_200,
        description="months between updates by the publisher, after which the next check is due",
    )
    note_en: str | None = None
    note_zh: str | None = None
    fetch: tuple[Fetch, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    internal: bool = Field(False, description="whether all rows are internal: readable by roles only, at the desk")
    public_columns: tuple[str, ...] = Field(
        (), description="columns of rows that a reader of the source's own makes, which everybody may read; `*` is every column"
    )
    recognise: tuple[str, ...] = Field((), description="files, by pattern, of which a folder of this source holds at least one")
    only_by_name: bool = Field(
        False,
        description="whether it is read only by its name and not with `--all`, as its joins with others are not measured",
    )

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)

    def with_hints(self, hints: Hints) -> "Source":
        """Return the source with the sheet, header and encoding that a command names in place of the mapping's own."""
        stated = {name: value for name, value in asdict(hints).items() if value is not None}
        return self.model_copy(update={"tables": tuple(table.model_copy(update=stated) for table in self.tables)})
