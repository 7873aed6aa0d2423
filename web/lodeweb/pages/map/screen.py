"""Settings of the map's script: filters, columns, labels, layers and messages, in the page's language."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import current_app

from lodebase.errors import LodeError
from lodebase.history import dataset_state
from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.filters.field_values import find_filtered_field
from lodebase.query.reading import open_reading
from lodebase.records import provenance
from lodebase.settings import Settings
from lodedata.ageing import LAST_KNOWN_YEARS
from lodedata.kinds import PUBLIC, Kind
from lodedata.maps.map_symbols import load_map_symbols
from lodedata.sources import load_source, names
from lodedata.vocab import load_vocabulary
from lodedata.write import FORMATS
from lodeweb.http.database import get_site
from lodeweb.http.representation.conditional_requests import format_version_id
from lodeweb.i18n import labels
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import get_language, gettext
from lodeweb.i18n.map_messages import list_map_messages
from lodeweb.pages.map import ground, ground_tiles
from lodeweb.pages.map.rights_layer import build_layer_settings

LABELLED = (
    "capacity-basis",
    "commodity",
    "commodity-group",
    "status",
    "size-class",
    "exploration-stage",
    "facility-type",
    "deposit-model",
    "country",
    "product",
)
FILTERS = (
    *("commodity_group", "commodity", "status", "size_class", "stage", "country", "division", "deposit_model"),
    *("facility_types", "products", "result", "activity_type", "occurrence_type", "deposit_form", "source", "flag"),
)
"""The first filters of the panel, in order, by parameter; the other fields that are counted by value follow them."""
WITHOUT_FILTER = ("main_commodity",)
"""Fields counted by value without a filter in the panel, as another one has their values."""
TREES = ("deposit_model",)
"""Filters whose values form a tree; a record has one value at most, so that counts add up."""
APART = ("name_en", "name_zh", "position_accuracy_m", "position_doubtful")
"""Fields of a point that its popup shows apart."""
TILES = "/api/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}"


def build_screen_settings(divisions: bool) -> dict[str, Any]:
    """Return the settings of the map's script; ``divisions`` if the store has their outlines."""
    lang = get_language()
    chosen = get_site().settings
    points = {name: c for name, c in COLLECTIONS.items() if c.kind.merged}
    statuses = load_vocabulary("status")
    return {
        "lang": lang,
        "countries": ground.find_countries_address(),
        "tiles": TILES,
        "version": _find_version(),
        "divisions": divisions,
        "kinds": {name: c.title.in_language(lang) for name, c in points.items()},
        "filters": [_filter(name, points, lang) for name in list_filters(points)],
        "columns": {name: [_describe_column(field, lang) for field in c.fields] for name, c in points.items()},
        "lastKnownYears": LAST_KNOWN_YEARS,
        "labels": {
            **{
                name: {t.code: t.label(lang) for t in load_vocabulary(name)}
                for name in (*LABELLED, *_list_overlay_vocabularies())
            },
            "flag": labels.title_flags(lang),
            "figure-class": _list_classes(lang),
            "source": _list_source_titles(lang),
        },
        "m49": ground.list_country_numbers(),
        "groups": {term.code: dict(term.extra) for term in load_vocabulary("commodity-group")},
        "countsAs": {term.code: term.extra["counts_as"] for term in statuses},
        "fills": {term.code: load_map_symbols()["fills"][term.extra["counts_as"]] for term in statuses},
        **_describe_layers(chosen, lang),
        "formats": _list_formats(lang),
        "byMail": chosen.smtp_url is not None,
        "embeds": bool(chosen.embed_hosts),
        "pages": _check_pages(),
        "listed": {kind.name: kind.singular_zh if lang == "zh" else kind.singular_en for kind in _list_unplaced_kinds()},
        "overlays": _describe_overlays(lang),
        "groupOf": {term.code: term.extra["group"] for term in load_vocabulary("commodity") if term.extra["group"]},
        "rights": build_layer_settings(datetime.now(UTC).date()),
        "messages": list_map_messages(),
    }


def _find_version() -> str:
    """Return the version that the page requests its tiles by; empty if the database is unavailable."""
    try:
        return format_version_id(dataset_state.read_version(get_site().engine).number)
    except LodeError:
        return ""


def list_filters(points: dict[str, Collection]) -> tuple[str, ...]:
    """Return the parameters of the filters of the panel, in order."""
    covered = {(kind, field) for name in FILTERS for kind, c in points.items() if (field := find_filtered_field(c, name))}
    counted = ((kind, field) for kind, c in points.items() for field in c.fields if field.facet)
    rest = (field.name for kind, field in counted if (kind, field) not in covered and field.name not in WITHOUT_FILTER)
    return (*FILTERS, *dict.fromkeys(rest))


def _filter(name: str, points: dict[str, Collection], lang: Language) -> dict[str, Any]:
    fields = {kind: field for kind, c in points.items() if (field := find_filtered_field(c, name)) is not None}
    first = next(iter(fields.values()))
    title = gettext("Status") if name == "status" else labels.title_field(first, lang)
    described = {"name": name, "title": title, "fields": {kind: field.name for kind, field in fields.items()}}
    return described | ({"broader": _list_broader_codes(first)} if name in TREES else {})


def _list_broader_codes(field: Field) -> dict[str, str]:
    """Return the broader code of each code in a field's vocabulary that has one."""
    return {term.code: term.broader for term in load_vocabulary(field.vocabulary or "") if term.broader}


def _describe_column(field: Field, lang: Language) -> dict[str, Any]:
    described = {"name": field.name, "title": labels.title_field(field, lang), "sortable": field.sortable}
    return described | {key: value for key, value in (("vocabulary", field.vocabulary), ("unit", field.unit)) if value}


def _list_classes(lang: Language) -> dict[str, str]:
    """Return the labels of the classes of estimates."""
    codes = (*load_vocabulary("resource-category").terms, *load_vocabulary("reserve-category").terms, "endowment")
    return {code: labels.estimate_category(code, lang) for code in codes}


def _describe_overlays(lang: Language) -> dict[str, Any]:
    """Return the layers of points of the kinds that are not merged: their titles and the fields of their popups."""
    return {
        name: {
            "title": collection.title.in_language(lang),
            "fields": [_describe_column(field, lang) for field in collection.fields if field.tile and field.name not in APART],
        }
        for name, collection in COLLECTIONS.items()
        if collection.geometry == "point" and not collection.prepared
    }


def _list_overlay_vocabularies() -> set[str]:
    fields = (field for name in _describe_overlays("en") for field in COLLECTIONS[name].fields if field.tile)
    return {field.vocabulary for field in fields if field.vocabulary is not None}


def _describe_layers(chosen: Settings, lang: Language) -> dict[str, Any]:
    """Return the basemap settings of the operator: layers of other hosts, an attribution, a map approval number."""
    bases = [
        {
            "name": layer.name,
            "title": layer.title.in_language(lang),
            "url": layer.template,
            "attribution": layer.attribution,
            "max_zoom": layer.max_zoom,
        }
        for layer in chosen.map_layers
    ]
    named = {
        "attribution": chosen.map_attribution or "",
        "approval": ground.word_approval(),
        "notice": ground.describe_missing_approval(),
    }
    return {"bases": bases, **named, "ground": ground_tiles.list_ground_layers()}


def _list_formats(lang: Language) -> list[dict[str, Any]]:
    """Return the file formats, in the order of the menu."""
    return [
        {
            "name": form.name,
            "title": form.title,
            "text": form.text.in_language(lang),
            "loss": form.loss.in_language(lang) if form.loss is not None else "",
            "rowBytes": form.row_bytes,
            "crs": form.crs,
            "relations": form.relations in ("all", "values"),
            "labels": form.labels,
            "tiled": form.geometry == "tile",
        }
        for form in FORMATS.values()
    ]


def _list_unplaced_kinds() -> Iterator[Kind]:
    """Yield the kinds that search finds and that have no marks on the map."""
    searchable_kinds = (kind for kind in PUBLIC.values() if kind.search_code is not None or kind.number_fields)
    return (kind for kind in searchable_kinds if kind.geometry is None or kind.number_fields)


def _check_pages() -> dict[str, bool]:
    """Return whether each of the pages that the map links to exists."""
    there = {rule.rule for rule in current_app.url_map.iter_rules()}
    return {name: f"/{name}" in there for name in ("compare", "charts")}


def _list_source_titles(lang: Language) -> dict[str, str]:
    """Return the titles of the sources that Lode includes and of the imported ones, with a user's own tables."""
    column = "title_zh" if lang == "zh" else "title_en"
    shipped: dict[str, str] = {name: getattr(load_source(name), column) for name in names()}
    try:
        with open_reading(get_site().engine) as connection:
            return {row["name"]: row[column] for row in provenance.read_imported_sources(connection)} | shipped
    except LodeError:
        return shipped
