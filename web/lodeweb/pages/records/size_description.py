"""What a size class is of: commodity, basis and amount in one text, instead of a fact for each."""

from collections.abc import Mapping
from typing import Any

from lodebase.query.collections_ import Collection
from lodedata.messages import join_facts
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import get_language, gettext

NOTED = ("size_commodity", "size_basis", "size_basis_value_t", "size_derived", "size_source")
"""Properties that the note has, in addition to the class."""


def describe_size(collection: Collection, properties: Mapping[str, Any]) -> str:
    """Return commodity, basis and amount that a size class rests on, empty without a size class."""
    if not properties.get("size_class"):
        return ""
    lang, amount = get_language(), properties.get("size_basis_value_t")
    parts = [
        *_label_value(collection, "size_commodity", properties),
        *_label_value(collection, "size_basis", properties),
        quantities.format_tonnes(amount, lang) if amount is not None else "",
        gettext("derived from ore and grade") if properties.get("size_derived") else "",
    ]
    return join_facts(filter(None, parts), lang)


def _label_value(collection: Collection, name: str, properties: Mapping[str, Any]) -> list[str]:
    field = collection.field(name)
    return (
        []
        if field is None or properties.get(name) is None
        else labels.list_value_labels(field, properties[name], get_language())
    )
