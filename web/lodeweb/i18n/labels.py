"""Labels of values on pages: the label of a code, the title of a rule, a formatted number."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from lodebase.query.collections_ import Collection, Field
from lodedata.code_labels import LABELS, label_estimate_class
from lodedata.kinds import KINDS
from lodedata.kinds.shared import CNY, TEN_THOUSAND_CNY
from lodedata.messages import join_texts, msg
from lodedata.problems import list_flag_titles
from lodedata.vocab import load_vocabulary
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.i18n.numbers import number

Language = str
SITE_TITLE = msg("Lode: strategic minerals")
NAMES = tuple(dict.fromkeys(name for kind in KINDS.values() for name in kind.name_fields))
"""The fields of names and titles of all kinds, English before Chinese."""


def write_site_description(lang: Language) -> str:
    """Return what the site holds, with its commodity groups."""
    groups = [term.label(lang) for term in load_vocabulary("commodity-group") if term.code != "other"]
    groups = groups if lang == "zh" else [group.lower() for group in groups]
    return msg("Deposits, prospects, discoveries and project sites of %(groups)s.", groups=groups).in_language(lang)


@lru_cache(maxsize=2)
def title_flags(lang: Language) -> Mapping[str, str]:
    """Return the titles of the quality flags."""
    return {name: title.in_language(lang) for name, title in list_flag_titles().items()}


def title_field(field: Field, lang: Language) -> str:
    """Return the title of a field."""
    return field.title.in_language(lang)


def list_value_labels(field: Field, value: Any, lang: Language) -> list[str]:
    """Return the labels of a field's value, one for each item of a list; none for null."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [_find_label(field, value, lang) for value in values]


def format_value_text(field: Field, value: Any, lang: Language) -> str:
    """Return the labels of a field's value as one text."""
    return join_texts(list_value_labels(field, value, lang), lang)


def _find_label(field: Field, value: Any, lang: Language) -> str:
    if field.vocabulary is not None:
        terms = load_vocabulary(field.vocabulary)
        return terms[value].label(lang) if value in terms else str(value)
    if field.name == "flags":
        return title_flags(lang).get(value, str(value))
    if field.name == "figure_class":
        return estimate_category(value, lang)
    if field.name in ("position_method", "size_basis"):
        return label_plain_code(str(value))
    if field.unit is not None:
        # the title of an amount of money names its currency
        return number(value) if field.unit in (CNY, TEN_THOUSAND_CNY) else f"{number(value)} {field.unit}"
    if isinstance(value, bool):
        return (msg("yes") if value else msg("no")).in_language(lang)
    return str(value)


def label_plain_code(word: str) -> str:
    """Return the label of a code outside the vocabularies, in the page's language; a chemical formula is unchanged."""
    return translate_message(LABELS[word]) if word in LABELS else word


def find_collection_title(collection: Collection) -> str:
    """Return the title of a collection in the language of the request."""
    return translate_message(collection.title)


def record_name(properties: Mapping[str, Any], identity: str) -> str:
    """Return the name of a record in the language of the request, else its other name, else that it is unnamed.

    A record that can have no name is called by its id, a mining right without a name by its number.
    """
    named = (*name_order(), "right_no")
    stated_name: str | None = next((properties[field_name] for field_name in named if properties.get(field_name)), None)
    if stated_name is not None:
        return stated_name
    return gettext("unnamed") if any(name in properties for name in NAMES) else identity


def list_other_names(collection: Collection, properties: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the names of a record that are not its heading, each with its language."""
    pairs = [(lang, properties.get(name)) for lang, name in zip(("en", "zh-CN"), collection.kind.name_fields, strict=True)]
    order = reversed(pairs) if get_language() == "zh" else pairs
    names = [(lang, name) for lang, name in order if name]
    return [other for other in names[1:] if other[1] != names[0][1]]


def name_order() -> Sequence[str]:
    """Return the fields of names, those in the language of the request first."""
    return NAMES[::-1] if get_language() == "zh" else NAMES


def format_position(geometry: dict[str, Any] | None) -> str | None:
    """Return latitude and longitude of a point with hemisphere letters, the number of polygons of an area, else None.

    A hundred-thousandth of a degree, one metre, is finer than the accuracy of any position.
    """
    if geometry is None:
        return None
    if geometry["type"] == "Point":
        lon, lat = (round(degrees, 5) for degrees in geometry["coordinates"][:2])
        return f"{abs(lat)}° {'S' if lat < 0 else 'N'}, {abs(lon)}° {'W' if lon < 0 else 'E'}"
    polygons = len(geometry["coordinates"]) if geometry["type"] == "MultiPolygon" else 1
    return str(gettext("polygons: %(number)s", number=polygons))


def estimate_category(code: str, lang: Language) -> str:
    """Return the label of a class of resources or reserves."""
    return label_estimate_class(code).in_language(lang)


def label_commodity(code: str, lang: Language) -> str:
    """Return the label of a commodity."""
    terms = load_vocabulary("commodity")
    return terms[code].label(lang) if code in terms else code
