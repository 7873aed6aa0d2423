"""The page of an organisation: its names, owners and holdings, projects and capacity by product, sites, other records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from lodebase.errors import BadQuery
from lodebase.history import changelog
from lodebase.history.record_changes import changes
from lodebase.organisations.profile import NamingRecords, Profile, profile
from lodebase.query.collections_ import COLLECTIONS, Collection, find_collection
from lodebase.query.reading import reading
from lodebase.records import provenance
from lodebase.records.feature import item
from lodebase.topics.companies.comparison import CompanyProduct, products_of, read_leagues
from lodebase.topics.lists.list_labels import event_label
from lodebase.topics.lists.list_report import organisation_lists
from lodedata.figures import leading_figures
from lodedata.kinds import KINDS
from lodedata.messages import joined, msg
from lodedata.statistics.company_capacity import MODEL
from lodedata.vocab import vocabulary
from lodeweb.adapter.responses import operation_services
from lodeweb.api.catalogue import change_messages
from lodeweb.http.database import site
from lodeweb.http.representation import links
from lodeweb.http.representation.links import quoted
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import language, localized, translated
from lodeweb.i18n.numbers import number
from lodeweb.pages import chart_data
from lodeweb.pages.records import act_links, property_values
from lodeweb.pages.records.head_figures import HeadFigure
from lodeweb.pages.records.owner_lines import owner_date

blueprint = Blueprint("organisations", __name__)

ORGANISATIONS = "organisations"
CHINA = "CHN"
"""The country whose condition lists are held."""
ELSEWHERE = (
    *("name_en", "name_zh", "aliases", "derived", "note_en", "note_zh", "flags", "sources", "country"),
    *("parent", "parent_share_pct", "parent_date"),
)
"""Fields that the page shows outside its facts."""
IDLE = "idle"
"""Group of the statuses of phases that are built and stand still."""
MAX_HOLDINGS = 6
"""The most projects among the holdings of the chart of owners."""


@dataclass(frozen=True, slots=True)
class Link:
    """A record with its name, address, and a line about it."""

    name: str
    address: str
    about: str = ""
    share: float | None = None
    """Share in per cent, of the one above in the one below."""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of the organisation."""

    name: str
    address: str
    cells: list[str]
    former: bool


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """The capacity of the projects for one product, in tonnes a year: as built, and what is not built yet."""

    product: str
    working: str
    idle: str
    coming: str
    without: int
    left_out: int


@dataclass(frozen=True, slots=True)
class ShareRow:
    """The capacity of the organisation for a product by its share, with the address of the league."""

    product: str
    address: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Records:
    """Records of another kind that name the organisation."""

    title: str
    links: list[Link]
    more: str | None


@blueprint.get("/organisations")
def organisations() -> Response:
    """Redirect to the list of organisations, in the language of the request."""
    return redirect(f"{links.collection_path(find_collection(ORGANISATIONS))}/items{links.here(f='html')}")


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
    listed = organisation_lists(site().engine, site().figures, identity)
    lang = language()
    projects, name = found.projects.records, labels.record_name(properties, identity)
    charts = _charts(projects)
    above, below = _organisations(found.above), [*_organisations(found.below), *_holdings(projects)]
    return render_template(
        "organisations/organisation.html",
        identity=identity,
        name=name,
        names=labels.other_names(collection, properties),
        properties=properties,
        seat=_seat(properties),
        head=list(_head(found)),
        facts=property_values.facts(collection, properties, ELSEWHERE),
        unchecked=unchecked_fields(properties),
        included=included,
        linked_acts=linked_acts,
        above=above,
        below=below,
        by_share=[_share_row(one) for one in products_of(identity, read_leagues(operation_services()))],
        model=translated(MODEL),
        subsidiaries=bool(found.below),
        projects=[one for one in _projects(projects) if not one.former],
        former=[one for one in _projects(projects) if one.former],
        matched=found.projects.matched,
        charts=charts,
        drawing=chart_data.settings(charts),
        capacity=list(_capacities(found)),
        others=[_records(one, identity, included) for one in found.others],
        items=_items(COLLECTIONS["projects"], identity, included),
        sources=[localized(one, "title") for one in sources],
        listed=listed if listed.with_entries or properties.get("country") == CHINA else None,
        event_label=event_label,
        changed=changed,
        lines={change.version: change_messages.line(change, lang) for change in history},
        record=f"{links.collection_path(collection)}/items/{quoted(identity)}",
    )


def unchecked_fields(properties: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the fields whose values were not checked against a document, as the source says."""
    facts = vocabulary("organisation-fact")
    return frozenset(name for code in properties.get("unchecked") or () for name in facts[code].extra["fields"].split("|"))


def _seat(properties: Mapping[str, Any]) -> str:
    code = properties.get("country")
    return vocabulary("country")[code].label(language()) if code else gettext("not known")


def _head(found: Profile) -> Iterator[HeadFigure]:
    """Yield the figures at the head of the page: projects, their countries, and the largest capacity that is built."""
    now = [one for one in found.projects.records if not one["former"]]
    if now:
        countries = {one["country"] for one in now if one["country"]}
        about = gettext("in %(number)s countries or areas", number=len(countries)) if countries else ""
        yield HeadFigure(gettext("Projects"), str(len(now)), about)
    built = [
        row for row in found.capacity if row["built_tpa"] and row["status"] in leading_figures.statuses_counted_as("operating")
    ]
    built = [row for row in built if row["capacity_basis"] not in leading_figures.GROSS]
    for row in sorted(built, key=lambda row: -row["built_tpa"])[:2]:
        amount = gettext("%(amount)s/a", amount=quantities.tonnes(row["built_tpa"], language()))
        yield HeadFigure(_product(row["product"], row["capacity_basis"]), amount, gettext("operating, in full"))


def _charts(projects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the map of the sites, if one has a position."""
    sites = [
        {
            **{"lon": one["lon"], "lat": one["lat"], "former": one["former"], "role": _role_text(one)},
            **{"name": labels.record_name(one, one["id"]), "address": links.record_address(one["id"])},
        }
        for one in projects
        if one["lon"] is not None
    ]
    return (
        [
            {
                "id": "sites",
                "kind": "sites",
                "title": gettext("%(number)s projects with a position", number=len(sites)),
                "sites": sites,
            }
        ]
        if sites
        else []
    )


def _included(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadQuery("include_subsidiaries", text[:40], msg('%(parameter)s must be true or false, not "%(value)s".'))
    return text == "true"


def _organisations(rows: Sequence[Mapping[str, Any]]) -> list[Link]:
    return [
        Link(
            labels.record_name(row, row["id"]),
            f"/organisations/{quoted(row['id'])}",
            joined(filter(None, (_share(row["share_pct"]), row["share_date"])), language()),
            row["share_pct"],
        )
        for row in rows
    ]


def _holdings(projects: Sequence[Mapping[str, Any]]) -> list[Link]:
    """Return the projects in which the organisation has a stated share, the largest shares first."""
    held = [one for one in projects if one["share_pct"] is not None and not one["former"]]
    return [
        Link(labels.record_name(one, one["id"]), links.record_address(one["id"]), _role_text(one), one["share_pct"])
        for one in sorted(held, key=lambda one: -one["share_pct"])[:MAX_HOLDINGS]
    ]


def _share(share_pct: float | None) -> str:
    return "" if share_pct is None else f"{round(share_pct, 2):g} %"


def _role_text(project: Mapping[str, Any]) -> str:
    """Return the roles of an organisation in a project, its share, and the date, such as ``owner, 51 %, 2008 or before``."""
    date = owner_date(project["share_date"], "in-or-before" if project["or_before"] else "stated")
    return joined(filter(None, (_roles(project["roles"]), _share(project["share_pct"]), date)), language())


def _projects(rows: Sequence[Mapping[str, Any]]) -> list[ProjectRow]:
    collection = find_collection("projects")
    fields = [collection.field(name) for name in ("country", "division", "products", "status")]
    made = []
    for row in rows:
        cells = [
            joined(labels.value_labels(field, row[field.name], language()), language()) for field in fields if field is not None
        ]
        cells = [_role_text(row), *cells]
        made.append(ProjectRow(labels.record_name(row, row["id"]), links.record_address(row["id"]), cells, row["former"]))
    return made


def _roles(codes: Sequence[str]) -> str:
    roles = vocabulary("organisation-role")
    return joined((roles[code].label(language()) if code in roles else code for code in codes), language())


def _product(product: str, basis: str | None) -> str:
    products = vocabulary("product")
    label = products[product].label(language()) if product in products else product
    return str(gettext("%(product)s (%(basis)s)", product=label, basis=quantities.capacity_basis(basis, language())))


def _share_row(one: CompanyProduct) -> ShareRow:
    rank = gettext("rank %(rank)s of %(all)s", rank=one.rank, all=one.of_companies)
    amount = gettext("%(amount)s/a", amount=quantities.mass(one.capacity_tpa, language()))
    share = f"{number(one.share_percent, 3)} %"
    return ShareRow(translated(one.label), f"/statistics/league/{one.product}", [amount, translated(one.unit), share, rank])


def _capacities(found: Profile) -> Iterator[CapacityRow]:
    """Yield the capacity by product and what it is a mass of; amounts of different bases are not added."""
    groups: dict[tuple[str, str | None], list[Mapping[str, Any]]] = {}
    for row in found.capacity:
        groups.setdefault((row["product"], row["capacity_basis"]), []).append(row)
    idle = leading_figures.statuses_counted_as(IDLE)
    for (product, basis), rows in groups.items():
        working = sum(row["built_tpa"] or 0.0 for row in rows if row["status"] not in idle)
        standing = sum(row["built_tpa"] or 0.0 for row in rows if row["status"] in idle)
        coming = sum(row["coming_tpa"] or 0.0 for row in rows)
        shown = [
            gettext("%(amount)s/a", amount=quantities.tonnes(one, language())) if one else "–"
            for one in (working, standing, coming)
        ]
        without, left_out = sum(row["without"] for row in rows), sum(row["left_out"] for row in rows)
        yield CapacityRow(_product(product, basis), shown[0], shown[1], shown[2], without, left_out)


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
