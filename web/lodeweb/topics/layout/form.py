"""The page of the layout check: a form with explanations, and the report with its map."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, render_template, request
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadCandidate, Wrong
from lodebase.field_types import parse_version
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import ORIGINS, Candidate
from lodebase.layout.planned.flat import NAMED, OUTLINE, PREFIX, build_flat_feature
from lodebase.layout.planned.named_places import NamedPlace, find_named_places
from lodebase.layout.reports.findings_by_date import FindingsByDate, choose_dates_to_compare, compare_dates
from lodebase.layout.reports.formats.geojson import write as layers
from lodebase.layout.rulebook import load_rulebook
from lodebase.topics.layout.plant import PlantReport, report_plant
from lodedata.layout.feedstock import MATERIALS
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Message, msg
from lodedata.rules.quantities import DECLARED
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import collect_operation_services
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.read_replica import only_reads
from lodeweb.http.representation.conditional_requests import today
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.map import ground
from lodeweb.topics.layout.report_context import REPORT_CONTEXT
from lodeweb.topics.layout.report_files import link_report

blueprint = DeclaredBlueprint("layout_page", __name__, kind="layout")
PLACE_NAME = "at"
"""Field with the name of a place or plant, for which coordinates need not be known."""
CAPACITY_UNITS: tuple[tuple[str, Message], ...] = (
    ("t", msg("t/a")),
    ("万吨", msg("10,000 t/a")),
    ("kt", msg("kt/a")),
    ("Mt", msg("Mt/a")),
)
"""Units of a capacity without one of its own, by the text that capacity_text reads."""
TITLES: Mapping[str, Message] = {
    "product": msg("Product"),
    "capacity_tpa": msg("Capacity, t/a"),
    PLACE_NAME: msg("Place or plant"),
    "lon": msg("Longitude, degrees east"),
    "lat": msg("Latitude, degrees north"),
    "outline": msg("Outline of the site"),
    "project_type": msg("Project type"),
    "material": msg("Feedstock"),
    "origin": msg("Origin of the feedstock"),
    "equity_pct": msg("Own feedstock, per cent of demand"),
    "contract_pct": msg("Contracted feedstock, per cent of demand"),
    "on": msg("Date of the check"),
    "name": msg("Name of the project"),
    "owner": msg("Owner"),
    "technology": msg("Technology"),
    "accuracy_m": msg("Accuracy of the location, m"),
    "division": msg("Province"),
}
"""The titles of the fields of the form."""
FIELDS_OF_ERRORS: Mapping[str, str] = {"place": PLACE_NAME, "geometry": "lon", "feedstock": "material"}
"""Fields of the form by the property that an error names, where their names differ."""
MORE = ("on", "name", "owner", "technology")
"""Fields that are collapsed until one is filled in; the province is too, as it usually follows from the boundaries."""
EXAMPLES: tuple[tuple[Message, dict[str, Any]], ...] = (
    (
        msg("Guangxi coast, alumina from imported bauxite"),
        {
            "product": "alumina",
            "capacity_tpa": 2_000_000,
            "lon": 108.35,
            "lat": 21.6,
            "division": "CN-GX",
            "material": "bauxite-gibbsite",
            "origin": "import",
            "equity_pct": 60,
        },
    ),
    (
        msg("Shandong, alumina in a key region"),
        {
            "product": "alumina",
            "capacity_tpa": 1_000_000,
            "lon": 117.97,
            "lat": 37.38,
            "division": "CN-SD",
            "material": "bauxite",
        },
    ),
    (
        msg("Fangchenggang, copper smelter"),
        {
            "product": "copper",
            "capacity_tpa": 400_000,
            "lon": 108.4,
            "lat": 21.7,
            "division": "CN-GX",
            "material": "copper-concentrate",
            "origin": "import",
            "equity_pct": 20,
            "contract_pct": 40,
        },
    ),
    (
        msg("Golmud, lithium carbonate from brine"),
        {
            "product": "lithium-carbonate",
            "capacity_tpa": 30_000,
            "lon": 94.9,
            "lat": 36.4,
            "division": "CN-QH",
            "material": "lithium-brine",
            "origin": "domestic",
        },
    ),
    (msg("An empty ocean"), {"product": "copper", "capacity_tpa": 200_000, "lon": -150, "lat": -40}),
)


@blueprint.get("/layout")
def show_form() -> Response:
    """Return the form, and the report on the planned plant in it."""
    return _build_page(request.args)


@blueprint.post("/layout")
@open_to_all("a planned plant too long for a URL; it only reads")
@only_reads
def show_form_by_post() -> Response:
    """Return the same page for an outline that is too long for an address."""
    return _build_page(request.form)


def _build_page(arguments: MultiDict[str, str]) -> Response:
    report: PlantReport | None = None
    parsed: Candidate | None = None
    problems: Sequence[Wrong] = ()
    if any(arguments.get(name) for name in ("lon", "lat", "capacity_tpa", OUTLINE, *NAMED)):
        try:
            at = parse_version(arguments.get("version"))
            parsed = read_candidate(get_site().engine, build_flat_feature(arguments), today(), at)
            report = report_plant(collect_operation_services(), parsed, at)
        except BadCandidate as error:
            problems = error.wrong
    wrong = _group_errors(arguments, problems)
    html = render_template(
        "layout/form.html",
        given=arguments,
        body=report,
        links=() if report is None else link_report(report.candidate, report.data_version),
        candidate=None if parsed is None else orjson.dumps(parsed.feature()).decode(),
        by_day=None if parsed is None or report is None else _compare_dates(parsed, report),
        titles=TITLES,
        declared_titles={PREFIX + quantity.code: quantity.title for quantity in DECLARED.values()},
        wrong=wrong,
        others=_list_other_places(arguments, parsed),
        **REPORT_CONTEXT,
        products=PRODUCTS,
        capacity_units=CAPACITY_UNITS,
        kinds=list(load_vocabulary("phase-type")),
        materials=[_describe_material(code) for code in MATERIALS],
        origins=_list_origins(),
        declared=list(DECLARED.values()),
        more_given=any(arguments.get(name) for name in arguments if name in MORE or name.startswith(PREFIX))
        or any(name in (*MORE, "accuracy_m", "division") or name.startswith(PREFIX) for name in wrong),
        examples=[(title, urlencode(fields)) for title, fields in EXAMPLES],
        settings=_write_settings(arguments, report),
        captions=[caption for caption in (get_site().settings.map_attribution, get_site().settings.map_approval) if caption],
    )
    return Response(html, 400 if wrong else 200, mimetype="text/html")


def _group_errors(arguments: Mapping[str, str], problems: Sequence[Wrong]) -> dict[str, list[Message]]:
    """Return the errors by the field of the form that each concerns, in the order of the form."""
    found: dict[str, list[Message]] = {}
    for problem in problems:
        if problem.field == "geometry" and arguments.get(OUTLINE):
            name = OUTLINE
        else:
            name = FIELDS_OF_ERRORS.get(problem.field, PREFIX + problem.field if problem.field in DECLARED else problem.field)
        found.setdefault(name, []).append(problem.message)
    order = list(TITLES)
    return dict(sorted(found.items(), key=lambda entry: order.index(entry[0]) if entry[0] in order else len(order)))


def _compare_dates(candidate: Candidate, report: PlantReport) -> FindingsByDate:
    """Return the findings of a report under the rules of the usual days."""
    days = choose_dates_to_compare(candidate.on)
    return compare_dates(get_site().engine, candidate, load_rulebook(get_site().settings), report.data_version, days)


def _list_other_places(arguments: MultiDict[str, str], parsed: Candidate | None) -> list[tuple[NamedPlace, str]]:
    """Return the other places that the name of the place may mean, with the query of the form at each."""
    name = next((arguments[field] for field in NAMED if arguments.get(field)), "")
    if parsed is None or not name or any(arguments.get(field) for field in ("lon", "lat", OUTLINE)):
        return []
    stated = {field: value for field, value in arguments.items() if value and field not in NAMED}
    places = [place for place in find_named_places(get_site().engine, name) if place.reference != parsed.place]
    if parsed.place is None:
        # the first is the plant that the report is about
        places = places[1:]
    return [(place, urlencode({**stated, PLACE_NAME: place.reference})) for place in places]


def _describe_material(code: str) -> dict[str, Any]:
    material = MATERIALS[code]
    fed = [product.code for product in PRODUCTS.values() if {code, material.kind_of} & set(product.materials)]
    return {"code": code, "label": material.label, "products": " ".join(fed)}


def _list_origins() -> dict[str, str]:
    return dict(zip(ORIGINS, (gettext("domestic"), gettext("imported"), gettext("recycled")), strict=True))


def _write_settings(arguments: Mapping[str, str], report: PlantReport | None) -> str:
    """Return the settings for the script of the page, as JSON that is safe in a script element."""
    settings = {
        **ground.build_basemap_data(),
        "layers": None if report is None else orjson.loads(layers(report, get_language())),
        "at": [arguments.get("lon"), arguments.get("lat")],
        "texts": {
            "map": gettext("Click to set the location"),
            "planned": gettext("Planned plant"),
            "ore": gettext("Ore deposit"),
            "unread": gettext("The text is not a polygon. Enter WKT or GeoJSON with longitude and latitude."),
        },
    }
    return embed_json(settings)
