"""The page of an organisation: its names, owners and holdings, projects and capacity by product, sites, other records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from lodebase.history import changelog
from lodebase.history.record_changes import read_record_changes
from lodebase.query.collections_ import COLLECTIONS, Collection, find_collection
from lodebase.query.reading import open_reading
from lodebase.records import provenance
from lodebase.topics.companies.comparison import CompanyProduct
from lodebase.topics.lists.list_labels import find_event_label
from lodebase.topics.lists.list_report import read_organisation_lists
from lodebase.topics.organisations.operations import ORGANISATIONS, PROFILE, OrganisationProfile
from lodebase.topics.organisations.store import (
    NamingProject,
    NamingRecord,
    NamingRecords,
    ProductCapacity,
    RelatedOrganisation,
)
from lodedata.figures import leading_figures
from lodedata.kinds import KINDS
from lodedata.messages import join_facts, join_texts
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.api.catalogue import change_messages
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.http.representation.links import quote_query_text
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import get_language, gettext, localize_field, translate_message
from lodeweb.i18n.numbers import number
from lodeweb.pages import chart_data
from lodeweb.pages.records import act_links, property_values
from lodeweb.pages.records.head_figures import HeadFigure
from lodeweb.pages.records.owner_lines import format_owner_date

blueprint = Blueprint("organisations_page", __name__)

CHINA = "CHN"
"""The country whose condition lists are held."""
ELSEWHERE = (
    "name_en",
    "name_zh",
    "aliases",
    "derived",
    "note_en",
    "note_zh",
    "flags",
    "sources",
    "country",
    "parent",
    "parent_share_pct",
    "parent_date",
)
"""Fields that the page shows outside its facts."""
PROJECT_FIELDS = ("country", "division", "products", "status")
"""Fields of a project that its row shows, after the role."""
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
def redirect_to_list() -> Response:
    """Redirect to the list of organisations, in the language of the request."""
    return redirect(f"{links.build_collection_path(find_collection(ORGANISATIONS))}/items{links.change_address(f='html')}")


def describe_profile(organisation_profile: OrganisationProfile) -> Mapping[str, Any]:
    """Return what the page shows besides the result: texts, the chart of the sites, acts, lists and changes."""
    identity, properties, lang = organisation_profile.id, organisation_profile.properties, get_language()
    collection = find_collection(ORGANISATIONS)
    with open_reading(get_site().engine) as connection:
        changed = read_record_changes(connection, ORGANISATIONS, identity)
        history = changelog.read_changes_of_record(
            connection, ORGANISATIONS, identity, [(c.version, c.committed_at) for c in changed]
        )
        sources = [source for source in provenance.read_imported_sources(connection) if source["name"] in properties["sources"]]
        linked_acts = act_links.read_linked_acts(connection, collection, identity)
    listed = read_organisation_lists(get_site().engine, get_site().figures, identity)
    charts, rows = _draw_sites(organisation_profile.projects), _build_project_rows(organisation_profile.projects)
    return {
        "identity": identity,
        "name": labels.record_name(properties, identity),
        "names": labels.list_other_names(collection, properties),
        "properties": properties,
        "seat": _label_seat(properties),
        "head": list(_list_head_figures(organisation_profile)),
        "facts": property_values.list_property_facts(collection, properties, ELSEWHERE),
        "unchecked": find_unchecked_fields(properties),
        "included": organisation_profile.include_subsidiaries,
        "linked_acts": linked_acts,
        "above": _link_organisations(organisation_profile.owners),
        "below": [*_link_organisations(organisation_profile.holdings), *_link_holdings(organisation_profile.projects)],
        "by_share": [_share_row(company_product) for company_product in organisation_profile.capacity_by_share],
        "model": translate_message(organisation_profile.model),
        "subsidiaries": bool(organisation_profile.holdings),
        "projects": [row for row in rows if not row.former],
        "former": [row for row in rows if row.former],
        "matched": organisation_profile.projects_matched,
        "charts": charts,
        "drawing": chart_data.write_chart_settings(charts),
        "capacity": list(_build_capacity_rows(organisation_profile.capacity)),
        "others": [_build_records(record, organisation_profile) for record in organisation_profile.records],
        "items": _build_items_address(COLLECTIONS["projects"], organisation_profile),
        "sources": [localize_field(source, "title") for source in sources],
        "listed": listed if listed.with_entries or organisation_profile.country == CHINA else None,
        "event_label": find_event_label,
        "changed": changed,
        "lines": {change.version: change_messages.write_change_line(change, lang) for change in history},
        "record": f"{links.build_collection_path(collection)}/items/{quote_query_text(identity)}",
    }


def find_unchecked_fields(properties: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the fields whose values were not checked against a document, as the source says."""
    facts = load_vocabulary("organisation-fact")
    return frozenset(name for code in properties.get("unchecked") or () for name in facts[code].extra["fields"].split("|"))


def _name_of(record: RelatedOrganisation | NamingProject | NamingRecord) -> str:
    return labels.record_name({"name_en": record.name.en, "name_zh": record.name.zh}, record.id)


def _label_seat(properties: Mapping[str, Any]) -> str:
    code = properties.get("country")
    return load_vocabulary("country")[code].label(get_language()) if code else gettext("not known")


def _list_head_figures(organisation_profile: OrganisationProfile) -> Iterator[HeadFigure]:
    """Yield the figures at the head of the page: projects, their countries, and the largest capacity that is built."""
    present = [project for project in organisation_profile.projects if not project.former]
    if present:
        countries = {project.country for project in present if project.country}
        note = gettext("in %(number)s countries or areas", number=len(countries)) if countries else ""
        yield HeadFigure(gettext("Projects"), str(len(present)), note)
    operating = leading_figures.list_statuses_counted_as("operating")
    built = [
        (row.built_tpa, row)
        for row in organisation_profile.capacity
        if row.built_tpa and row.status in operating and row.capacity_basis not in leading_figures.GROSS
    ]
    for capacity_tpa, row in sorted(built, key=lambda pair: -pair[0])[:2]:
        amount = gettext("%(amount)s/a", amount=quantities.format_tonnes(capacity_tpa, get_language()))
        yield HeadFigure(_label_product(row.product, row.capacity_basis), amount, gettext("operating, whole capacity"))


def _draw_sites(projects: Sequence[NamingProject]) -> list[dict[str, Any]]:
    """Return the map of the sites, if one has a position."""
    sites = [
        {
            "lon": project.lon,
            "lat": project.lat,
            "former": project.former,
            "role": _describe_role(project),
            "name": _name_of(project),
            "address": links.record_address(project.id),
        }
        for project in projects
        if project.lon is not None
    ]
    if not sites:
        return []
    title = gettext("%(number)s projects with a position", number=len(sites))
    return [{"id": "sites", "kind": "sites", "title": title, "sites": sites}]


def _link_organisations(organisations: Sequence[RelatedOrganisation]) -> list[Link]:
    return [
        Link(
            _name_of(organisation),
            f"/organisations/{quote_query_text(organisation.id)}",
            join_facts(filter(None, (_write_share(organisation.share_percent), organisation.share_date)), get_language()),
            organisation.share_percent,
        )
        for organisation in organisations
    ]


def _link_holdings(projects: Sequence[NamingProject]) -> list[Link]:
    """Return the projects in which the organisation has a stated share, the largest shares first."""
    held = [
        (project.share_percent, project) for project in projects if project.share_percent is not None and not project.former
    ]
    return [
        Link(_name_of(project), links.record_address(project.id), _describe_role(project), share)
        for share, project in sorted(held, key=lambda pair: -pair[0])[:MAX_HOLDINGS]
    ]


def _write_share(share_percent: float | None) -> str:
    return "" if share_percent is None else f"{round(share_percent, 2):g} %"


def _describe_role(project: NamingProject) -> str:
    """Return the roles of an organisation in a project, its share, and the date, such as ``owner, 51 %, 2008 or before``."""
    date = format_owner_date(project.share_date, "in-or-before" if project.in_or_before else "stated")
    return join_facts(filter(None, (_label_roles(project.roles), _write_share(project.share_percent), date)), get_language())


def _build_project_rows(projects: Sequence[NamingProject]) -> list[ProjectRow]:
    lang, fields = get_language(), [find_collection("projects").field(name) for name in PROJECT_FIELDS]
    rows = []
    for project in projects:
        values = [(field, getattr(project, field.name)) for field in fields if field is not None]
        cells = [
            join_texts(labels.list_value_labels(field, list(value) if isinstance(value, tuple) else value, lang), lang)
            for field, value in values
        ]
        address = links.record_address(project.id)
        rows.append(ProjectRow(_name_of(project), address, [_describe_role(project), *cells], project.former))
    return rows


def _label_roles(codes: Sequence[str]) -> str:
    roles = load_vocabulary("organisation-role")
    return join_texts((roles[code].label(get_language()) if code in roles else code for code in codes), get_language())


def _label_product(product: str, basis: str | None) -> str:
    products = load_vocabulary("product")
    label = products[product].label(get_language()) if product in products else product
    return str(gettext("%(product)s (%(basis)s)", product=label, basis=quantities.label_capacity_basis(basis, get_language())))


def _share_row(company_product: CompanyProduct) -> ShareRow:
    rank = gettext("rank %(rank)s of %(all)s", rank=company_product.rank, all=company_product.of_companies)
    amount = gettext("%(amount)s/a", amount=quantities.format_mass(company_product.capacity_tpa, get_language()))
    share = f"{number(company_product.share_percent, 3)} %"
    return ShareRow(
        translate_message(company_product.label),
        f"/statistics/league/{company_product.product}",
        [amount, translate_message(company_product.unit), share, rank],
    )


def _build_capacity_rows(capacity: Sequence[ProductCapacity]) -> Iterator[CapacityRow]:
    """Yield the capacity by product and what it is a mass of; amounts of different bases are not added."""
    groups: dict[tuple[str, str | None], list[ProductCapacity]] = {}
    for row in capacity:
        groups.setdefault((row.product, row.capacity_basis), []).append(row)
    idle = leading_figures.list_statuses_counted_as(IDLE)
    for (product, basis), rows in groups.items():
        working = sum(row.built_tpa or 0.0 for row in rows if row.status not in idle)
        resting = sum(row.built_tpa or 0.0 for row in rows if row.status in idle)
        coming = sum(row.coming_tpa or 0.0 for row in rows)
        shown = [
            gettext("%(amount)s/a", amount=quantities.format_tonnes(amount_tpa, get_language())) if amount_tpa else "–"
            for amount_tpa in (working, resting, coming)
        ]
        without = sum(row.phases_without_capacity for row in rows)
        left_out = sum(row.phases_not_counted for row in rows)
        yield CapacityRow(_label_product(product, basis), shown[0], shown[1], shown[2], without, left_out)


def _build_records(naming: NamingRecords, profile: OrganisationProfile) -> Records:
    collection = COLLECTIONS[KINDS[naming.kind].collection]
    rows = [Link(_name_of(record), links.record_address(record.id), _label_roles(record.roles)) for record in naming.records]
    more = _build_items_address(collection, profile) if naming.matched > len(rows) else None
    return Records(f"{labels.find_collection_title(collection)} ({naming.matched})", rows, more)


def _build_items_address(collection: Collection, profile: OrganisationProfile) -> str:
    more = "&include_subsidiaries=true" if profile.include_subsidiaries else ""
    return f"{links.build_collection_path(collection)}/items?organisation={quote_query_text(profile.id)}{more}&f=html"


PRESENTATIONS = {PROFILE: Presentation(describe_profile)}
