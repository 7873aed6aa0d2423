"""Texts of records and terms in the language of the reader, for the tables of reports and comparisons."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from lodebase.layout.report_parts import NeighbourSite, OrePlace
from lodebase.layout.statement_parameters import GROUPS
from lodedata.layout.amounts import amount
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Label, Translatable, msg
from lodedata.vocab import label

SEPARATOR = msg("; ")
COARSE_M = 100.0
"""Accuracy of a position, in metres, from which a distance has three significant digits."""


class RecordNames(Protocol):
    """A record with its names."""

    @property
    def id(self) -> str:
        """Return the id."""

    @property
    def name_en(self) -> str | None:
        """Return the English name."""

    @property
    def name_zh(self) -> str | None:
        """Return the Chinese name."""


def localized(row: object, name: str, language: str) -> str:
    """Return a field of a row in a language, or in the other one if it is missing."""
    return Label(getattr(row, f"{name}_en", None), getattr(row, f"{name}_zh", None)).in_language(language)


def record_name(row: RecordNames, language: str) -> str:
    """Return the name of a record."""
    return localized(row, "name", language) or row.id


def product_label(code: str, language: str) -> str:
    """Return the label of a product, or its code if the product no longer exists."""
    made = PRODUCTS.get(code)
    return code if made is None else Label(made.label_en, made.label_zh).in_language(language)


def term(vocabulary_name: str, code: str | None, language: str) -> str:
    """Return the label of a term, its code if the vocabulary lacks it, or an empty text for None."""
    return "" if code is None else label(vocabulary_name, code).in_language(language)


def capacity_by_status(groups: Mapping[str, float | None], language: str) -> str:
    """Return the capacity of a site by group of statuses."""
    unknown = msg("without a figure")
    return joined(
        (
            msg("%(status)s: %(capacity)s", status=GROUPS[one], capacity=unknown if tpa is None else amount(tpa))
            for one, tpa in groups.items()
        ),
        language,
    )


def rounded_km(km: float, accuracy_m: float | None) -> float:
    """Return a distance in as many digits as the accuracy of its ends allows: three at most where that is 100 m or worse."""
    if accuracy_m is None or accuracy_m >= COARSE_M:
        return float(f"{km:.3g}") if km >= 1 else round(km, 1)
    return round(km, 2)


def km_range(site: NeighbourSite | OrePlace, language: str) -> float | str:
    """Return the distance of a site: a number, or the range from the nearest to the farthest point of the plant's area."""
    if site.farthest_km is None:
        return rounded_km(site.distance_km, site.accuracy_m)
    least, most = (rounded_km(km, COARSE_M) for km in (site.distance_km, site.farthest_km))
    return msg("%(least)s to %(most)s", least=f"{least:g}", most=f"{most:g}").in_language(language)


def joined(texts: Iterable[Translatable], language: str) -> str:
    """Return texts separated by the semicolon of the language."""
    return SEPARATOR.in_language(language).join(text.in_language(language) for text in texts)
