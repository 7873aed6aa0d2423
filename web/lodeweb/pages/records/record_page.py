"""The page of a record: all its properties, related and nearby records, and its sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from flask import render_template, request
from sqlalchemy import Connection

from lodebase.history import changelog, dataset_state
from lodebase.history.dataset_state import Version
from lodebase.history.record_changes import read_record_changes
from lodebase.organisations.named_organisations import find_named_organisations, find_names
from lodebase.query.collections_ import Collection
from lodebase.query.reading import open_reading
from lodebase.records import estimate_history, provenance
from lodebase.records.acts import find_acts_by_number, list_act_fields
from lodebase.records.feature import read_served_feature
from lodebase.statistics import figures
from lodebase.topics.lists.list_labels import find_event_label
from lodebase.topics.lists.list_report import read_entry_steps
from lodedata import ageing
from lodedata.vocab import load_vocabulary
from lodeweb.api.catalogue import change_messages
from lodeweb.api.catalogue.dataset import write_dataset_citation
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.http.representation.links import change_address, quote_query_text
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import get_language, gettext, localize_field
from lodeweb.pages import chart_data
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.records import (
    act_links,
    curated_values,
    drilling_parts,
    estimates,
    head_figures,
    linked_data,
    nearby,
    phases,
    plain_sentence,
    property_values,
    recovery_parts,
    reference_links,
    right_parts,
    schedule_parts,
    source_comparison,
)
from lodeweb.pages.records.ground_lines import measure_ground_lines
from lodeweb.pages.records.nearby import Neighbours
from lodeweb.pages.records.owner_lines import format_owner_line
from lodeweb.pages.records.size_description import NOTED, describe_size

ELSEWHERE = (
    "name_en",
    "name_zh",
    "aliases",
    "main_commodity",
    "major_commodities",
    "commodities",
    "flags",
    "note_en",
    "note_zh",
    "position_accuracy_m",
    "position_doubtful",
    "sources",
    *head_figures.FIGURES,
    "holder_projects",
    *NOTED,
)
"""Properties that the page shows outside its list of facts."""

LIST_ENTRIES = "list-entries"
PARTS_OF_TOPICS = (
    right_parts.build_right_parts,
    act_links.build_act_parts,
    recovery_parts.build_recovery_parts,
    drilling_parts.build_drilling_parts,
)


@dataclass(frozen=True, slots=True)
class Role:
    """The commodities that have a role in a record."""

    title: str
    values: list[property_values.Word]


def render(collection: Collection, identity: str, as_of: int | None) -> tuple[str, int]:
    """Return the page of a record with labels for codes and all rows that belong to it, and the version of the data.

    Raise ServedElsewhere for a record that is merged into another one.
    """
    body, version = read_served_feature(get_site().engine, collection.name, identity, nested=True, as_of=as_of)
    feature = orjson.loads(body)
    properties = feature["properties"]
    with open_reading(get_site().engine) as connection:
        changed = read_record_changes(connection, collection.name, identity)
        history = changelog.read_changes_of_record(
            connection, collection.name, identity, [(c.version, c.committed_at) for c in changed]
        )
        scheduled = (
            schedule_parts.describe_project(connection, identity) if collection.name == "projects" and as_of is None else []
        )
        sources = [source for source in provenance.read_imported_sources(connection) if source["name"] in properties["sources"]]
        named = find_named_organisations(connection, collection.kind.name, identity) if as_of is None else {}
        names_held = find_names(connection, list(named.values())) if named else {}
        acts = _find_acts(connection, collection, properties, scheduled)
        parts = _build_page_parts(connection, collection, identity, properties) if as_of is None else {}
    point = feature["geometry"]["coordinates"] if collection.geometry == "point" and feature["geometry"] is not None else None
    near = nearby.find_neighbours(point[0], point[1], identity) if point else []
    lang = get_language()
    page = render_template(
        "record.html",
        collection=collection,
        collection_title=labels.find_collection_title(collection),
        root=links.build_collection_path(collection),
        identity=identity,
        as_of=as_of,
        properties=properties,
        on_map=_build_map_address(collection, identity, point) if point else None,
        facts=property_values.list_property_facts(collection, properties, _list_excluded(collection), named, acts),
        acts=acts,
        organisation_of=named.get,
        names_held=names_held,
        owner_line=format_owner_line,
        absent=property_values.list_absent_properties(collection, properties),
        estimates=estimates.group_estimates(properties.get("estimates") or [], properties.get("main_commodity"), lang),
        phases=phases.list_phase_rows(properties.get("phases") or [], lang),
        scheduled=scheduled,
        near=near,
        near_km=nearby.RADIUS_KM,
        ground=measure_ground_lines(get_site().settings, point) if point else None,
        changed=changed,
        lines={change.version: change_messages.write_change_line(change, lang) for change in history},
        given=curated_values.list_curated_rows(collection, properties),
        charts=(drawn := _build_charts(feature, point, near)),
        report=_report(collection, properties, identity, version),
        linked=embed_json(linked_data.build_page_graph(collection, feature, sources, changed)),
        drawing=chart_data.write_chart_settings(drawn),
        refers_to=reference_links.list_named(properties),
        named_by=reference_links.list_naming(properties),
        **_describe_head(collection, feature, identity, version),
        **_compare_sources(collection, properties, sources),
        **parts,
    )
    return page, version


def _find_acts(
    connection: Connection, collection: Collection, properties: Mapping[str, Any], scheduled: Sequence[Mapping[str, Any]]
) -> Mapping[str, str]:
    """Return the acts that a record or a milestone of its phases names, by number."""
    numbers = [properties.get(field.name) for field in list_act_fields(collection.kind)]
    numbers += [milestone["act"] for phase in scheduled for milestone in phase["milestones"]]
    return find_acts_by_number(connection, filter(None, numbers))


def _describe_head(collection: Collection, feature: Mapping[str, Any], identity: str, version: int) -> dict[str, Any]:
    """Return names, position and main figures of a record, and what its status and size are inferred from."""
    properties, lang = feature["properties"], get_language()
    name = labels.record_name(properties, identity)
    return {
        "name": name,
        "names": labels.list_other_names(collection, properties),
        "citation": _format_citation(name, identity, version),
        "position": labels.format_position(feature["geometry"]),
        "accuracy": _describe_accuracy(properties),
        "sentence": plain_sentence.write_plain_sentence(collection, properties, lang),
        "head": head_figures.list_head_figures(properties, lang),
        "roles": _list_roles(collection, properties),
        "aged": _describe_aged_status(properties),
        "size_note": describe_size(collection, properties),
    }


def _compare_sources(
    collection: Collection, properties: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the sources of a record and the comparison of what they state."""
    return {
        "sources": sources,
        "source_titles": {source["name"]: localize_field(source, "title") for source in sources},
        "picked": source_comparison.list_picked_values(collection, properties, get_language()),
        "links": source_comparison.list_linked(properties),
        "formerly": source_comparison.list_former(properties),
        "value_sources": _list_value_sources(collection, properties),
    }


def _format_citation(name: str, identity: str, version: int) -> str:
    at = Version(version, dataset_state.read_commit_time(get_site().engine, version))
    return write_dataset_citation(name, at, links.record_address(identity, str(version)))


def _build_map_address(collection: Collection, identity: str, point: Sequence[float]) -> str:
    """Return the address of the map with a record selected; kinds that are not merged have a layer of their own."""
    layer = "" if collection.prepared else f"&layers={collection.name}"
    return f"/?select={collection.name}/{quote_query_text(identity)}&view={point[0]},{point[1]},8{layer}"


def _build_page_parts(
    connection: Connection, collection: Collection, identity: str, properties: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what mining rights, acts and recovery records add to the page, for the current version only."""
    parts: dict[str, Any] = {}
    if collection.name == "deposits":
        parts["statements"], _ = estimate_history.counts(connection, identity)
    for build_parts in PARTS_OF_TOPICS:
        parts |= build_parts(connection, collection, identity, properties)
    if collection.name == LIST_ENTRIES:
        parts["entry_steps"] = read_entry_steps(get_site().engine, get_site().figures, properties["list"], identity)
        parts["event_label"] = find_event_label
    return parts


def _list_excluded(collection: Collection) -> tuple[str, ...]:
    """Return the properties that are not among the facts; minerals are, where none of them is a by-product."""
    if collection.field("major_commodities") is not None:
        return ELSEWHERE
    return tuple(name for name in ELSEWHERE if name not in ("main_commodity", "commodities"))


def _describe_aged_status(properties: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return a heading and what is inferred from an old status, or the last known one with its year; None for a new one."""
    prefix = "mine_" if "mine_status" in properties else ""
    status, stated = properties.get(f"{prefix}status"), properties.get(f"{prefix}status_date")
    reported_on, today = None if stated is None else date.fromisoformat(stated), datetime.now(UTC).date()
    if status is None or reported_on is None:
        return None
    age = ageing.infer_status(status, reported_on, today)
    if age is not None:
        label = load_vocabulary("status")[age.status].label(get_language())
        inferred = gettext("%(status)s (inferred: not updated for %(years)s years)", status=label, years=age.years)
        return str(gettext("Inferred status")), str(inferred)
    if not ageing.is_last_known(reported_on, today):
        return None
    label = load_vocabulary("status")[status].label(get_language())
    return str(gettext("Last known status")), f"{label}, {reported_on.year}"


def _describe_accuracy(properties: Mapping[str, Any]) -> str | None:
    metres = properties.get("position_accuracy_m")
    return None if metres is None else quantities.format_kilometres(metres, get_language())


def _list_roles(collection: Collection, properties: Mapping[str, Any]) -> list[Role]:
    field = collection.field("commodities")
    if field is None or collection.field("major_commodities") is None:
        return []
    main, major = properties["main_commodity"], properties["major_commodities"]
    parts = {
        gettext("Main commodity"): [main],
        gettext("Co-products"): [code for code in major if code != main],
        gettext("By-products"): [code for code in properties["commodities"] if code not in major and code != main],
    }
    return [Role(title, list(property_values.list_linked_value_texts(field, codes))) for title, codes in parts.items() if codes]


def _list_value_sources(collection: Collection, properties: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, source in sorted((properties.get("value_sources") or {}).items()):
        field = collection.field(name)
        title = (
            gettext("Position") if name == "position" else name if field is None else labels.title_field(field, get_language())
        )
        rows.append((title, str(source)))
    return rows


def _build_charts(feature: Mapping[str, Any], point: Sequence[float] | None, near: list[Neighbours]) -> list[dict[str, Any]]:
    """Return the charts of a record: its location, grade against tonnage, and its phases."""
    properties = feature["properties"]
    charts: list[dict[str, Any]] = []
    if point is not None:
        charts.append(_place(feature, point, near))
    for of in estimates.list_graded_commodities(properties.get("estimates") or [], properties.get("main_commodity"))[:1]:
        charts.append(_build_grade_tonnage(feature, of))
    if marks := phases.list_phase_marks(properties.get("phases") or [], get_language()):
        charts.append({"id": "timeline", "kind": "timeline", "title": gettext("Timeline of the phases"), "phases": marks})
    return charts


def _place(feature: Mapping[str, Any], point: Sequence[float], near: list[Neighbours]) -> dict[str, Any]:
    doubtful = feature["properties"].get("position_doubtful")
    return {
        "id": "place",
        "kind": "place",
        "title": gettext("Location"),
        "lon": point[0],
        "lat": point[1],
        "accuracy_m": None if doubtful else feature["properties"].get("position_accuracy_m"),
        "near": [
            {"lon": record.lon, "lat": record.lat, "name": record.name, "kind": of_kind.kind}
            for of_kind in near
            for record in of_kind.records
        ],
    }


def _build_grade_tonnage(feature: Mapping[str, Any], of: str) -> dict[str, Any]:
    """Return the estimates of a record among the deposits of its model, or among all deposits if it has no model."""
    properties, lang = feature["properties"], get_language()
    model = properties.get("deposit_model")
    among = {"deposit_model": model} if model else {}
    metal = labels.label_commodity(of, lang)
    if model:
        title = gettext(
            "%(metal)s: grade and tonnage compared with deposits of the same model, %(model)s",
            metal=metal,
            model=load_vocabulary("deposit-model")[model].label(lang),
        )
    else:
        title = gettext("%(metal)s: grade and tonnage compared with all deposits", metal=metal)
    return {
        "id": "grade-tonnage",
        "kind": "grade-tonnage",
        "title": title,
        "url": f"/api/collections/deposits/charts/grade-tonnage?{urlencode({**among, 'of': of})}",
        "collection": "deposits",
        "basis": figures.find_grade_basis(of),
        "own": [
            {"id": feature["id"], "name": labels.record_name(properties, feature["id"]), "href": change_address(), **point}
            for point in estimates.list_estimate_points(properties["estimates"], of, lang)
        ],
    }


def _report(collection: Collection, properties: Mapping[str, Any], identity: str, version: int) -> dict[str, str | None]:
    """Return the contact for error reports, and the text of the message; the page itself sends nothing."""
    contact = get_site().settings.contact
    page = f"{request.url_root.rstrip('/')}{links.record_address(identity)}"
    name = labels.record_name(properties, identity)
    text = gettext(
        "Record: %(name)s (%(id)s)\nPage: %(page)s\nVersion of the data: %(version)s\n\nWhat is wrong, and by which source:\n",
        name=name,
        id=identity,
        page=page,
        version=version,
    )
    subject = gettext("Lode: error in the record %(name)s", name=name)
    address = contact
    if contact is not None and "@" in contact and not contact.startswith("http"):
        address = f"mailto:{quote(contact, safe='@')}?subject={quote(subject)}&body={quote(text)}"
    return {"contact": contact, "address": address, "text": text}
