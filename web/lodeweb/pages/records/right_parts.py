"""Parts of record pages about mining rights: the ground of a right, and the rights over a deposit or project."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import shapely
from sqlalchemy import Connection

from lodebase.query.collections_ import Collection
from lodebase.topics.rights import right_relations
from lodedata.messages import Label
from lodedata.rights.corner_ring import read_ring
from lodedata.rights.corner_table import build_corner_table, list_shape_corners
from lodedata.rights.corner_text import RingUnreadable
from lodedata.vocab import load_vocabulary
from lodeweb.i18n.holders import name_holder
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages.map.rights_layer import write_rights_settings

MAX_SHOWN_CORNERS = 2_000


def build_own_right_parts(connection: Connection, identity: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ground, relations and history of a right for its page."""
    today = datetime.now(UTC).date()
    numbers = [number for number in (properties.get("right_no"), *(properties.get("former_nos") or ())) if number]
    relations = right_relations.read_right_relations(connection, identity, numbers)
    ground = right_relations.read_right_ground(connection, identity, today)
    return {
        **relations,
        "inside": [{**record, "href": build_right_record_link(record["kind"], record["id"])} for record in relations["inside"]],
        "events": [{**event, "title": label("right-event-type", event["event_type"])} for event in relations["events"]],
        "overlaps": [
            {**overlap, "href": build_right_record_link("mining_right", overlap["id"])} for overlap in relations["overlaps"]
        ],
        **_build_outline(ground, identity, today),
        "today": label_right_status(ground["status_on"]),
    }


def list_rights_over_record(connection: Connection, identity: str) -> list[dict[str, Any]]:
    """Return the rights over a record, each with its holder's public name and its status today."""
    rows = right_relations.find_rights_over_record(connection, identity, datetime.now(UTC).date())
    return [
        {
            **row,
            "href": build_right_record_link("mining_right", row["id"]),
            "holder": name_holder(row),
            "today": label_right_status(row["status_on"]),
            "kind_label": label("right-kind", row["right_kind"]),
        }
        for row in rows
    ]


def label_right_status(code: str | None) -> str:
    """Return the label of a right's status on a day, which it has not yet before its term."""
    return str(gettext("not yet in force")) if code is None else label("right-status", code)


def label(name: str, code: str | None) -> str:
    """Return the label of a term in the request's language."""
    return "" if code is None else load_vocabulary(name)[code].label(get_language())


def build_right_record_link(kind: str, identity: str) -> str:
    """Return the address of a record's page."""
    return f"/records/{identity}"


def name_of(row: Mapping[str, Any]) -> str:
    """Return a row's name in the request's language, else its number, else that it is unnamed."""
    name = Label(row.get("name_en"), row.get("name_zh")).in_language(get_language()) or row.get("right_no")
    return name or str(gettext("unnamed"))


def build_points_layer(rows: Iterable[Mapping[str, Any]], coverage: Mapping[str, str]) -> dict[str, Any]:
    """Return the points of deposits for a map, those under a right apart from the others."""
    features = [
        _build_feature(
            {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            layer="covered",
            groups={"operating": 1} if row["covered"] in ("surely", "possibly") else {},
            name_en=f"{name_of(row)}: {coverage[row['covered']]}",
        )
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def _build_feature(geometry: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _build_outline(ground: Mapping[str, Any], identity: str, today: date) -> dict[str, Any]:
    """Return the corners and the map of a right; of one without polygon, what was reported in place of it."""
    if ground["wkb"] is None:
        return {"corners": None, "settings": None, "reported": ground["corners_reported"]}
    bounds = shapely.from_wkb(bytes(ground["wkb"])).bounds
    return {"corners": _list_corners(ground), "settings": write_rights_settings(today, {"id": identity}, bounds)}


def _list_corners(ground: Mapping[str, Any]) -> Any:
    """Return the corner table; of the corners as printed, else of the outline; None for outlines with very many corners."""
    if ground["corners_reported"]:
        try:
            return build_corner_table(read_ring(ground["corners_reported"], ground["corners_crs"]).rings)
        except RingUnreadable:
            pass
    shape = shapely.from_wkb(bytes(ground["wkb"]))
    return build_corner_table(list_shape_corners(shape)) if shapely.get_num_coordinates(shape) <= MAX_SHOWN_CORNERS else None


def build_right_parts(
    connection: Connection, collection: Collection, identity: str, properties: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parts of a record's page about rights, by the kind of record."""
    if collection.kind.name == "mining_right":
        return {"right": build_own_right_parts(connection, identity, properties), "rights_over": []}
    placed = collection.kind.name in ("deposit", "discovery", "project")
    return {"right": None, "rights_over": list_rights_over_record(connection, identity) if placed else []}
