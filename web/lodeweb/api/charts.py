"""Chart data of the records of a query: grade against tonnage, contained metal by class, distribution of amounts."""

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.parameters.declarations import OF_ROWS
from lodebase.statistics import distribution, figures
from lodebase.statistics.figures import Available
from lodedata.messages import msg
from lodedata.vocab import no_term, vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation.links import link, own_links
from lodeweb.http.representation.negotiation import GEOJSON, JSON, wants_html
from lodeweb.http.representation.responses import VERSION_HEADER, document_response
from lodeweb.i18n import labels

blueprint = Blueprint("charts", __name__, url_prefix="/api/collections")
OF = "of"
"""Parameter for the commodity of the chart."""
FIGURE = "figure"
"""Parameter for the figure by which records are counted."""


@blueprint.get("/<name>/charts/grade-tonnage")
def grade_tonnage(name: str) -> Response:
    """Return grade against tonnage, each record by its largest estimate that has both, under the same filters as items."""
    collection = find_collection(name)
    found = figures.grade_tonnage(site().engine, site().figures, _query(collection), _commodity())
    head = {
        "of": found.commodity,
        "grade_basis": found.basis,
        "most": figures.MOST_POINTS,
        "plottable": found.plottable,
        "commodities": _as_json(found.available),
        "links": _links(collection),
    }
    if wants_html():
        whole = head | {"points": orjson.loads(found.points)}
        return document_response(whole, "api/document.html", version=found.dataset_version, title=gettext("Grade and tonnage"))
    # the points are JSON text from PostGIS; they are inserted without parsing
    response = Response(orjson.dumps(head)[:-1] + b',"points":' + found.points + b"}", mimetype=JSON)
    response.headers[VERSION_HEADER] = str(found.dataset_version)
    return response


@blueprint.get("/<name>/charts/contained")
def contained(name: str) -> Response:
    """Return contained metal by class, each class separately, under the same filters as items."""
    collection = find_collection(name)
    found = figures.contained(site().engine, site().figures, _query(collection), _commodity())
    body = {
        "of": found.commodity,
        "commodities": _as_json(found.available),
        "classes": [
            {
                "category": one.category,
                "label_en": labels.estimate_category(one.category, "en"),
                "label_zh": labels.estimate_category(one.category, "zh"),
                "kind": one.kind,
                "combined": one.combined,
                "records": one.records,
                "smallest_t": one.smallest_t,
                "median_t": one.median_t,
                "largest_t": one.largest_t,
                "total_t": one.total_t,
                "not_counted": one.not_counted,
            }
            for one in found.classes
        ],
        "links": _links(collection),
    }
    return document_response(
        body, "api/document.html", version=found.dataset_version, title=gettext("Contained metal by class")
    )


@blueprint.get("/<name>/charts/distribution")
def distributed(name: str) -> Response:
    """Return the number of records in each step of a scale of a figure, under the same filters as items."""
    collection = find_collection(name)
    query, figure = _query(collection, FIGURE), request.args.get(FIGURE, "")
    if figure not in distribution.SCALES:
        raise BadQuery(
            FIGURE,
            figure[:40],
            msg('"%(value)s" is not a figure that is counted. Use one of %(choices)s.', choices=list(distribution.SCALES)),
        )
    found = distribution.distribution(site().engine, site().figures, query, figure)
    steps = [{"from": begin, "records": n} for begin, n in zip(distribution.SCALES[figure], found.records, strict=True)]
    body = {"figure": figure, "steps": steps, "links": _links(collection)}
    return document_response(body, "api/document.html", version=found.dataset_version, title=gettext("Records by amount"))


def _query(collection: Collection, own: str = OF) -> Query:
    given = MultiDict(request.args)
    query = query_parameters.query(collection, given, OF_ROWS, (own,))
    if query.near is not None and query.near.radius_km is None:
        raise BadQuery("nearest", given.get("nearest", ""), msg("nearest excludes no record. Give near and radius_km."))
    return query


def _commodity() -> str | None:
    word = request.args.get(OF)
    if not word:
        return None
    term = vocabulary("commodity").find(word)
    if term is None:
        raise BadQuery(OF, word[:40], no_term("commodity"))
    return term.code


def _as_json(available: tuple[Available, ...]) -> list[dict[str, object]]:
    return [
        {
            "commodity": one.commodity,
            "label_en": labels.commodity(one.commodity, "en"),
            "label_zh": labels.commodity(one.commodity, "zh"),
            "graded": one.graded,
            "contained": one.contained,
        }
        for one in available
    ]


def _links(collection: Collection) -> list[dict[str, str]]:
    return [*own_links(), link(f"/api/collections/{collection.name}/items", "items", GEOJSON)]
