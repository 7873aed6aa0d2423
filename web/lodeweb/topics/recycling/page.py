"""The page of recycling: capacity by stream, the flow from stream to metal, the target, what is in reach, and an import."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from lodebase.errors import BadQuery
from lodebase.series import national_figures
from lodebase.topics.recycling.operations import IMPORT_CHECK, PLANTS, REACH
from lodebase.topics.recycling.store import OTHERS, PlantStream, StreamFlow
from lodedata.rules.quantities import ASSAYS, PROPERTIES
from lodedata.statistics.series import label
from lodedata.topics.recycling import imports, workbook
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import AnyOperation, require_parameters, run_operation
from lodeweb.http.database import get_site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.negotiation import XLSX
from lodeweb.http.representation.responses import build_page_response
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.pages import chart_data
from lodeweb.pages.compare import load_source_titles

blueprint = Blueprint("recycling_page", __name__, url_prefix="/recycling")
TARGET_COMMODITY = "four-recycled-metals"
MAX_LISTED_PLANTS = 40


@blueprint.get("")
def show_page() -> Response:
    """Return the page for an area, with the result of the import form if it is filled."""
    require_parameters(PLANTS, IMPORT_CHECK, REACH)
    stored = run_operation(PLANTS)
    checked, refused_check = _run_form(IMPORT_CHECK, "stream")
    reached, refused_reach = _run_form(REACH, "lon", "lat")
    chart = _draw_flows(stored.flows, stored.plants)
    _, progress = national_figures.read_target_progress(get_site().engine)
    html = render_template(
        "recycling/recycling.html",
        found=stored,
        plants=stored.plants[:MAX_LISTED_PLANTS],
        countries=sorted({plant.country for plant in stored.plants if plant.country}),
        term=_label_term,
        label=lambda dimension, code: label(dimension, code, get_language()),
        target=next(
            (target_progress for target_progress in progress if target_progress.target.commodity == TARGET_COMMODITY), None
        ),
        chart=chart,
        drawing=chart_data.write_chart_settings([chart]),
        given=dict(request.args),
        today=today().isoformat(),
        result=checked,
        wrong=refused_check,
        reach=reached,
        astray=refused_reach,
        regulated=imports.list_regulated_streams(),
        others=_list_unregulated_streams(),
        assays=ASSAYS,
        properties=PROPERTIES,
        source_titles=load_source_titles(),
    )
    response = build_page_response(html, stored.dataset_version)
    response.status_code = 400 if refused_check or refused_reach else 200
    return response


@blueprint.get("/template.xlsx")
def send_template() -> Response:
    """Return an empty workbook for the streams of an operator's plants."""
    response = Response(workbook.write_stream_template(get_language()), mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="recycling-plants.xlsx"'
    return response


def _run_form(operation: AnyOperation, *fields: str) -> tuple[Any, str | None]:
    """Return the result of a form once one of its fields is filled, or the sentence that refuses it."""
    if not any(request.args.get(name) for name in fields):
        return None, None
    try:
        return run_operation(operation), None
    except BadQuery as error:
        return None, translate_message(error)


def _list_unregulated_streams() -> list[str]:
    regulated = imports.list_regulated_streams()
    return [term.code for term in load_vocabulary("stream") if term.code not in regulated]


def _label_term(name: str, code: str) -> str:
    return load_vocabulary(name)[code].label(get_language())


def _draw_flows(flows: Sequence[StreamFlow], plants: Sequence[PlantStream]) -> dict[str, Any]:
    """Return the chart of the flows, whose nodes are named in the language of the page."""
    names = {plant.plant: translate_message(plant.name) for plant in plants} | {OTHERS: gettext("other plants")}
    comma = gettext(", ")
    links = [
        {
            "stream": _label_term("stream", flow.stream),
            "plant": names[flow.plant],
            "metal": comma.join(_label_term("commodity", code) for code in flow.metals),
            "tonnes": flow.tonnes,
        }
        for flow in flows
    ]
    texts = {
        "stream": gettext("Stream"),
        "plant": gettext("Plant"),
        "metal": gettext("Metal"),
        "tonnes": gettext("Tonnes a year"),
        "note": gettext(
            "Permitted input of a plant, or its design output where no input is stated. %(n)s entries are not drawn: without a "
            "figure, or without a metal in scope.",
            n=sum(not plant.is_drawn for plant in plants),
        ),
    }
    title = gettext("Streams, plants and metals in tonnes a year")
    return {"id": "flows", "kind": "sankey", "title": title, "links": links, "texts": texts}
