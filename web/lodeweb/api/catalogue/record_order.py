"""The order of records (OGC API Records, Part 1, sorting): by which properties, and how."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lodebase.errors import BadQuery
from lodedata.messages import Translatable, msg
from lodeweb.api.catalogue.dataset import Dataset
from lodeweb.api.features.schemas import DIALECT
from lodeweb.i18n.language import translate_message

SORTABLES: Mapping[str, tuple[Translatable, Callable[[Dataset], str]]] = {
    "id": (msg("Identifier"), lambda dataset: dataset.name),
    "title": (msg("Title"), lambda dataset: dataset.title.casefold()),
    "description": (msg("Description"), lambda dataset: dataset.description.casefold()),
}
"""The title and the value of each property that orders records; titles are in the language of the request."""


def sort_datasets(datasets: Iterable[Dataset], sortby: str) -> list[Dataset]:
    """Return data sets ordered by keys, the first of them first. Raise BadQuery for one that is no sortable."""
    ordered_datasets = list(datasets)
    for key in reversed(sortby.split(",")):
        # a plus in an address is a blank
        name = key.removeprefix("-").lstrip("+ ")
        if name not in SORTABLES:
            choices = list(SORTABLES)
            raise BadQuery(
                "sortby", name[:40], msg('Records can\'t be sorted by "%(value)s". Use one of %(choices)s.', choices=choices)
            )
        ordered_datasets.sort(key=SORTABLES[name][1], reverse=key.startswith("-"))
    return ordered_datasets


def build_sortables_schema(address: str) -> dict[str, Any]:
    """Return the sortables as JSON Schema under their address."""
    return {
        "$schema": DIALECT,
        "$id": address,
        "type": "object",
        "title": translate_message(msg("Sortable properties")),
        "properties": {name: {"title": translate_message(title), "type": "string"} for name, (title, _) in SORTABLES.items()},
        "additionalProperties": False,
    }
