"""Texts of records and terms in the language of the reader, for the tables of reports and comparisons."""

from collections.abc import Iterable, Mapping
from typing import Any

from lodebase.layout.statement_parameters import GROUPS
from lodedata.layout.amounts import amount
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Label, Translatable, msg
from lodedata.vocab import label

SEPARATOR = msg("; ")


def localized(row: Mapping[str, Any], name: str, language: str) -> str:
    """Return a field of a row in a language, or in the other one if it is missing."""
    return Label(row.get(f"{name}_en"), row.get(f"{name}_zh")).in_language(language)


def record_name(row: Mapping[str, Any], language: str) -> str:
    """Return the name of a record."""
    return localized(row, "name", language) or str(row["id"])


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


def joined(texts: Iterable[Translatable], language: str) -> str:
    """Return texts separated by the semicolon of the language."""
    return SEPARATOR.in_language(language).join(text.in_language(language) for text in texts)
