"""One file of the records of several kinds, and what a file of a filter holds: licences, and zones of its positions."""

from collections import Counter
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request
from sqlalchemy import Connection, case, func, select
from werkzeug.datastructures import MultiDict

from lodebase.download.kinds_request import KindsRequest, build_kinds_task
from lodebase.errors import BadQuery, NotFound
from lodebase.query import Query, expression, version_views
from lodebase.query.collections_ import COLLECTIONS, Collection, find_collection
from lodebase.query.parameters.declarations import OF_FILES, OF_ROWS
from lodebase.query.parameters.parameter import Parameter
from lodebase.query.reading import dataset_version, reading
from lodebase.records import provenance
from lodedata import licences
from lodedata.messages import Label, Translatable, msg, put_in_each_language
from lodedata.sources.source_texts import translate_source_text
from lodedata.vocab import vocabulary
from lodedata.write.kinds import SUFFIXES
from lodeweb.adapter.api_operation import ApiOperation, describe_as, describe_json_responses
from lodeweb.api.catalogue.downloads import parse_download_request, send
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation import pinned
from lodeweb.http.representation.links import build_own_links
from lodeweb.http.representation.responses import build_document_response
from lodeweb.i18n.language import gettext

blueprint = Blueprint("downloads_of_kinds", __name__, url_prefix="/api/download")
KINDS = tuple(name for name, collection in COLLECTIONS.items() if collection.kind.merged)
"""The collections that a file may have together: those of the map."""
MAX_ZONES = 8
SettledQuery = tuple[Query, bool]
"""A query, and whether the transaction shows an earlier version to it."""


_COLLECTIONS = Parameter(
    "collections",
    "general",
    {"type": "array", "items": {"type": "string", "enum": list(KINDS)}},
    msg("The kinds; by default all of the map. The filters must be those that all of them have."),
)


@blueprint.get("/<form>")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("All records of several kinds that match, as one file: a sheet, layer or CSV for each kind"),
        {"application/octet-stream": "file"},
        OF_FILES,
        more=("crs", "properties", "sortby", "lang"),
        less=("package", "since"),
        own=(_COLLECTIONS,),
    )
)
def download(form: str) -> Response:
    """Return the records of several kinds that match the filters which all of them have, as one file."""
    if form not in SUFFIXES:
        forms = list(SUFFIXES)
        raise NotFound(msg("No format %(form)r holds several kinds. Choose one of %(choices)s.", form=form, choices=forms))
    chosen, arguments = _parse_collections()
    for name in ("since", "package"):
        if name in arguments:
            raise BadQuery(name, arguments[name][:200], msg("A file of several kinds has no %(parameter)s. Leave it out."))
    parts = tuple(parse_download_request(collection, form, arguments) for collection in chosen)
    pairs = [(key, value) for key in sorted(set(arguments) - {"as_of"}) for value in arguments.getlist(key)]
    pairs += [("collections", ",".join(collection.name for collection in chosen)), ("as_of", str(parts[0].version))]
    parameters = urlencode(pairs, quote_via=quote, safe=",:", errors="surrogateescape")
    wanted = KindsRequest(parts, f"{request.url_root.rstrip('/')}/api/download/{form}?{parameters}")
    return send(wanted, lambda: build_kinds_task(site().engine, wanted, site().settings.download_timeout_s))


@blueprint.get("/contents")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("What a file of the records that match holds: licences with what they allow, zones of the positions"),
        describe_json_responses("object"),
        OF_ROWS,
        own=(_COLLECTIONS,),
    )
)
def contents() -> Response:
    """Return what a file of the records that match holds: licences with what they allow, and the zones of its positions."""
    chosen, arguments = _parse_collections()
    queries = [query_parameters.parse_feature_query(collection, arguments, OF_ROWS) for collection in chosen]
    with reading(site().engine) as connection:
        version = dataset_version(connection) if queries[0].as_of is None else queries[0].as_of
        imported = provenance.read_imported_sources(connection)
        settled = [version_views.settle_query_version(connection, query) for query in queries]
        counts = _counts(connection, settled)
        zones, unplaced = _count_positions(connection, settled)
        rows = [row for row in imported if row["name"] in counts]
    groups: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in rows:
        groups.setdefault((row["licence"], row["licence_name"]), []).append(dict(row))
    body = {
        "licences": [_describe_licence(licence, name, sources, counts) for (licence, name), sources in groups.items()],
        "consequences": [
            put_in_each_language("text", consequence)
            for consequence in licences.describe_consequences(licence for licence, _ in groups)
        ],
        "recordsWithoutPosition": unplaced,
        "zones": [{"epsg": code, "records": records} for code, records in zones.most_common(MAX_ZONES)],
        "links": build_own_links(),
    }
    return build_document_response(body, "api/document.html", version=version, title=gettext("Content of a file"))


def _counts(connection: Connection, queries: list[SettledQuery]) -> dict[str, int]:
    """Return the number of records of each source."""
    counts: Counter[str] = Counter()
    for query, earlier in queries:
        counts.update(provenance.count_records_by_source(connection, query, earlier))
    return dict(counts)


def _count_positions(connection: Connection, queries: list[SettledQuery]) -> tuple[Counter[int], int]:
    """Return the number of records in each zone of UTM and Gauss-Kruger by EPSG code, and of those without a position."""
    zones: Counter[int] = Counter()
    unplaced = 0
    for query, earlier in queries:
        table = find_collection(query.collection).table
        lon, lat = func.ST_X(table.c.geom), func.ST_Y(table.c.geom)
        # EPSG:326 and 327 with the zone; EPSG:4513 to 4533 are the three-degree zones 25 to 45
        # least(60, NULL) would be 60; without a position there is no zone
        zone = case((lon.is_not(None), func.least(60, func.floor((lon + 180) / 6) + 1)))
        utm = case((lat < 0, 32_700), else_=32_600) + zone
        gauss = case(((lat > 0) & (lat < 56) & lon.between(73.5, 136.5), 4_488 + func.round(lon / 3)))
        statement = (
            select(utm, gauss, func.count())
            .where(expression.build_where_condition(query.shape(earlier), table))
            .group_by(utm, gauss)
        )
        for first, second, records in connection.execute(statement, expression.bound(connection, query, earlier)):
            if first is None:
                unplaced += records
                continue
            zones[int(first)] += records
            if second is not None:
                zones[int(second)] += records
    return zones, unplaced


def _describe_licence(licence: str, name: str, rows: list[dict[str, object]], counts: dict[str, int]) -> dict[str, object]:
    licence_terms = licences.find_licence_terms(licence)
    shown = ("name", "title_en", "title_zh", "attribution", "citation")
    return {
        **{"licence": licence, "name": name, "url": rows[0]["licence_url"]},
        **put_in_each_language("label", _choose_short_name(licence, name)),
        **put_in_each_language("name", translate_source_text(name)),
        **{term: getattr(licence_terms, term) for term in licences.TERMS},
        "records": sum(counts[str(row["name"])] for row in rows),
        "sources": [{key: row[key] for key in shown} | {"records": counts[str(row["name"])]} for row in rows],
    }


def _choose_short_name(licence: str, name: str) -> Translatable:
    """Return the label of a licence of the vocabulary, else its name."""
    terms = vocabulary("licence")
    return Label(terms[licence].label("en"), terms[licence].label("zh")) if licence in terms else translate_source_text(name)


def _parse_collections() -> tuple[list[Collection], MultiDict[str, str]]:
    """Return the requested collections, by default those of the map, and the other parameters. Raises BadQuery."""
    arguments = MultiDict(request.args)
    names = ",".join(arguments.poplist("collections")) or ",".join(KINDS)
    chosen = list(dict.fromkeys(names.split(",")))
    for name in chosen:
        if name not in KINDS:
            raise BadQuery("collections", name[:80], msg('"%(value)s" is not one of %(choices)s.', choices=list(KINDS)))
    return [COLLECTIONS[name] for name in chosen], arguments
