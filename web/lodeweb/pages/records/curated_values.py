"""Values that people gave a record, as its page and the review queue show them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from lodebase.desk.decisions import proposals
from lodebase.desk.decisions.proposals import POSITION
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodeweb.i18n import labels
from lodeweb.i18n.language import language


def shown(collection: Collection, name: str, value: Any) -> str:
    """Return the text of a value in the language of the request."""
    if value is None:
        return str(gettext("not stated"))
    if name == POSITION:
        return ", ".join(str(part) for part in value)
    field = collection.field(name)
    return str(value) if field is None else ", ".join(labels.value_labels(field, value, language()))


def rows(collection: Collection, properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the values that people gave a record, with titles and labels."""
    return [
        {**row, "title": title({**row, "collection": collection.name}), "text": shown(collection, row["field"], row["value"])}
        for row in properties.get("given") or ()
    ]


def titles(collection: Collection) -> dict[str, str]:
    """Return the titles of the fields that people can give a value."""
    return {field.name: labels.title(field, language()) for field in proposals.choices(collection)}


def title(row: Mapping[str, Any]) -> str:
    """Return the title of the field of a given value."""
    fields = {POSITION: str(gettext("Position"))} | titles(COLLECTIONS[row["collection"]])
    return str(fields.get(row["field"], row["field"]))
