"""The page of recycling: capacity by stream, the flow from stream to metal, the target, and the check of an import."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from lodebase.errors import BadQuery
from lodebase.recycling.plants import OTHERS, drawn, flows
from lodebase.series import national_figures
from lodedata.recycling import imports, workbook
from lodedata.rules.quantities import ASSAYS, PROPERTIES
from lodedata.statistics.series import label
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.api.recycling import OF_IMPORT, OF_PLANTS, OF_REACH, check_data, checked, plants_of, reach_data, reach_of, today
from lodeweb.http.database import site
from lodeweb.http.representation.responses import page_response
from lodeweb.i18n.language import language, translated
from lodeweb.pages import chart_data

blueprint = Blueprint("recycling_page", __name__, url_prefix="/recycling")
TARGET_COMMODITY = "four-recycled-metals"
MOST_LISTED = 40
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
def index() -> Response:
    """Return the page for an area, with the result of the import form if it is filled."""
    query_parameters.general(request.args, extra=(*OF_PLANTS, *OF_IMPORT, *OF_REACH))
    found = plants_of(request.args)
    result, wrong = _import_result()
    reached, astray = _reach()
    chart = _sankey(flows(found.plants), found.plants)
    _, progress = national_figures.target_progress(site().engine)
    html = render_template(
        "recycling/recycling.html",
        found=found,
        plants=found.plants[:MOST_LISTED],
        countries=sorted({row["country"] for row in found.plants if row["country"]}),
        term=_term,
        label=lambda dimension, code: label(dimension, code, language()),
        target=next((one for one in progress if one.target.commodity == TARGET_COMMODITY), None),
        **{"chart": chart, "drawing": chart_data.settings([chart])},
        **{"given": dict(request.args), "today": today().isoformat(), "result": result, "wrong": wrong},
        **{"reach": reached, "astray": astray},
        **{"regulated": imports.regulated_streams(), "others": _unregulated(), "assays": ASSAYS, "properties": PROPERTIES},
    )
    response = page_response(html, found.dataset_version)
    response.status_code = 400 if wrong or astray else 200
    return response


@blueprint.get("/template.xlsx")
def template() -> Response:
    """Return an empty workbook for the streams of an operator's plants."""
    response = Response(workbook.template(language()), mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="recycling-plants.xlsx"'
    return response


def _import_result() -> tuple[dict[str, Any] | None, str | None]:
    if not request.args.get("stream"):
        return None, None
    try:
        return check_data(checked(request.args)), None
    except BadQuery as error:
        return None, translated(error)


def _reach() -> tuple[dict[str, Any] | None, str | None]:
    if not (request.args.get("lon") or request.args.get("lat")):
        return None, None
    try:
        return reach_data(reach_of(request.args)), None
    except BadQuery as error:
        return None, translated(error)


def _unregulated() -> list[str]:
    regulated = imports.regulated_streams()
    return [term.code for term in vocabulary("stream") if term.code not in regulated]


def _term(name: str, code: str) -> str:
    return vocabulary(name)[code].label(language())


def _sankey(found: Sequence[Mapping[str, Any]], plants: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the chart of the flows, whose nodes are named in the language of the page."""
    lang = language()
    names = {row["plant"]: row[f"name_{lang}"] or row["name_en"] or row["name_zh"] for row in plants}
    names[OTHERS] = gettext("other plants")
    comma = gettext(", ")
    links = [
        {
            "stream": _term("stream", one["stream"]),
            "plant": names[one["plant"]],
            "metal": comma.join(_term("commodity", code) for code in one["metals"]),
            "tonnes": one["tonnes"],
        }
        for one in found
    ]
    texts = {
        **{
            "stream": gettext("Stream"),
            "plant": gettext("Plant"),
            "metal": gettext("Metal"),
            "tonnes": gettext("Tonnes a year"),
        },
        "note": gettext(
            "Permitted input of a plant, or its design output where no input is stated. %(n)s entries are not drawn: without a "
            "figure, or without a metal in scope.",
            n=sum(not drawn(row) for row in plants),
        ),
    }
    title = gettext("Streams, plants and metals in tonnes a year")
    return {"id": "flows", "kind": "sankey", "title": title, "links": links, "texts": texts}
