"""Pages of lists of records: a table made of their GeoJSON; for a single record see :mod:`.record_page`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import render_template, request

from lodebase.query.collections_ import Collection, Field
from lodeweb.api.features.items import FeaturePage
from lodeweb.http.representation import links
from lodeweb.http.representation.links import change_address, strip_own_host
from lodeweb.i18n import labels
from lodeweb.i18n.labels import NAMES
from lodeweb.i18n.language import get_language, gettext

SUMMARY = (
    *("main_commodity", "facility_types", "zone_kind", "code", "size_class", "status", "mine_status"),
    *("exploration_stage", "country", "division"),
)
"""Default columns of the table besides the name."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A row of the table."""

    name: str
    address: str
    cells: list[str]


def render(page: FeaturePage) -> str:
    """Return a table of features, with a link to each record and to the next page."""
    collection, document = page.collection, orjson.loads(page.body)
    features: list[dict[str, Any]] = document["features"]
    fields = list(_choose_columns(collection, features))
    extra = [name for name in (features[0]["properties"] if features else ()) if collection.field(name) is None]
    columns = [_name_title(), *(labels.title_field(field, get_language()) for field in fields), *extra]
    following = next((link["href"] for link in document["links"] if link["rel"] == "next"), None)
    return render_template(
        "api/items.html",
        title=labels.find_collection_title(collection),
        root=links.build_collection_path(collection),
        columns=columns,
        as_of=page.dataset_version if "as_of" in request.args else None,
        rows=[_build_row(collection, feature, fields, extra) for feature in features],
        matched=document.get("numberMatched"),
        without_figure=document.get("numberWithoutFigure"),
        has_figure=request.args.get("has_figure"),
        figure_kind="capacity" if collection.field("figure_capacity_tpa") is not None else "amount",
        first=change_address(after=None) if "after" in request.args else None,
        next=None if following is None else strip_own_host(following),
    )


def _choose_columns(collection: Collection, features: list[dict[str, Any]]) -> Iterator[Field]:
    there: Mapping[str, Any] = features[0]["properties"] if features else {}
    chosen = "properties" in request.args
    for field in collection.fields:
        if field.name in there and (field.name not in NAMES if chosen else field.name in SUMMARY):
            yield field


def _build_row(collection: Collection, feature: dict[str, Any], fields: list[Field], extra: list[str]) -> RecordRow:
    properties = feature["properties"]
    cells = [labels.format_value_text(field, properties.get(field.name), get_language()) for field in fields]
    cells += ["" if (value := properties.get(name)) is None else str(value) for name in extra]
    identity, as_of = str(feature["id"]), request.args.get("as_of")
    return RecordRow(labels.record_name(properties, identity), links.record_address(identity, as_of), cells)


def _name_title() -> str:
    return str(gettext("Name"))
