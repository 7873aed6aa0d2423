"""Facets: the number of matching records for each value of a field, and the extent of all."""

from flask import Blueprint, Response, request
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import expression, facets, version_views
from lodebase.query.collections_ import Collection, Field, find_collection
from lodebase.query.facets import MAX_FACET_VALUES, Facet
from lodebase.query.parameters.declarations import OF_ROWS
from lodebase.query.parameters.parameter import Parameter
from lodebase.query.reading import open_reading, read_dataset_version
from lodedata.messages import msg
from lodeweb.adapter.api_operation import TEXT, ApiOperation, describe_as, describe_json_responses, format_parameter
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.representation import pinned
from lodeweb.http.representation.links import build_own_links, link
from lodeweb.http.representation.negotiation import GEOJSON
from lodeweb.http.representation.responses import build_document_response
from lodeweb.i18n.language import gettext

blueprint = Blueprint("facets", __name__, url_prefix="/api/collections")

OWN = ("facets", "facet_limit")
MAX_REQUESTED = 10_000


_JSON_OR_PAGE = format_parameter("json", "html")


@blueprint.get("/<name>/facets")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("The number of matching records by value of a field"),
        describe_json_responses("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(
            _JSON_OR_PAGE,
            Parameter(
                "facets",
                "filter",
                TEXT,
                msg("The fields to count by, separated by commas."),
            ),
            Parameter(
                "facet_limit",
                "filter",
                {"type": "integer", "minimum": 1},
                msg("The maximum number of values of each field."),
            ),
        ),
    )
)
def count_facets_of(name: str) -> Response:
    """Return the counts by value of each field, under the same filters as items without the filter on that field itself."""
    collection = find_collection(name)
    arguments = MultiDict(request.args)
    query = query_parameters.parse_feature_query(collection, arguments, OF_ROWS, OWN)
    if query.requests_nearest:
        raise BadQuery("nearest", arguments.get("nearest", ""), msg("nearest excludes no record. Give near and radius_km."))
    fields, most = _parse_fields(collection, request.args.get("facets")), _limit(request.args.get("facet_limit"))
    counts = facets.count_facets(get_site().engine, query, fields, most)
    body = {
        "numberMatched": counts.matched,
        **query_parameters.without_figure(collection, arguments, OF_ROWS, OWN),
        "facets": [_convert_facet(facet) for facet in counts.facets],
        "links": [*build_own_links(), link(f"/api/collections/{name}/items", "items", GEOJSON)],
    }
    return build_document_response(body, "api/document.html", version=counts.dataset_version, title=gettext("Counts by value"))


@blueprint.get("/<name>/extent")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("The bounding box of the records that match"), describe_json_responses("object"), OF_ROWS, less=("nearest",)
    )
)
def measure_extent(name: str) -> Response:
    """Return the bounding box of the records that match, null where none has a position."""
    collection = find_collection(name)
    query = query_parameters.parse_feature_query(collection, MultiDict(request.args), OF_ROWS)
    with open_reading(get_site().engine) as connection:
        version = read_dataset_version(connection) if query.as_of is None else query.as_of
        settled, _ = version_views.settle_query_version(connection, query)
        box = None
        if collection.geometry is not None:
            stored = collection.table.c.geom
            edges = [getattr(func, f"ST_{edge}")(func.ST_Extent(stored)) for edge in ("XMin", "YMin", "XMax", "YMax")]
            statement = select(*edges).where(expression.build_where_condition(settled.shape(), collection.table))
            row = connection.execute(statement, expression.bind_query(connection, settled)).one()
            box = None if row[0] is None else list(row)
    body = {"bbox": box, "links": [*build_own_links(), link(f"/api/collections/{name}/items", "items", GEOJSON)]}
    return build_document_response(body, "api/document.html", version=version, title=gettext("Extent of the records"))


def _convert_facet(facet: Facet) -> dict[str, object]:
    field = facet.field
    values = [{"value": v.value, "label_en": v.label_en, "label_zh": v.label_zh, "count": v.count} for v in facet.values]
    return {
        "field": field.name,
        "title_en": field.title_en,
        "title_zh": field.title_zh,
        "vocabulary": field.vocabulary,
        "values": values,
        "others": {"values": facet.other_values, "count": facet.other_count},
    }


def _parse_fields(collection: Collection, text: str | None) -> tuple[Field, ...]:
    facet_fields = {field.name: field for field in collection.fields if field.facet}
    if text is None:
        return tuple(facet_fields.values())
    names = dict.fromkeys(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in facet_fields:
            raise BadQuery(
                "facets",
                name,
                msg(
                    '"%(value)s" is not a facet of %(name)s. Use one of %(choices)s.',
                    name=collection.name,
                    choices=list(facet_fields),
                ),
            )
    if not names:
        raise BadQuery(
            "facets", text, msg("%(parameter)s does not name a facet. Use one of %(choices)s.", choices=list(facet_fields))
        )
    return tuple(facet_fields[name] for name in names)


def _limit(text: str | None) -> int:
    limit = query_parameters.parse_whole_number("facet_limit", text, MAX_FACET_VALUES, (1, MAX_REQUESTED))
    if text is not None and limit > MAX_REQUESTED:
        raise BadQuery(
            "facet_limit",
            text[:40],
            msg(
                '%(parameter)s must be a whole number from %(least)s to %(most)s, not "%(value)s".',
                least=1,
                most=MAX_REQUESTED,
            ),
        )
    return limit
