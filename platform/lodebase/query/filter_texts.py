"""The filters of a request as text, for the headings of charts and pictures."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lodebase.query.collections_ import Collection, Field
from lodebase.query.filters.field_values import find_filtered_field
from lodebase.query.parameters.declarations import PARAMETERS
from lodedata.code_labels import LABELS, label_estimate_class
from lodedata.messages import Label, join_texts
from lodedata.problems import list_flag_titles
from lodedata.sources import load_source, names
from lodedata.vocab import load_vocabulary

_FIRST_CLAUSE = re.compile(r"^[^:;.\uff1a\uff1b\u3002]+")


@dataclass(frozen=True, slots=True)
class FilterText:
    """A filter: what it selects by, and the labels of its values."""

    title: str
    text: str


def describe_filters(collection: Collection, parameters: Iterable[tuple[str, str]], language: str) -> list[FilterText]:
    """Return the filters of a request in their order; several values of one parameter are one filter."""
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    return [_describe_filter(collection, name, texts, language) for name, texts in values.items()]


def _describe_filter(collection: Collection, name: str, values: list[str], language: str) -> FilterText:
    field = find_filtered_field(collection, name)
    if field is None:
        parameter = PARAMETERS.get(name)
        meaning = name if parameter is None else parameter.text.in_language(language)
        first = _FIRST_CLAUSE.match(meaning)
        return FilterText(meaning if first is None else first[0], join_texts(values, language))
    codes = (part.strip() for value in values for part in value.split(","))
    return FilterText(field.title.in_language(language), join_texts(_list_labels(field, codes, language), language))


def _list_labels(field: Field, codes: Iterable[str], language: str) -> Iterator[str]:
    for code in codes:
        term = None if field.vocabulary is None else load_vocabulary(field.vocabulary).find(code)
        if term is not None:
            yield term.label(language)
        elif field.name == "flags" and code in list_flag_titles():
            yield list_flag_titles()[code].in_language(language)
        elif field.name == "sources" and code in names():
            yield Label(load_source(code).title_en, load_source(code).title_zh).in_language(language)
        elif field.name == "figure_class":
            yield label_estimate_class(code).in_language(language)
        else:
            yield LABELS[code].in_language(language) if code in LABELS else code
