"""Types of parameters: each with its parser, its sentence of refusal, its JSON schema and its usual description.

A parser takes the text of a request, a command or a form. Full-width digits are read as digits; a text that is not of its type
is refused with one sentence, the same for every operation.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from lodebase.errors import BadQuery
from lodedata.cells import normalise_cell_text, number, parse_partial_date
from lodedata.geography.position_text import Position, parse_position
from lodedata.messages import Message, msg
from lodedata.records import PartialDate
from lodedata.vocab import describe_unknown_term, load_vocabulary

MAX_QUOTED_CHARACTERS = 40
"""Length of a value that a refusal quotes."""
MAX_TEXT_CHARACTERS = 500
MAX_NAME_CHARACTERS = 200
MAX_SKIP_DIGITS = 7
DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
"""The default and the maximum number of records of a page."""
MAX_TONNES = 1e15
MAX_VERSION = 999_999_999
YES, NO = ("yes", "true", "1"), ("no", "false", "0")
SEPARATORS = re.compile("[,，、]")
"""What separates several values of one parameter."""
_COMPACT_DAY = re.compile(r"[12]\d{7}", re.ASCII)
"""A day without hyphens (ISO 8601, basic format): ``20260331``."""
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Description:
    """What a parameter of an operation means, where that is more than the description of its type."""

    text: Message


@dataclass(frozen=True, slots=True, eq=False)
class FieldType:
    """A type of parameters: a parser, a JSON schema, and sentences."""

    parse: Callable[[Any], Any]
    """Return the value of a text. Raise ValueError for any other text, BadQuery if it has a sentence of its own."""
    schema: Schema
    refusal: Message
    """The sentence about any other text, ``%(value)s`` of ``%(parameter)s``, and what to enter instead."""
    advice: Message
    """The sentence that says what to enter where nothing is given."""
    text: Message
    """The usual description."""
    reads: Literal["folded", "exact", "file", "data"] = "folded"
    """What the parser takes: the text with full-width forms as ASCII, the text as it is given, the bytes of a file, or the data
    of JSON as a process gets it."""
    several: bool = False
    """Whether it has several values, separated by commas."""
    reads_empty: bool = False
    """Whether an empty text is a value, which the parser may refuse; otherwise it counts as not given, as forms send it."""

    def validate(self, value: object, parameter: str) -> Any:
        """Return the value of a parameter. Raises BadQuery."""
        if self.reads == "data":
            return self.parse(value)
        if self.reads == "file":
            return self.parse(value if isinstance(value, bytes) else str(value).encode())
        text = str(value).strip() if self.reads == "exact" else normalise_cell_text(str(value))
        try:
            return self.parse(text)
        except ValueError:
            raise BadQuery(parameter, text[:MAX_QUOTED_CHARACTERS], self.refusal) from None

    def refuse_missing(self, parameter: str) -> BadQuery:
        """Return the error about a required parameter that is not given."""
        return BadQuery(parameter, "", msg("%(parameter)s is missing. %(advice)s", advice=self.advice))

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(lambda value, info: self.validate(value, info.field_name or ""))

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


def Code(name: str, scope: str = "") -> FieldType:
    """Return the type of a term of a vocabulary, by its code, label or alias; its value is the code.

    Labels and aliases of divisions are found within a ``scope``, the ISO 3166-1 code of their country.
    """

    def parse(value: str) -> str:
        term = load_vocabulary(name).find(value, scope)
        # a division is found by name within its country only, and by code in all
        if term is None and value.upper() in load_vocabulary(name):
            term = load_vocabulary(name)[value.upper()]
        if term is None:
            raise ValueError
        return term.code

    advice = msg("Use a code, label or alias; see /api/vocabularies/%(vocabulary)s.", vocabulary=name)
    text = msg("A term of the vocabulary %(vocabulary)s, by code or name.", vocabulary=name)
    return FieldType(parse, {"type": "string", "maxLength": MAX_TEXT_CHARACTERS}, describe_unknown_term(name), advice, text)


def Codes(name: str) -> FieldType:
    """Return the type of terms of a vocabulary, separated by commas; its value is the tuple of their codes."""
    code_type = Code(name)

    def parse(value: str) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(code_type.parse(part.strip()) for part in SEPARATORS.split(value) if part.strip()))
        if not codes:
            raise ValueError
        return codes

    advice = msg("Use codes, labels or aliases, separated by commas; see /api/vocabularies/%(vocabulary)s.", vocabulary=name)
    text = msg("Terms of the vocabulary %(vocabulary)s, by code or name, separated by commas.", vocabulary=name)
    return FieldType(parse, code_type.schema, code_type.refusal, advice, text)


def Choice(choices: Sequence[str], text: Message, usual: str | None = None) -> FieldType:
    """Return the type of a parameter that has one of some values; ``usual`` is the default that its description has."""

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError
        return value

    schema: dict[str, Any] = {"type": "string", "enum": list(choices), "maxLength": max(map(len, choices))}
    if usual is not None:
        schema["default"] = usual
    refusal = msg('%(parameter)s has no choice "%(value)s". Use one of %(choices)s.', choices=list(choices))
    return FieldType(parse, schema, refusal, msg("Use one of %(choices)s.", choices=list(choices)), text)


def Choices(choices: Sequence[str], text: Message) -> FieldType:
    """Return the type of some values of those that there are, separated by commas; each once, in the order of the request."""
    choice_type = Choice(choices, text)

    def parse(value: str) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(part.strip() for part in SEPARATORS.split(value) if part.strip()))
        if not chosen or not set(chosen) <= set(choices):
            raise ValueError
        return chosen

    schema = {"type": "array", "items": {"type": "string", "enum": list(choices)}}
    return FieldType(parse, schema, choice_type.refusal, choice_type.advice, text, several=True)


def Number(least: float, most: float, text: Message, usual: float | None = None) -> FieldType:
    """Return the type of a number between two bounds, both included; ``usual`` is the default that its description has."""

    def parse(value: str) -> float:
        amount = number(value)
        if not least <= amount <= most:
            raise ValueError
        return amount

    bounds = {"least": f"{least:,.16g}", "most": f"{most:,.16g}"}
    schema = {"type": "number", "minimum": least, "maximum": most} | ({} if usual is None else {"default": usual})
    refusal = msg('%(parameter)s must be a number from %(least)s to %(most)s, not "%(value)s".').filled(**bounds)
    return FieldType(parse, schema, refusal, msg("Enter a number from %(least)s to %(most)s.").filled(**bounds), text)


def WholeNumber(least: int, most: int, text: Message) -> FieldType:
    """Return the type of a whole number between two bounds, both included."""

    def parse(value: str) -> int:
        whole = number(value)
        if whole != int(whole) or not least <= whole <= most:
            raise ValueError
        return int(whole)

    schema = {"type": "integer", "minimum": least, "maximum": most}
    refusal = msg('%(parameter)s must be a whole number from %(least)s to %(most)s, not "%(value)s".', least=least, most=most)
    return FieldType(parse, schema, refusal, msg("Enter a number from %(least)s to %(most)s.", least=least, most=most), text)


def PageLength(most: int, usual: int, text: Message) -> FieldType:
    """Return the type of the number of rows of a page; a larger one than ``most`` is reduced to it."""

    def parse(value: str) -> int:
        # no more digits are read than the largest number has
        digits = value.lstrip("0")[: len(str(most)) + 1]
        if not value.isascii() or not value.isdigit() or not digits:
            raise ValueError
        return min(int(digits), most)

    refusal = msg('%(parameter)s must be a whole number from %(least)s to %(most)s, not "%(value)s".', least=1, most=most)
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    advice = msg("Enter a number from %(least)s to %(most)s.", least=1, most=f"{most:,}")
    return FieldType(parse, schema, refusal, advice, text, reads_empty=True)


def AnyText(longest: int, text: Message) -> FieldType:
    """Return the type of a text of which nothing is refused but its length."""
    refusal = msg('"%(value)s" can\'t be %(parameter)s.')
    return FieldType(str, {"type": "string", "maxLength": longest}, refusal, msg("Enter a text."), text)


def ExactText(longest: int, text: Message, reader: Callable[[str], str] = str) -> FieldType:
    """Return the type of a text whose characters are taken as they are, up to a length and to what ``reader`` refuses."""

    def parse(value: str) -> str:
        if len(value) > longest:
            raise ValueError
        return reader(value)

    refusal = msg("%(parameter)s has more than %(most)s characters. Shorten it.", most=longest)
    schema = {"type": "string", "maxLength": longest}
    return FieldType(parse, schema, refusal, msg("Enter a text."), text, reads="exact")


def _parse_day(value: str) -> date:
    if _COMPACT_DAY.fullmatch(value):
        return date.fromisoformat(value)
    day = parse_partial_date(value)
    if day.precision != "day":
        raise ValueError
    return day.first


def _parse_place(value: str) -> Position:
    position = parse_position(value)
    if position is None:
        raise ValueError
    return position


def _parse_skip(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > MAX_SKIP_DIGITS:
        raise ValueError
    return int(value)


def _parse_version(value: str) -> int:
    # no more digits are read than the largest number has
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[: len(str(MAX_VERSION)) + 1]) <= MAX_VERSION:
        raise ValueError
    return int(value)


def _parse_truth(value: str) -> bool:
    if value.lower() not in YES + NO:
        raise ValueError
    return value.lower() in YES


def _parse_record_id(value: str) -> str:
    if not value.isprintable() or any(character.isspace() for character in value):
        raise ValueError
    return value


_TEXT: Schema = {"type": "string", "maxLength": MAX_TEXT_CHARACTERS}
DAY = FieldType(
    _parse_day,
    {"type": "string", "format": "date", "maxLength": 20},
    msg('%(parameter)s must be a day such as 2026-03-31, not "%(value)s".'),
    msg("Enter a day such as 2026-03-31."),
    msg("The day; by default today."),
)
PARTIAL_DATE = FieldType(
    parse_partial_date,
    {"type": "string", "maxLength": 20},
    msg('%(parameter)s must be a year, month or day such as 2026, 2026-03 or 2026-03-31, not "%(value)s".'),
    msg("Enter a year, month or day such as 2026, 2026-03 or 2026-03-31."),
    msg("A year, month or day."),
)
PLACE = FieldType(
    _parse_place,
    _TEXT,
    msg('"%(value)s" is not a position. Enter degrees such as 117.7,29.0 or 29°0′N 117°42′E.'),
    msg("Enter degrees such as 117.7,29.0 or 29°0′N 117°42′E."),
    msg("A position in WGS 84; of two bare numbers longitude is the first."),
)
LIMIT = replace(
    PageLength(
        MAX_LIMIT,
        DEFAULT_LIMIT,
        msg("The number of records of a page; a larger number is reduced to the maximum."),
    ),
    reads_empty=False,
)
SKIP = FieldType(
    _parse_skip,
    {"type": "integer", "minimum": 0, "maximum": 10**MAX_SKIP_DIGITS - 1, "default": 0},
    msg('"%(value)s" is not a number of records. Write one such as 100.'),
    msg("Enter a number of records such as 100."),
    msg("The number of records that a page begins after."),
)
PERCENT = replace(
    Number(0, 100, msg("A share in per cent.")),
    refusal=msg('%(parameter)s must be a number from 0 to 100, in per cent, not "%(value)s".'),
)
TRUTH = FieldType(
    _parse_truth,
    {"type": "string", "enum": ["yes", "no"]},
    msg('%(parameter)s is yes or no, not "%(value)s". Leave it out if it is not known.'),
    msg("Enter yes or no."),
    msg("yes or no; left out if it is not known."),
)
VERSION = FieldType(
    _parse_version,
    {"type": "integer", "minimum": 1, "maximum": MAX_VERSION},
    msg('"%(value)s" is not a version of the data. See /api/versions.'),
    msg("Enter the number of a version; see /api/versions."),
    msg("A version of the data; by default the latest."),
)


def parse_version(text: str | None) -> int | None:
    """Return the version of the data that a text is the number of, None for none. Raises BadQuery."""
    version: int | None = VERSION.validate(text, "version") if text else None
    return version


RECORD_ID = FieldType(
    _parse_record_id,
    _TEXT,
    msg('"%(value)s" is not the id of a record. Copy it from the address of the record.'),
    msg("Copy it from the address of the record."),
    msg("The id of a record."),
)

Day = Annotated[date, DAY]
PartialDay = Annotated[PartialDate, PARTIAL_DATE]
Place = Annotated[Position, PLACE]
Limit = Annotated[int, LIMIT]
Skip = Annotated[int, SKIP]
NamePart = Annotated[str, AnyText(MAX_NAME_CHARACTERS, msg("A name or a part of it."))]
Truth = Annotated[bool, TRUTH]
RecordId = Annotated[str, RECORD_ID]
Version = Annotated[int, VERSION]
Percent = Annotated[float, PERCENT]
Tonnes = Annotated[float, Number(0, MAX_TONNES, msg("An amount in tonnes."))]
Longitude = Annotated[float, Number(-180, 180, msg("Longitude of the place in degrees, WGS 84."))]
Latitude = Annotated[float, Number(-90, 90, msg("Latitude of the place in degrees, WGS 84."))]
Country = Annotated[str, Code("country")]
Division = Annotated[str, Code("division")]
Stream = Annotated[str, Code("stream")]
Commodity = Annotated[str, Code("commodity")]
