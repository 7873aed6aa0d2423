"""The page of an organisation: its names, projects and capacity by product, sites, and the records that name it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, render_template, request
from flask_babel import gettext

from lodebase.errors import BadQuery
from lodebase.history import changelog
from lodebase.history.record_changes import changes
from lodebase.organisations.profile import NamingRecords, Profile, profile
from lodebase.query.collections_ import COLLECTIONS, Collection, find_collection
from lodebase.query.reading import reading
from lodebase.records import provenance
from lodebase.records.feature import item
from lodedata.kinds import KINDS
from lodedata.messages import joined, msg
from lodedata.vocab import vocabulary
from lodeweb.api.catalogue import change_messages
from lodeweb.http.database import site
from lodeweb.http.representation import links
from lodeweb.http.representation.links import quoted
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import language, localized
from lodeweb.pages.records import act_links, property_values

blueprint = Blueprint("organisations", __name__)

ORGANISATIONS = "organisations"
ELSEWHERE = ("name_en", "name_zh", "aliases", "derived", "note_en", "note_zh", "flags", "sources")
STAGES = {"operating": "working", "idle": "idle", "pipeline": "coming", "shadow": "coming"}
"""Columns of capacities, by the group of the status of a phase."""


@dataclass(frozen=True, slots=True)
class Link:
    """A record with its name, address, and a line about it."""

    name: str
    address: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of the organisation."""

    name: str
    address: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """The capacity of the projects for one product, in tonnes a year by stage."""

    product: str
    working: str
    coming: str
    idle: str
    without: int


@dataclass(frozen=True, slots=True)
class Records:
    """Records of another kind that name the organisation."""

    title: str
    links: list[Link]
    more: str | None


@blueprint.get("/organisations/<identity>")
def organisation(identity: str) -> str:
    """Return the page of an organisation. Raise NoSuchThing for an unknown one."""
    included = _included(request.args.get("include_subsidiaries", "false"))
    collection = find_collection(ORGANISATIONS)
    feature = orjson.loads(item(site().engine, ORGANISATIONS, identity)[0])
    properties = feature["properties"]
    with reading(site().engine) as connection:
        found = profile(connection, identity, included)
        changed = changes(connection, ORGANISATIONS, identity)
        history = changelog.of_record(connection, ORGANISATIONS, identity, [(c.version, c.committed_at) for c in changed])
        sources = [one for one in provenance.sources(connection) if one["name"] in properties["sources"]]
        linked_acts = act_links.acts_of(connection, collection, identity)
    lang = language()
    return render_template(
        "organisations/organisation.html",
        identity=identity,
        name=labels.record_name(properties, identity),
        names=labels.other_names(collection, properties),
        properties=properties,
        facts=property_values.facts(collection, properties, ELSEWHERE),
        included=included,
        linked_acts=linked_acts,
        above=_organisations(found.above),
        below=_organisations(found.below),
        projects=_projects(found.projects.records),
        matched=found.projects.matched,
        dots=[(one["lon"], one["lat"]) for one in found.projects.records if one["lon"] is not None],
        capacity=list(_capacities(found)),
        others=[_records(one, identity, included) for one in found.others],
        items=_items(COLLECTIONS["projects"], identity, included),
        sources=[localized(one, "title") for one in sources],
        changed=changed,
        lines={change.version: change_messages.line(change, lang) for change in history},
        record=f"{links.collection_path(collection)}/items/{quoted(identity)}",
    )


def _included(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadQuery("include_subsidiaries", text[:40], msg('%(parameter)s must be true or false, not "%(value)s".'))
    return text == "true"


def _organisations(rows: Sequence[Mapping[str, Any]]) -> list[Link]:
    roles = vocabulary("organisation-role")
    return [
        Link(
            labels.record_name(row, row["id"]),
            f"/organisations/{quoted(row['id'])}",
            roles[row["role"]].label(language()),
        )
        for row in rows
    ]


def _projects(rows: Sequence[Mapping[str, Any]]) -> list[ProjectRow]:
    collection = find_collection("projects")
    fields = [collection.field(name) for name in ("country", "division", "products", "status")]
    made = []
    for row in rows:
        cells = [
            joined(labels.value_labels(field, row[field.name], language()), language()) for field in fields if field is not None
        ]
        share = "" if row["share_pct"] is None else f" {round(row['share_pct'], 2):g} %"
        cells = [_roles(row["roles"]) + share, *cells]
        made.append(ProjectRow(labels.record_name(row, row["id"]), links.record_address(row["id"]), cells))
    return made


def _roles(codes: Sequence[str]) -> str:
    roles = vocabulary("organisation-role")
    return joined((roles[code].label(language()) if code in roles else code for code in codes), language())


def _capacities(found: Profile) -> Iterator[CapacityRow]:
    """Yield the capacity by product and what it is a mass of; amounts of different bases are not added."""
    statuses, products = vocabulary("status"), vocabulary("product")
    rows: dict[tuple[str, str | None], dict[str, float]] = {}
    without: dict[tuple[str, str | None], int] = {}
    for row in found.capacity:
        key = (row["product"], row["capacity_basis"])
        stage = STAGES.get(statuses[row["status"]].extra["counts_as"]) if row["status"] in statuses else None
        amounts = rows.setdefault(key, {})
        without[key] = without.get(key, 0) + row["without"]
        if stage is not None and row["capacity_tpa"]:
            amounts[stage] = amounts.get(stage, 0.0) + row["capacity_tpa"]
    for (product, basis), amounts in rows.items():
        shown = {
            stage: gettext("%(amount)s/a", amount=quantities.tonnes(value, language())) for stage, value in amounts.items()
        }
        label = products[product].label(language()) if product in products else product
        about = f" ({quantities.capacity_basis(basis, language())})"
        working, coming, idle = (shown.get(stage, "–") for stage in ("working", "coming", "idle"))
        yield CapacityRow(label + about, working, coming, idle, without[product, basis])


def _records(found: NamingRecords, identity: str, included: bool) -> Records:
    collection = COLLECTIONS[KINDS[found.kind].collection]
    rows = [
        Link(labels.record_name(row, row["id"]), links.record_address(row["id"]), _roles(row["roles"])) for row in found.records
    ]
    more = _items(collection, identity, included) if found.matched > len(rows) else None
    return Records(f"{labels.collection_title(collection)} ({found.matched})", rows, more)


def _items(collection: Collection, identity: str, included: bool) -> str:
    more = "&include_subsidiaries=true" if included else ""
    return f"{links.collection_path(collection)}/items?organisation={quoted(identity)}{more}&f=html"
