"""Why a column is suggested for a field, as sentences: its heading, its unit, and how many of its values are alike."""

import re
from collections.abc import Iterator, Mapping

from lodedata.mapping.suggestion.column_names import name_scores
from lodedata.mapping.suggestion.columns import SampledColumn, parse_column_numbers
from lodedata.mapping.suggestion.content import SEPARATORS, compute_date_share, parse_column_angles
from lodedata.mapping.suggestion.field_titles import FIGURE
from lodedata.mapping.suggestion.rights import names_field
from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary

LARGE = 1e6
"""Numbers from which all digits are written."""
MIN_NAMED = 0.5
"""The least likeness of a heading that is given as a reason."""
VOCABULARIES: Mapping[str, str] = {
    "country": "country",
    "division": "division",
    "commodities": "commodity",
    "by_products": "commodity",
    "deposit_model": "deposit-model",
    "occurrence_type": "mineral-occurrence-type",
    "deposit_form": "deposit-form",
    "product": "product",
    "facility_types": "facility-type",
    "status": "status",
    "stage": "exploration-stage",
    "phase_type": "phase-type",
    "activity_type": "exploration-activity-type",
    "result": "exploration-result",
    "code": "classification-code",
    "category": "resource-category",
}
FIGURES = frozenset({"capacity", "ore", "grade", "contained", "share", "area_km2_reported", FIGURE})
DATES = frozenset({"start", "end", "discovery_year", "information_date", "estimate_date", "valid_from", "valid_to"})


def give_reasons(column: SampledColumn, field: str) -> tuple[Message, ...]:
    """Return why a column was suggested for a field; empty if nothing speaks for it."""
    return tuple(_describe_reasons(column, field))


def _describe_reasons(column: SampledColumn, field: str) -> Iterator[Message]:
    named = max(
        (score for name, score in name_scores(column).items() if name.partition("_")[0] == field.partition("_")[0]), default=0
    )
    if named >= MIN_NAMED or field == FIGURE or names_field(field, column):
        yield msg("the heading says “%(heading)s”", heading=column.name)
    if column.unit is not None and field in FIGURES:
        yield msg("the heading has the unit %(unit)s", unit=column.unit)
    total = len(column.distinct)
    if (
        field in ("lon", "lat")
        and (numbers := parse_column_angles(column))
        or field in FIGURES
        and (numbers := parse_column_numbers(column))
    ):
        yield _describe_share(numbers, total)
    elif field in DATES and total:
        yield msg("%(count)s of %(all)s values are dates", count=round(compute_date_share(column) * total), all=total)
    elif field in VOCABULARIES and total:
        term_count = sum(_has_term(value, VOCABULARIES[field]) for value in column.distinct)
        yield msg("%(count)s of %(all)s values are known terms", count=term_count, all=total)
    elif field == "key" and column.unique:
        yield msg("each row has a value of its own")


def _has_term(value: str, name: str) -> bool:
    """Return whether a value is a term of a vocabulary, or has one among its parts."""
    terms = load_vocabulary(name)
    return any(terms.find(part.strip()) is not None for part in (value, *re.split(f"[{re.escape(SEPARATORS)}]", value)) if part)


def _describe_share(numbers: list[float], total: int) -> Message:
    return msg(
        "%(count)s of %(all)s values are numbers between %(least)s and %(most)s",
        count=len(numbers),
        all=total,
        least=_format_plain(min(numbers)),
        most=_format_plain(max(numbers)),
    )


def _format_plain(value: float) -> str:
    """Return a number with up to six digits, a large one in full and not as a power of ten."""
    return f"{value:.6g}" if abs(value) < LARGE else f"{value:,.0f}"
