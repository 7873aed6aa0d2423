"""Values that people gave a record, as its page and the review queue show them."""

from collections.abc import Mapping
from typing import Any

from lodebase.desk.decisions import proposals
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodedata.choice.expert_values import POSITION
from lodedata.choice.figure_judgements import is_figure_name
from lodedata.vocab import label
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext
from lodeweb.i18n.numbers import number


def format_curated_value(collection: Collection, name: str, value: Any) -> str:
    """Return the text of a value in the language of the request."""
    if value is None:
        return str(gettext("not stated"))
    if name == POSITION:
        return ", ".join(str(part) for part in value)
    if is_figure_name(name):
        return label("figure-judgement", value).in_language(get_language())
    field = collection.field(name)
    return str(value) if field is None else ", ".join(labels.list_value_labels(field, value, get_language()))


def list_curated_rows(collection: Collection, properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the values that people gave a record, with titles and labels."""
    return [
        {
            **row,
            "title": title_value({**row, "collection": collection.name}),
            "text": format_curated_value(collection, row["field"], row["value"]),
        }
        for row in properties.get("given") or ()
    ]


def list_curatable_titles(collection: Collection) -> dict[str, str]:
    """Return the titles of the fields that people can give a value."""
    return {field.name: labels.title_field(field, get_language()) for field in proposals.list_proposable_fields(collection)}


def title_value(row: Mapping[str, Any]) -> str:
    """Return the title of the field of a given value."""
    if is_figure_name(row["field"]):
        return format_figure_title(row["field"])
    fields = {POSITION: str(gettext("Position"))} | list_curatable_titles(COLLECTIONS[row["collection"]])
    return str(fields.get(row["field"], row["field"]))


def format_figure_title(name: str, unit: str | None = None) -> str:
    """Return the title of a figure that people judge, such as "Grade of tin: 71 percent"."""
    kind, code, reported = name.split(":")
    value = f"{number(float(reported), 12)} {unit or ''}".strip()
    if kind == "grade":
        return str(
            gettext("Grade of %(code)s: %(value)s", code=label("commodity", code).in_language(get_language()), value=value)
        )
    return str(gettext("Capacity of %(code)s: %(value)s", code=label("product", code).in_language(get_language()), value=value))


def describe_figure_state(why: str | None, judged: str | None) -> str:
    """Return why a figure is held back or left out of sums, or how it was judged."""
    if why is None and judged is not None:
        return label("figure-judgement", judged).in_language(get_language())
    return "" if why is None else label("figure-doubt", why).in_language(get_language())
