"""Parameters of statistics over time: terms of dimensions, periods, and the day on which releases were known."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field, create_model

from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS, MAX_TEXT_CHARACTERS, AnyText, FieldType, WholeNumber
from lodebase.operations.parameters import Parameters
from lodebase.query.parameters import time_parameters
from lodebase.series.series_query import FILTERS, MAX_OBSERVATIONS, MAX_QUERIED_SERIES, SeriesQuery
from lodedata.messages import Message, msg
from lodedata.statistics.periods import parse_period_bounds
from lodedata.statistics.series import find_term

Codes = tuple[str, ...]
DIMENSION_TEXTS: Mapping[str, Message] = {
    "source": msg("The source of the series."),
    "indicator": msg("The indicator, such as production, reserves or price."),
    "commodity": msg("The commodity or the aggregate of commodities."),
    "stage": msg("The stage of processing, such as mine or refinery."),
    "basis": msg("The basis of quantities, such as content or gross."),
    "area": msg("The area: ISO 3166-1 alpha-3, a province such as CN-36, WLD, WLD-rounded or rest."),
    "freq": msg("The frequency: A, Q or M."),
    "transformation": msg("The transformation, such as level or yoy-published."),
    "unit": msg("The unit of the series."),
}
NO_TERM = msg('"%(value)s" is not a known %(parameter)s. Use a code, label or alias from /api/vocabularies.')
GIVE_ONE = msg("Give one %(parameter)s; figures of several can't be added.")
RELEASES = ("latest", "all")


def parse_codes(name: str, text: str) -> Codes:
    """Return the codes of terms that are separated by commas; a source is a name. Raises BadQuery."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if name == "source":
        return tuple(parts)
    codes = []
    for part in parts:
        term = find_term(name, part)
        if term is None:
            raise BadQuery(name, part[:MAX_QUOTED_CHARACTERS], NO_TERM)
        codes.append(term.code)
    return tuple(codes)


def require_one(name: str, codes: Codes) -> str:
    """Return the only code of a dimension. Raises BadQuery for none or several."""
    if len(codes) != 1:
        raise BadQuery(name, ",".join(codes)[:MAX_QUOTED_CHARACTERS], GIVE_ONE)
    return codes[0]


def _build_dimension_type(name: str) -> FieldType:
    return FieldType(
        lambda text: parse_codes(name, text),
        {"type": "string", "maxLength": MAX_TEXT_CHARACTERS},
        NO_TERM,
        GIVE_ONE.filled(parameter=name),
        DIMENSION_TEXTS[name],
        reads="exact",
    )


def _build_term_type(name: str) -> FieldType:
    """Return the type of a dimension of which one term is given."""
    several = _build_dimension_type(name)
    return FieldType(
        lambda text: require_one(name, several.parse(text)),
        several.schema,
        several.refusal,
        several.advice,
        several.text,
        reads="exact",
    )


def _build_bound_parser(number: int) -> Callable[[str], date]:
    # a period that can't be read is a ValueError
    return lambda text: parse_period_bounds(text)[number]


def _build_period_type(number: int, text: Message) -> FieldType:
    return FieldType(
        _build_bound_parser(number),
        {"type": "string", "maxLength": 20, "example": "2021"},
        msg('"%(value)s" is not a period. Write 2024, 2024-Q1 or 2024-05.'),
        msg("Write 2024, 2024-Q1 or 2024-05."),
        text,
        reads="exact",
    )


def _parse_releases(text: str) -> bool:
    if text not in RELEASES:
        raise ValueError
    return text == "all"


AS_OF = FieldType(
    lambda text: time_parameters.parse_last_day("as_of", text),
    {"type": "string", "format": "date", "maxLength": 20},
    msg('%(parameter)s must be a day such as 2026-03-31, not "%(value)s".'),
    msg("Enter a day such as 2026-03-31."),
    msg("The day on which releases were known; by default the latest release of each value is returned."),
    reads="exact",
)
ALL_RELEASES = FieldType(
    _parse_releases,
    {"type": "string", "enum": list(RELEASES), "default": "latest"},
    msg('%(parameter)s must be latest or all, not "%(value)s".'),
    msg("Use one of %(choices)s.", choices=list(RELEASES)),
    msg("Whether the values of earlier releases are returned too."),
)
_LIMIT = msg("The maximum number to return.")
OneCommodity = Annotated[str, _build_term_type("commodity")]
OneStage = Annotated[str, _build_term_type("stage")]
OneSource = Annotated[str, _build_term_type("source")]
OneArea = Annotated[str, _build_term_type("area")]
Areas = Annotated[Codes, _build_dimension_type("area")]
Indicators = Annotated[Codes, _build_dimension_type("indicator")]
AsOf = Annotated[date, AS_OF]
SearchText = Annotated[str, AnyText(MAX_TEXT_CHARACTERS, msg("A text in the labels of the series."))]


class DimensionParameters(Parameters):
    """The dimensions of series, one or several terms of each."""

    @property
    def filters(self) -> Mapping[str, Codes]:
        """The codes of the dimensions that are given."""
        return {name: codes for name in FILTERS if (codes := getattr(self, name))}


_DIMENSIONS: Mapping[str, Any] = {name: (Annotated[Codes, _build_dimension_type(name)] | None, None) for name in FILTERS}
FilterParameters = create_model("FilterParameters", __base__=DimensionParameters, **_DIMENSIONS)


class SeriesParameters(FilterParameters):
    """Series by dimension and text."""

    q: SearchText | None = None
    limit: Annotated[int, WholeNumber(1, MAX_QUERIED_SERIES, _LIMIT)] = MAX_QUERIED_SERIES

    @property
    def query(self) -> SeriesQuery:
        """The query of the parameters."""
        return SeriesQuery(self.filters, text=self.q, limit=self.limit)


class ReleasesParameters(FilterParameters):
    """Observations by dimension, text, period and release."""

    q: SearchText | None = None
    begin: Annotated[date | None, _build_period_type(0, msg("The first period.")), Field(alias="from")] = None
    end: Annotated[date | None, _build_period_type(1, msg("The last period.")), Field(alias="to")] = None
    as_of: AsOf | None = None
    releases: Annotated[bool, ALL_RELEASES] = False

    @property
    def query(self) -> SeriesQuery:
        """The query of the parameters."""
        return SeriesQuery(self.filters, self.begin, self.end, self.as_of, self.releases, self.q)


class ObservationsParameters(ReleasesParameters):
    """The same, up to a number of observations."""

    limit: Annotated[int, WholeNumber(1, MAX_OBSERVATIONS, _LIMIT)] = MAX_OBSERVATIONS

    @property
    def query(self) -> SeriesQuery:
        """The query of the parameters."""
        return SeriesQuery(self.filters, self.begin, self.end, self.as_of, self.releases, self.q, self.limit)


class ConcentrationParameters(Parameters):
    """The series whose shares are computed, and the day on which releases were known."""

    commodity: OneCommodity
    stage: OneStage
    source: OneSource
    indicator: Indicators = ("production",)
    as_of: AsOf | None = None


class CommodityParameters(Parameters):
    """The stage and source of the production of a commodity, an area, and the day on which releases were known."""

    stage: OneStage | None = None
    source: OneSource | None = None
    area: OneArea | None = None
    as_of: AsOf | None = None


class ReservesParameters(Parameters):
    """A commodity, and the day on which releases were known."""

    commodity: OneCommodity
    as_of: AsOf | None = None


class NationalSumsParameters(Parameters):
    """The commodity of the sums of all countries."""

    commodity: OneCommodity | None = None


class CoverageParameters(NationalSumsParameters):
    """A stage and areas; none for the sums of all countries."""

    stage: OneStage | None = None
    area: Areas = ()
    as_of: AsOf | None = None


class ConsumptionParameters(Parameters):
    """A stage and an area, and the day on which releases were known."""

    commodity: OneCommodity
    stage: OneStage
    area: OneArea
    as_of: AsOf | None = None


class TargetsParameters(Parameters):
    """The day on which releases were known."""

    as_of: AsOf | None = None
