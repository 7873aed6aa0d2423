"""The page of charts: the records that match a query, in diagrams and in numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import Query, read_page
from lodebase.query.collections_ import COLLECTIONS, Collection, Field, find_collection
from lodebase.query.cql2.estimates import OWNERS
from lodebase.query.filter_texts import FilterText, describe_filters
from lodebase.query.parameters.declarations import list_taken_parameters
from lodedata.messages import msg
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.representation import responses
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages import chart_data

blueprint = Blueprint("chart_page", __name__)
NOT_FILTERS = ("collection", "kind", "lang", "f", "view", "table", "select", "sort", "columns", "base", "fold")
"""Parameters for the choice of collection and chart, or of the map's display; they are not filters."""
MAX_CHART_BARS = 15


@dataclass(frozen=True, slots=True)
class ChartedQuery:
    """The records that the parameters match: their collection, parameters, number and version, and their charts."""

    collection: Collection
    given: MultiDict[str, str]
    known: frozenset[str]
    matched: int | None
    version: int
    charts: tuple[Mapping[str, Any], ...]


@blueprint.get("/charts")
def show_charts() -> Response:
    """Return charts of the records that a query matches; the parameters are those of items."""
    charted_query = _parse_charted_query()
    drawn = _add_frame_addresses(charted_query) if get_site().settings.embed_hosts else charted_query.charts
    html = render_template(
        "charts.html",
        collection=charted_query.collection,
        collections={name: labels.find_collection_title(collection) for name, collection in _list_charted().items()},
        matched=charted_query.matched,
        filter_texts=_filter_texts(charted_query),
        left_out=sorted(set(request.args) - charted_query.known - set(NOT_FILTERS)),
        own=urlencode(list(charted_query.given.items(multi=True))),
        others={name: _drop_foreign_filters(collection) for name, collection in _list_charted().items()},
        charts=drawn,
        drawing=chart_data.write_chart_settings(drawn),
    )
    return responses.build_page_response(html, charted_query.version)


def _add_frame_addresses(charted_query: ChartedQuery) -> list[Mapping[str, Any]]:
    """Return the charts with the address that shows each alone in a frame of another site."""
    parameters = [("collection", charted_query.collection.name), *charted_query.given.items(multi=True)]
    return [
        {**chart, "frame": f"/embed/chart?{urlencode([*parameters, ('chart', chart['id'])])}"} for chart in charted_query.charts
    ]


def render_framed_chart(name: str | None) -> Response:
    """Return one chart by its name, by default the first, for a frame of another site. Raises BadQuery."""
    charted_query = _parse_charted_query()
    by_name = {chart["id"]: chart for chart in charted_query.charts}
    if name is not None and name not in by_name:
        sentence = msg('"%(value)s" is not a chart of these records. Use one of %(choices)s.', choices=list(by_name))
        raise BadQuery("chart", name[:100], sentence)
    framed_chart = charted_query.charts[0] if name is None else by_name[name]
    page = urlencode([("collection", charted_query.collection.name), *charted_query.given.items(multi=True)])
    html = render_template(
        "framed_chart.html",
        one=framed_chart,
        kind=labels.find_collection_title(charted_query.collection),
        matched=charted_query.matched,
        version=charted_query.version,
        filter_texts=_filter_texts(charted_query),
        page=page,
        drawing=chart_data.write_chart_settings([framed_chart]),
    )
    return responses.build_page_response(html, charted_query.version)


def parse_chart_filters(parameters: MultiDict[str, str]) -> tuple[MultiDict[str, str], Query]:
    """Return the filters in an address of the charts, and their query. Raises BadQuery."""
    collection = _find_collection(parameters.get("collection") or parameters.get("kind", "").split(",")[0] or "deposits")
    taken_parameters = set(list_taken_parameters(collection, ("filter",)))
    filters = MultiDict([(name, value) for name, value in parameters.items(multi=True) if name in taken_parameters])
    query = query_parameters.parse_feature_query(collection, filters, ("filter", "general"))
    if query.requests_nearest:
        raise BadQuery("nearest", filters.get("nearest", ""), msg("nearest excludes no record. Give near and radius_km."))
    return filters, query


def _parse_charted_query() -> ChartedQuery:
    filters, query = parse_chart_filters(request.args)
    collection = find_collection(query.collection)
    counted = read_page(get_site().engine, replace(query, limit=1), get_site().counts)
    drawn = tuple(_build_charts(collection, query, filters))
    taken_parameters = frozenset(list_taken_parameters(collection, ("filter",)))
    return ChartedQuery(collection, filters, taken_parameters, counted.matched, counted.dataset_version, drawn)


def _filter_texts(charted_query: ChartedQuery) -> list[FilterText]:
    return describe_filters(charted_query.collection, list(charted_query.given.items(multi=True)), get_language())


def _find_collection(name: str) -> Collection:
    collection = find_collection(name)
    if name not in _list_charted():
        raise BadQuery(
            "collection",
            name,
            msg('"%(value)s" has no charts. Use one of %(choices)s.', choices=list(_list_charted())),
        )
    return collection


def _list_charted() -> dict[str, Collection]:
    """Return the collections that have charts: those with fields to count by."""
    return {name: collection for name, collection in COLLECTIONS.items() if any(field.chart for field in collection.fields)}


def _drop_foreign_filters(collection: Collection) -> str:
    """Return the query string for another collection, without the filters that it does not have."""
    taken_parameters = set(list_taken_parameters(collection, ("filter",)))
    filters = [(name, value) for name, value in request.args.items(multi=True) if name in taken_parameters]
    return urlencode([("collection", collection.name), *filters])


def _build_charts(collection: Collection, query: Query, filters: MultiDict[str, str]) -> Iterable[Mapping[str, Any]]:
    root = f"/api/collections/{collection.name}"
    arguments = list(filters.items(multi=True))
    if collection.name in OWNERS:
        yield {
            "id": "grade-tonnage",
            "kind": "grade-tonnage",
            "title": gettext("Grade and tonnage"),
            "url": f"{root}/charts/grade-tonnage?{urlencode(arguments)}",
            "collection": collection.name,
            "choice": "graded",
            "own": [],
        }
        yield {
            "id": "contained",
            "kind": "contained",
            "title": gettext("Contained metal by class"),
            "url": f"{root}/charts/contained?{urlencode(arguments)}",
            "choice": "contained",
        }
    chosen = query.selections
    for name in (field.name for field in collection.fields if field.chart):
        field = _find_field(collection, name)
        # a facet ignores the filter on its own field; for single-valued fields, the chosen values determine the rest
        yield {
            "id": f"count-{name}",
            "kind": "counts",
            "title": gettext("Records by %(what)s", what=labels.title_field(field, get_language())),
            "what": labels.title_field(field, get_language()),
            "url": f"{root}/facets?{urlencode([*arguments, ('facets', name), ('facet_limit', 10_000)])}",
            "field": name,
            "chosen": list(chosen[name]) if name in chosen else None,
            "most": MAX_CHART_BARS,
        }


def _find_field(collection: Collection, name: str) -> Field:
    field = collection.field(name)
    assert field is not None
    return field
