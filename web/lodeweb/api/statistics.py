"""Statistics over time: series, observations in several formats, and figures derived from them."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.history import dataset_state
from lodebase.series import national_figures, observation_files
from lodebase.series.balances import YearBalance, balances
from lodebase.series.national_sums import NationalFigures, read_national_figures, sum_data
from lodebase.series.package import PackageStream
from lodebase.series.series_query import (
    FILTERS,
    MOST_OBSERVATIONS,
    MOST_SERIES,
    SeriesQuery,
    find_observations,
    find_series,
)
from lodedata.figures.national_output import MAX_RATIO
from lodedata.messages import msg
from lodedata.statistics import derived
from lodeweb.api.features import query_parameters
from lodeweb.api.statistics_data import both, flags, labels_of, target_data, title, year_data
from lodeweb.api.statistics_parameters import read_query, single
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.responses import VERSION_HEADER, document_response

OF_CONSUMPTION = ("commodity", "stage", "area", "as_of")
blueprint = Blueprint("statistics", __name__, url_prefix="/api/statistics")
PERIODS = ("from", "to", "as_of")
OF_SERIES = (*FILTERS, "q", "limit")
OF_OBSERVATIONS = (*FILTERS, "q", "limit", *PERIODS, "releases")
OF_CONCENTRATION = ("commodity", "stage", "source", "indicator", "as_of")


@blueprint.get("/series")
def series() -> Response:
    """Return the series that match, with the number by value of each dimension."""
    query_parameters.general(request.args, extra=OF_SERIES)
    found = find_series(site().engine, read_query(request.args, MOST_SERIES))
    body = {
        "numberMatched": found.matched,
        "numberReturned": len(found.series),
        "facets": {
            name: [{"value": code, "count": n, **labels_of(name, code)} for code, n in counts.items()]
            for name, counts in found.facets.items()
        },
        "series": [{**one, "title": title(one)} for one in found.series],
        "links": own_links(),
    }
    return document_response(body, "api/document.html", version=found.dataset_version, title=gettext("Series of statistics"))


@blueprint.get("/observations")
def observations() -> Response:
    """Return the observations that match, by default those of the latest release of each."""
    own = MultiDict([(name, value) for name, value in request.args.items(multi=True) if name != "f"])
    query_parameters.general(own, extra=OF_OBSERVATIONS)
    form = request.args.get("f", "json")
    if form not in ("json", "html", *observation_files.FORMATS):
        choices = ["json", "html", *observation_files.FORMATS]
        raise BadQuery("f", form[:40], msg('"%(value)s" is not a format here. Use one of %(choices)s.', choices=choices))
    found = find_observations(site().engine, read_query(request.args, MOST_OBSERVATIONS))
    if form in observation_files.FORMATS:
        made = observation_files.FORMATS[form]
        response = Response(made.write(found.rows), content_type=made.media_type)
        response.headers["Content-Disposition"] = f'attachment; filename="observations.{made.suffix}"'
        response.headers[VERSION_HEADER] = str(found.dataset_version)
        return response
    body = {
        "numberReturned": len(found.rows),
        "complete": found.complete,
        "observations": [{**row, **flags(row)} for row in found.rows],
        "links": own_links(),
    }
    return document_response(body, "api/document.html", version=found.dataset_version, title=gettext("Observations"))


@blueprint.get("/concentration")
def concentration() -> Response:
    """Return the shares of countries by year with the Herfindahl-Hirschman index as a range."""
    query_parameters.general(request.args, extra=OF_CONCENTRATION)
    query = read_query(request.args, MOST_OBSERVATIONS)
    for name in ("commodity", "stage", "source"):
        single(query, name)
    filters = {"indicator": ("production",), **query.filters, "freq": ("A",), "transformation": ("level",)}
    found = find_observations(site().engine, SeriesQuery(filters, as_of=query.as_of))
    body = {
        "formula": {"share": both(derived.SHARE_FORMULA), "hhi": both(derived.HHI_FORMULA)},
        "unit": found.rows[0]["base_unit"] if found.rows else None,
        "years": [year_data(one) for one in national_figures.years_of(found.rows)],
        "links": own_links(),
    }
    return document_response(body, "api/document.html", version=found.dataset_version, title=gettext("Concentration"))


@blueprint.get("/reserves")
def reserves() -> Response:
    """Return reserves by country and their ratio to the production of the year, which is no lifetime."""
    query_parameters.general(request.args, extra=("commodity", "as_of"))
    query = read_query(request.args, MOST_OBSERVATIONS)
    commodity = single(query, "commodity")
    rows = national_figures.reserves(site().engine, commodity, query.as_of)
    body = {
        "formula": both(derived.RP_FORMULA),
        "reserves": [{**row, **labels_of("area", row["area"]), **flags(row)} for row in rows],
        "links": own_links(),
    }
    return document_response(
        body, "api/document.html", version=dataset_state.version(site().engine).number, title=gettext("Reserves")
    )


@blueprint.get("/coverage")
def coverage() -> Response:
    """Return the capacity of Lode's projects next to the output of an area; without a commodity the sums of all countries."""
    query_parameters.general(request.args, extra=("commodity", "stage", "area", "as_of"))
    query = read_query(request.args, MOST_OBSERVATIONS)
    if not query.filters and query.as_of is None:
        return _national_sums()
    commodity, stage = single(query, "commodity"), single(query, "stage")
    areas = query.filters.get("area") or ("WLD",)
    found = []
    for area in areas:
        one = national_figures.coverage(site().engine, commodity, stage, area, query.as_of)
        if one is not None:
            found.append(
                {
                    **{"area": area, **labels_of("area", area), "year": one.year, "output_t": one.output},
                    **{"operating_tpa": one.operating, "coming_tpa": one.coming, "sites": one.sites},
                    **{"without_figure": one.without_figure, "left_out": one.left_out},
                    **{"coverage_percent": one.coverage.low, "utilisation_percent": one.utilisation.low},
                }
            )
    formulas = {"coverage": both(derived.COVERAGE_FORMULA), "utilisation": both(derived.UTILISATION_FORMULA)}
    body = {"formula": formulas, "areas": found, "links": own_links()}
    version = dataset_state.version(site().engine).number
    return document_response(body, "api/document.html", version=version, title=gettext("Capacity and output"))


def _national_sums() -> Response:
    version, found = national_figures_now()
    body = {
        "bound_percent": MAX_RATIO * 100,
        "sums": list(map(sum_data, found.sums)),
        "held": found.held,
        "links": own_links(),
    }
    return document_response(body, "api/document.html", version=version, title=gettext("Capacity and output"))


def national_figures_now() -> tuple[int, NationalFigures]:
    """Return the dataset version, and the sums of capacities and the held figures of it."""
    version = dataset_state.version(site().engine).number
    found: NationalFigures = site().figures.at(version, "national-sums", lambda: read_national_figures(site().engine))
    return version, found


@blueprint.get("/consumption")
def consumption() -> Response:
    """Return apparent consumption and net import reliance of an area by year, each with its inputs or its reason."""
    query_parameters.general(request.args, extra=OF_CONSUMPTION)
    query = read_query(request.args, MOST_OBSERVATIONS)
    commodity, stage, area = (single(query, name) for name in ("commodity", "stage", "area"))
    body = {
        "formula": {"consumption": both(derived.CONSUMPTION_FORMULA), "reliance": both(derived.RELIANCE_FORMULA)},
        "years": [_balance(one) for one in balances(site().engine, commodity, stage, area, query.as_of)],
        "links": own_links(),
    }
    version = dataset_state.version(site().engine).number
    return document_response(body, "api/document.html", version=version, title=gettext("Apparent consumption"))


def _balance(one: YearBalance) -> dict[str, Any]:
    reason = one.consumption.reason or one.reliance.reason
    return {
        **{"year": one.year, "basis": one.basis, "inputs": one.inputs, "stocks_known": one.stocks_known},
        **{"consumption": one.consumption.low, "net_import_reliance_percent": one.reliance.low},
        "reason": None if reason is None else both(reason),
    }


@blueprint.get("/package")
def package() -> Response:
    """Return all series and observations, or those that match, as a Data Package."""
    query_parameters.general(request.args, extra=(*FILTERS, "q", *PERIODS, "releases"))
    made = PackageStream(site().engine, read_query(request.args, MOST_OBSERVATIONS))
    response = Response(made, mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="lode-statistics.zip"'
    response.headers[VERSION_HEADER] = str(made.dataset_version)
    return response


@blueprint.get("/targets")
def targets() -> Response:
    """Return the targets of plans, each with its progress and the reason."""
    query_parameters.general(request.args, extra=("as_of",))
    day = read_query(request.args, MOST_OBSERVATIONS).as_of
    version, found = national_figures.target_progress(site().engine, day)
    body = {"targets": [target_data(one) for one in found], "links": own_links()}
    return document_response(body, "api/document.html", version=version, title=gettext("Targets"))
