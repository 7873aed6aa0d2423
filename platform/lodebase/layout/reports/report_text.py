"""Texts of records and terms in the language of the reader, for the tables of reports and comparisons."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from lodebase.layout.parts.feedstock import OrePlace
from lodebase.layout.parts.sites import NeighbourSite
from lodebase.layout.statement_parameters import GROUPS
from lodedata.layout.amounts import wrap_annual_tonnage
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


def choose_localized_field(row: object, name: str, language: str) -> str:
    """Return a field of a row in a language, or in the other one if it is missing."""
    return Label(getattr(row, f"{name}_en", None), getattr(row, f"{name}_zh", None)).in_language(language)


def record_name(row: RecordNames, language: str) -> str:
    """Return the name of a record."""
    return choose_localized_field(row, "name", language) or row.id


def find_product_label(code: str, language: str) -> str:
    """Return the label of a product, or its code if the product no longer exists."""
    product = PRODUCTS.get(code)
    return code if product is None else Label(product.label_en, product.label_zh).in_language(language)


def find_term_label(vocabulary_name: str, code: str | None, language: str) -> str:
    """Return the label of a term, its code if the vocabulary lacks it, or an empty text for None."""
    return "" if code is None else label(vocabulary_name, code).in_language(language)


def format_capacity_by_status(groups: Mapping[str, float | None], language: str) -> str:
    """Return the capacity of a site by group of statuses."""
    unknown = msg("without a figure")
    return join_report_texts(
        (
            msg("%(status)s: %(capacity)s", status=GROUPS[group], capacity=unknown if tpa is None else wrap_annual_tonnage(tpa))
            for group, tpa in groups.items()
        ),
        language,
    )


def round_km_to_accuracy(km: float, accuracy_m: float | None) -> float:
    """Return a distance in as many digits as the accuracy of its ends allows: three at most where that is 100 m or worse."""
    if accuracy_m is None or accuracy_m >= COARSE_M:
        return float(f"{km:.3g}") if km >= 1 else round(km, 1)
    return round(km, 2)


def format_km_range(site: NeighbourSite | OrePlace, language: str) -> float | str:
    """Return the distance of a site: a number, or the range from the nearest to the farthest point of the plant's area."""
    if site.farthest_km is None:
        return round_km_to_accuracy(site.distance_km, site.accuracy_m)
    least, most = (round_km_to_accuracy(km, COARSE_M) for km in (site.distance_km, site.farthest_km))
    return msg("%(least)s to %(most)s", least=f"{least:g}", most=f"{most:g}").in_language(language)


def join_report_texts(texts: Iterable[Translatable], language: str) -> str:
    """Return texts separated by the semicolon of the language."""
    return SEPARATOR.in_language(language).join(text.in_language(language) for text in texts)
