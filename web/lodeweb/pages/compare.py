"""Comparison of up to six records, with their differences marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request
from sqlalchemy import Connection

from lodebase.errors import BadQuery
from lodebase.field_types import RECORD_ID
from lodebase.query.collections_ import COLLECTIONS, Collection, Field, find_collection
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.records import provenance, source_values
from lodebase.records.feature import read_served_feature
from lodebase.records.record_collections import find_merged_collections
from lodebase.records.source_values import SourceValues
from lodebase.search.lookup import search
from lodebase.search.suggestion import SearchQuery
from lodebase.statistics import figures
from lodedata.messages import join_facts, msg
from lodedata.normal_form import normalise_search_text
from lodeweb.http.database import get_site
from lodeweb.http.representation import links, responses
from lodeweb.http.representation.links import quote_query_text
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext
from lodeweb.i18n.quantities import Figure
from lodeweb.pages import chart_data
from lodeweb.pages.map import points_map
from lodeweb.pages.map.points_map import MapPoint
from lodeweb.pages.records import estimates, phases

blueprint = Blueprint("compare", __name__)
MAX_RECORDS = 6
MAX_ID_CHARACTERS = 64
MAX_NAMED_FIELDS = 8
OWN = ("name_en", "name_zh", "note_en", "note_zh", "flags")
"""Properties that always differ between records, or that have a row of their own."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is compared, and the address of the comparison without it."""

    collection: Collection
    identity: str
    name: str
    second: str | None
    address: str
    properties: Mapping[str, Any]
    geometry: Mapping[str, Any] | None
    without: str
    according_to: str | None = None
    """The source of a source record; None for a served record."""
    served_id: str | None = None


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record that a typed name may mean, with its kind and place."""

    identity: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A property of all records: a list of lines for each, and whether they differ; None if that is not compared."""

    title: str
    cells: list[list[str]]
    differs: bool | None


@blueprint.get("/compare")
def compare() -> Response:
    """Return the comparison of the records in ``ids``, separated by commas or as repeated parameters.

    A ``name`` adds the record that it names, or offers those that it may mean.
    """
    ids = _parse_ids()
    name = request.args.get("name", "").strip()[:MAX_ID_CHARACTERS]
    named = _find_named(name, ids)
    if len(named) == 1:
        ids.append(named.pop().identity)
        name = ""
    with open_reading(get_site().engine) as connection:
        version, collections, titles = (
            read_dataset_version(connection),
            find_merged_collections(connection, ids),
            read_source_titles(connection),
        )
        # a record that was merged into another is shown with its source's values, and so is the other if both are compared
        own = source_values.read_source_values(connection, ids)
    mates = {own[identity].served_id for identity in ids if identity in own and identity not in collections}
    there = [identity for identity in ids if identity in collections or identity in own]
    records = [
        build_source_record(own[identity], identity, there)
        if identity not in collections or identity in mates
        else record(collections[identity], identity, there)
        for identity in there
    ]
    html = render_template(
        "compare.html",
        records=records,
        rows=build_comparison_rows(records, titles),
        titles=titles,
        missing=[identity for identity in ids if identity not in there],
        ids=there,
        name=name,
        named=named,
        map_settings=points_map.write_points_settings(_list_points(records)),
        most=MAX_RECORDS,
        charts=(charts := _build_charts(records)),
        drawing=chart_data.write_chart_settings(charts),
    )
    return responses.build_page_response(html, version)


def _parse_ids() -> list[str]:
    parts = (part.strip() for value in request.args.getlist("ids") for part in value.split(","))
    ids = list(dict.fromkeys(part for part in parts if part))
    for identity in ids:
        if len(identity) > MAX_ID_CHARACTERS or "\0" in identity:
            raise BadQuery("ids", identity[:MAX_ID_CHARACTERS].replace("\0", "\\0"), RECORD_ID.refusal)
    if len(ids) > MAX_RECORDS:
        raise BadQuery(
            "ids",
            str(len(ids)),
            msg("Too many records are named. Compare at most %(most)s at a time.", most=MAX_RECORDS),
        )
    return ids


def _find_named(text: str, ids: Sequence[str]) -> list[NamedRecord]:
    """Return the record of an identifier or of a name in full, else the records that a name may mean."""
    if not text or len(ids) >= MAX_RECORDS:
        return []
    with open_reading(get_site().engine) as connection:
        if find_merged_collections(connection, [text]):
            return [NamedRecord(text, text, "")]
    kinds = {collection.kind.name: collection for collection in COLLECTIONS.values() if collection.kind.merged}
    query = SearchQuery(normalise_search_text(text), MAX_NAMED_FIELDS, frozenset(kinds), text)
    suggestions = [suggestion for suggestion in search(get_site().engine, query).suggestions if suggestion.id not in ids]
    exact = [
        suggestion
        for suggestion in suggestions
        if normalise_search_text(text)
        in {normalise_search_text(name) for name in (suggestion.name_en, suggestion.name_zh) if name}
    ]
    return [
        NamedRecord(
            suggestion.id,
            labels.record_name({"name_en": suggestion.name_en, "name_zh": suggestion.name_zh}, suggestion.id),
            join_facts(
                [
                    labels.find_collection_title(kinds[suggestion.kind]),
                    *(term.label(get_language()) for term in (suggestion.division, suggestion.country) if term is not None),
                ],
                get_language(),
            ),
        )
        for suggestion in (exact if len(exact) == 1 else suggestions)
    ]


def _list_points(records: Sequence[Record]) -> list[MapPoint]:
    """Return the records with a point as marks of the map."""
    return [
        MapPoint(
            compared_record.geometry["coordinates"][0],
            compared_record.geometry["coordinates"][1],
            compared_record.name,
            "--chart-accent",
            compared_record.address,
        )
        for compared_record in records
        if compared_record.geometry is not None and compared_record.geometry["type"] == "Point"
    ]


def record(name: str, identity: str, ids: Sequence[str]) -> Record:
    """Return a served record of a collection; ``ids`` are the records that it is compared with."""
    feature = orjson.loads(read_served_feature(get_site().engine, name, identity, nested=True)[0])
    return _record(find_collection(name), identity, feature, ids)


def build_source_record(values: SourceValues, identity: str, ids: Sequence[str]) -> Record:
    """Return a source record; ``ids`` are the records that it is compared with."""
    collection = find_collection(values.collection)
    source_record = _record(collection, identity, values.feature, ids)
    source = values.feature["properties"]["sources"][0]
    return replace(
        source_record, address=links.record_address(values.served_id), according_to=source, served_id=values.served_id
    )


def _record(collection: Collection, identity: str, feature: Mapping[str, Any], ids: Sequence[str]) -> Record:
    properties = feature["properties"]
    names = [properties[field_name] for field_name in labels.name_order() if properties.get(field_name)]
    others = ",".join(other_id for other_id in ids if other_id != identity)
    return Record(
        collection=collection,
        identity=identity,
        name=labels.record_name(properties, identity),
        second=names[1] if len(names) > 1 else None,
        address=links.record_address(identity),
        properties=properties,
        geometry=feature["geometry"],
        without=f"/compare?ids={quote_query_text(others)}" if others else "/compare",
    )


def read_source_titles(connection: Connection) -> dict[str, str]:
    """Return the title of each source in the page's language, by its name."""
    return {source["name"]: source[f"title_{get_language()}"] for source in provenance.read_imported_sources(connection)}


def load_source_titles() -> dict[str, str]:
    """Return the title of each source in the language of the request, by its name, by a connection of its own."""
    with open_reading(get_site().engine) as connection:
        return read_source_titles(connection)


def build_comparison_rows(records: Sequence[Record], titles: Mapping[str, str]) -> list[ComparisonRow]:
    """Return each property that one of the records has, in the order of the collections' fields, then related records.

    Sources are shown by their titles if these are known.
    """
    rows = [
        _build_row(gettext("Kind"), [[labels.find_collection_title(compared_record.collection)] for compared_record in records])
    ]
    rows.append(
        _build_row(
            gettext("Position"),
            [_split_lines(labels.format_position(_simplify_geometry(compared_record.geometry))) for compared_record in records],
            compared=False,
        )
    )
    for name in dict.fromkeys(
        field.name for collection in COLLECTIONS.values() if collection.kind.merged for field in collection.fields
    ):
        fields = [compared_record.collection.field(name) for compared_record in records]
        if name in OWN or not any(fields):
            continue
        title = next(labels.title_field(field, get_language()) for field in fields if field is not None)
        rows.append(
            _build_row(
                title,
                [
                    _list_field_lines(compared_record, field, titles)
                    for compared_record, field in zip(records, fields, strict=True)
                ],
            )
        )
    rows += [
        _build_row(gettext("Estimates"), [_list_estimates(compared_record.properties) for compared_record in records]),
        _build_row(gettext("Project phases"), [_list_phases(compared_record.properties) for compared_record in records]),
        _build_row(gettext("Quality flags"), [_list_flags(compared_record.properties) for compared_record in records]),
    ]
    return [row for row in rows if any(row.cells)]


def _build_row(title: str, cells: list[list[str]], compared: bool = True) -> ComparisonRow:
    return ComparisonRow(title, cells, len({tuple(cell) for cell in cells}) > 1 if compared else None)


def _list_field_lines(record: Record, field: Field | None, titles: Mapping[str, str]) -> list[str]:
    if field is not None and field.name == "sources":
        return [titles.get(name, name) for name in record.properties["sources"]]
    return [] if field is None else labels.list_value_labels(field, record.properties.get(field.name), get_language())


def _split_lines(text: str | None) -> list[str]:
    return [] if text is None else [text]


def _simplify_geometry(geometry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if geometry is None else dict(geometry)


def _list_estimates(properties: Mapping[str, Any]) -> list[str]:
    """Return one line for each estimate; there is no line for a total."""
    lines = []
    for group in estimates.group_estimates(properties.get("estimates") or [], properties.get("main_commodity"), get_language()):
        for row in group.rows:
            ore = [_format_figure(row.ore)] if row.ore else []
            measures = [f"{measure.name} {_format_figure(measure.figure)}" for measure in (*row.grades, *row.contained)]
            when = [part for part in (row.date, row.code) if part]
            head = f"{row.title} ({', '.join(when)})" if when else row.title
            lines.append(f"{head}: {'; '.join((*ore, *measures))}")
    return lines


def _list_phases(properties: Mapping[str, Any]) -> list[str]:
    lines = []
    for row in phases.list_phase_rows(properties.get("phases") or [], get_language()):
        status = [f"{row.status} ({row.status_date})" if row.status_date else row.status] if row.status else []
        parts = [
            part
            for part in (row.product, _format_figure(row.capacity) if row.capacity else None, row.capacity_basis, *status)
            if part
        ]
        lines.append(f"{row.name}: {'; '.join(parts)}")
    return lines


def _list_flags(properties: Mapping[str, Any]) -> list[str]:
    return [flag["sentence_zh" if get_language() == "zh" else "sentence_en"] for flag in properties.get("quality_flags") or []]


def _format_figure(figure: Figure) -> str:
    return figure.reported if figure.converted is None else f"{figure.reported} (= {figure.converted})"


def _build_charts(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return a grade-tonnage chart of all estimates of the records, for the commodity that most of the records have."""
    lang = get_language()
    record_estimates = [(record, record.properties.get("estimates") or []) for record in records]
    of_each = [of for _, estimate_rows in record_estimates for of in estimates.list_graded_commodities(estimate_rows, None)]
    if not of_each:
        return []
    of = max(dict.fromkeys(of_each), key=of_each.count)
    own = [
        {"id": record.identity, "name": record.name, "href": record.address, **point}
        for record, estimate_rows in record_estimates
        for point in estimates.list_estimate_points(estimate_rows, of, lang)
    ]
    return [
        {
            "id": "grade-tonnage",
            "kind": "grade-tonnage",
            "title": gettext("%(metal)s: grade and tonnage, every estimate", metal=labels.label_commodity(of, lang)),
            "url": None,
            "collection": "deposits",
            "basis": figures.find_grade_basis(of),
            "own": own,
        }
    ]
