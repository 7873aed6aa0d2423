"""The parameters of checks of condition lists: a firm or a project, a day, lists, a version; or a table of firms."""

from collections.abc import Mapping
from datetime import date as Date
from typing import Annotated, Self

from pydantic import Field, model_validator

from lodebase.errors import BadQuery
from lodebase.field_types import (
    MAX_NAME_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    SEPARATORS,
    Code,
    Day,
    Description,
    ExactText,
    FieldType,
    RecordId,
    Version,
)
from lodebase.operations.parameters import Parameters
from lodebase.topics.lists.firm_table import CSV_TYPE, MAX_TABLE_BYTES, Row, fill_rows, parse_firm_rows
from lodedata.messages import msg
from lodedata.organisations import uscc as codes

EARLIEST = Date(1990, 1, 1)
"""The first day that lists are checked for."""
MAX_FIRMS_AT_ONCE = 200
"""Maximum number of firms of a table that are checked while the client waits."""


def _parse_name(value: str) -> str:
    if value.startswith("="):
        wrong = msg('"%(value)s" is a formula without its result. Open the workbook, save it, and send it again.')
        raise BadQuery("name", value[:40], wrong)
    return value


def _parse_code(value: str) -> str:
    wrong = codes.find_uscc_problem(value)
    if wrong is not None:
        raise BadQuery("uscc", value, wrong)
    return codes.normalise_uscc(value)


def _parse_lists(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in SEPARATORS.split(value) if part.strip()))


DIVISION = Code("division", "CHN")
PROVINCE = FieldType(
    DIVISION.parse,
    DIVISION.schema,
    msg('"%(value)s" is not a province. Use a name such as Jiangxi, or a code such as CN-JX.'),
    msg("Use a name such as Jiangxi, or a code such as CN-JX."),
    msg("The province of the firm, by name or ISO 3166-2 code."),
)
LISTS = FieldType(
    _parse_lists,
    {"type": "string", "maxLength": MAX_TEXT_CHARACTERS},
    msg('There is no list "%(value)s".'),
    msg("Enter codes of lists, separated by commas."),
    msg("Codes of lists, separated by commas; by default all."),
    several=True,
)
TABLE = FieldType(
    parse_firm_rows,
    {"type": "string", "contentMediaType": CSV_TYPE, "maxLength": MAX_TABLE_BYTES},
    msg("The table can't be read."),
    msg("Enter one firm a line, or send a workbook or a CSV."),
    msg("A CSV with a column name, uscc or project; it may have province, date and list, too."),
    reads="file",
)
Lists = Annotated[tuple[str, ...], LISTS]


class FirmParameters(Parameters):
    """A firm by its name, its code or a project, with its province; the day, and the lists."""

    name: Annotated[str, ExactText(MAX_NAME_CHARACTERS, msg("The full name of the firm."), _parse_name)] | None = None
    uscc: (
        Annotated[str, ExactText(MAX_NAME_CHARACTERS, msg("The unified social credit code of the firm."), _parse_code)] | None
    ) = None
    project: Annotated[RecordId | None, Description(msg("The id of a project, whose owners are checked."))] = None
    province: Annotated[str, PROVINCE] | None = None
    date: Day | None = None
    lists: Annotated[Lists, Field(alias="list")] = ()

    @model_validator(mode="after")
    def _require_firm(self) -> Self:
        if not (self.uscc or self.name or self.project):
            raise BadQuery("name", "", msg("Give the name of a firm, its unified social credit code (uscc), or a project."))
        return self

    def require_day(self, today: Date) -> None:
        """Raise BadQuery for a day outside of the time that lists are checked for."""
        if self.date is not None and not EARLIEST <= self.date <= today:
            outside = msg(
                "%(value)s is not between %(first)s and %(last)s. Choose a day in between.", first=EARLIEST, last=today
            )
            raise BadQuery("date", self.date.isoformat(), outside)


class CheckParameters(FirmParameters):
    """A firm, and the version of the data."""

    version: Version | None = None


class TableParameters(Parameters):
    """A table of firms, the day and lists of rows without their own, and the version of the data."""

    table: Annotated[tuple[Row, ...], TABLE]
    date: Day | None = None
    lists: Annotated[Lists, Field(alias="list")] = ()
    version: Version | None = None

    @property
    def rows(self) -> list[Row]:
        """The rows, with day and lists filled in where they have none."""
        return fill_rows(self.table, self.filled)

    @property
    def filled(self) -> Mapping[str, str]:
        """The day and the lists as texts, those that are given."""
        values = {"date": "" if self.date is None else self.date.isoformat(), "list": ",".join(self.lists)}
        return {name: value for name, value in values.items() if value}


class DifferenceParameters(Parameters):
    """A list, and the two days whose difference is shown."""

    code: Annotated[str, ExactText(MAX_NAME_CHARACTERS, msg("The code of the list."))]
    first: Annotated[Day | None, Field(alias="from"), Description(msg("The first day; by default 2018-01-01."))] = None
    last: Annotated[Day | None, Field(alias="to"), Description(msg("The last day; by default today."))] = None
