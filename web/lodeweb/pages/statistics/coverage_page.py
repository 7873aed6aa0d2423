"""The page of coverage: the capacity of a country's plants next to its output, what is held, and what is left out of sums."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request

from lodebase.topics.stats.national import find_national_figures
from lodebase.topics.stats.series_parameters import NationalSumsParameters
from lodedata.figures.national_output import MAX_OUTPUT_RATIO, load_output_stages
from lodedata.messages import Label
from lodedata.vocab import label
from lodeweb.adapter.responses import collect_operation_services
from lodeweb.api.features import query_parameters
from lodeweb.http.representation.links import record_address
from lodeweb.http.representation.responses import build_page_response
from lodeweb.i18n.language import get_language, translate_message

blueprint = Blueprint("coverage_page", __name__)
COMMODITIES = tuple(dict.fromkeys(commodity for commodity, _ in load_output_stages()))


@blueprint.get("/statistics/coverage")
def show_coverage() -> Response:
    """Return the sums of one commodity or of all by stage and country, with the capacities of those above the bound."""
    query_parameters.check_general_parameters(request.args, extra=NationalSumsParameters.names())
    chosen = NationalSumsParameters.parse(request.args).commodity
    version, figures = find_national_figures(collect_operation_services())
    sums = [sum_ for sum_ in figures.sums if chosen in (None, sum_.of.commodity)]
    html = render_template(
        "statistics/coverage.html",
        stages=[(stage, listed) for stage in load_output_stages().values() if (listed := [s for s in sums if s.of == stage])],
        doubted=[sum_ for sum_ in sums if sum_.doubted or sum_.is_unmarked],
        held=figures.held,
        chosen=chosen,
        commodities=COMMODITIES,
        bound=MAX_OUTPUT_RATIO,
        name=_name,
        href=record_address,
        label=lambda vocabulary, code: "" if code is None else translate_message(label(vocabulary, code)),
    )
    return build_page_response(html, version)


def _name(row: Mapping[str, Any]) -> str:
    return Label(row["name_en"], row["name_zh"]).in_language(get_language())
