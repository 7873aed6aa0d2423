"""Vector tiles of the collections (OGC API Tiles, Part 1), with TileJSON for clients that use it."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery, NotFound
from lodebase.query import Query, tiles
from lodebase.query.collections_ import Collection, Field, find_collection
from lodebase.query.parameters.declarations import OF_ROWS
from lodebase.query.tile_cache import MAX_CACHED_ZOOM, TileKey
from lodebase.query.tiles import EXTENT, MAX_ZOOM, Drawn, Layer, Tile, TileContent
from lodedata.maps import maplibre_style
from lodedata.messages import Translatable, list_languages, msg
from lodeweb.adapter.api_operation import ApiOperation, describe_as, describe_json_responses, format_parameter
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation import pinned, versions
from lodeweb.http.representation.links import Link, build_own_links, link, quote_query_text
from lodeweb.http.representation.negotiation import JSON
from lodeweb.http.representation.responses import VERSION_HEADER, build_document_response
from lodeweb.i18n.language import gettext

blueprint = DeclaredBlueprint("tiles", __name__, url_prefix="/api", kind="tiles")

MVT = "application/vnd.mapbox-vector-tile"
GRID = "WebMercatorQuad"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
SCALE_SET = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"
WEB_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
HALF_SIDE_M = 20_037_508.342789244
COARSEST_SCALE = 559_082_264.0287178
"""Scale denominator of zoom level 0, with pixels of 0.28 mm (OGC 17-083r4, annex D)."""
EDGE_LATITUDE = 85.0511287798066


_JSON_OR_PAGE = format_parameter("json", "html")


@blueprint.get("/tileMatrixSets")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The tile matrix sets"), describe_json_responses("object"), less=("f",), own=(_JSON_OR_PAGE,)))
def list_grids() -> Response:
    """Return the tile matrix sets."""
    links = [link(f"/api/tileMatrixSets/{GRID}", "self", JSON)]
    listed = [{"id": GRID, "title": GRID, "uri": GRID_URI, "crs": WEB_MERCATOR, "links": links}]
    query_parameters.check_general_parameters(_format(("json", "html"))[0])
    return _build_page({"links": build_own_links(), "tileMatrixSets": listed}, gettext("Grids of tiles"))


@blueprint.get(f"/tileMatrixSets/{GRID}")
@pinned.same_in_all_versions
@describe_as(
    ApiOperation(msg("The Web Mercator tile matrix set"), describe_json_responses("object"), less=("f",), own=(_JSON_OR_PAGE,))
)
def describe_grid() -> Response:
    """Return the complete definition of WebMercatorQuad, so that clients need no other host (OGC 17-083r4, annex D)."""
    query_parameters.check_general_parameters(_format(("json", "html"))[0])
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": COARSEST_SCALE / (1 << z),
            "cellSize": 2 * HALF_SIDE_M / 256 / (1 << z),
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-HALF_SIDE_M, HALF_SIDE_M],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 1 << z,
            "matrixHeight": 1 << z,
        }
        for z in range(MAX_ZOOM + 1)
    ]
    summary = {"id": GRID, "title": GRID, "uri": GRID_URI, "crs": WEB_MERCATOR, "orderedAxes": ["X", "Y"]}
    return _build_page({**summary, "wellKnownScaleSet": SCALE_SET, "tileMatrices": matrices, "links": build_own_links()}, GRID)


@blueprint.get("/collections/<name>/tiles")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("The tilesets"),
        describe_json_responses("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_JSON_OR_PAGE,),
        suffix=".collection.vector.getTileSetsList",
    )
)
def list_tilesets(name: str) -> Response:
    """Return the tilesets of a collection: one (OGC API Tiles, Part 1, 10)."""
    collection = _find_placed(name)
    query, _ = _parse_query(collection, ("json", "html"))
    root = f"/api/collections/{name}/tiles/{GRID}{_format_filters()}"
    links: list[dict[str, Any]] = [link(root, "self", JSON), _link_scheme(), _link_items(name), _link_tilejson(name)]
    return _build_page(
        {"links": build_own_links(), "tilesets": [{**_describe_collection(collection), "links": links}]},
        gettext("Tilesets"),
        query.as_of,
    )


@blueprint.get(f"/collections/<name>/tiles/{GRID}")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("The tileset, or as TileJSON"),
        describe_json_responses("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(format_parameter("json", "tilejson", "style", "html"),),
        suffix=".collection.vector.getTileSet",
    )
)
def describe_tileset(name: str) -> Response:
    """Return a tileset's metadata (OGC API Tiles, Part 1, 9), TileJSON 3.0, or a style of MapLibre."""
    collection = _find_placed(name)
    query, fmt = _parse_query(collection, ("json", "tilejson", "style", "html"))
    tile_content = tiles.read_tile_content(get_site().engine, query)
    if fmt == "style":
        body = _build_style(collection, tile_content)
        return build_document_response(
            body, "api/document.html", maplibre_style.MEDIA_TYPE, version=tile_content.dataset_version
        )
    if fmt == "tilejson":
        return build_document_response(
            _build_tilejson(collection, tile_content), "api/document.html", version=tile_content.dataset_version
        )
    body = {
        **_describe_collection(collection),
        **_counts(tile_content),
        "layers": [_describe_layer(layer) for layer in tiles.list_tile_layers(collection)],
        "links": [*build_own_links(), _link_items(name), _link_scheme(), _link_tilejson(name), _link_style(name)],
    }
    if tile_content.box is not None:
        west, south, east, north = tile_content.box
        body["boundingBox"] = {"lowerLeft": [west, south], "upperRight": [east, north]}
    return _build_page(body, gettext("Tileset"), tile_content.dataset_version)


@blueprint.get(f"/collections/<name>/tiles/{GRID}/<tileMatrix>/<tileRow>/<tileCol>")
@pinned.reads_version
@pinned.same_for_all
@describe_as(
    ApiOperation(
        msg("A vector tile"),
        {MVT: "tile"},
        OF_ROWS,
        less=("nearest", "f"),
        own=(format_parameter("mvt"),),
        suffix=".collection.vector.getTile",
    )
)
def tile(name: str, tileMatrix: str, tileRow: str, tileCol: str) -> Response:
    """Return a tile, empty if it has no records. Its row precedes its column (OGC API Tiles, Part 1, requirement 2)."""
    collection = _find_placed(name)
    query, _ = _parse_query(collection, ("mvt",))
    numbers = [_number(what, text) for what, text in (("zoom level", tileMatrix), ("column", tileCol), ("row", tileRow))]
    drawn = _find_drawn(query, Tile.at(*numbers))
    response = Response(drawn.body, content_type=MVT)
    response.headers[VERSION_HEADER] = str(drawn.dataset_version)
    return response


def _find_drawn(query: Query, tile: Tile) -> Drawn:
    """Return a tile, from memory if it is one of the lowest zooms without filters."""
    if tile.z > MAX_CACHED_ZOOM or set(request.args) - {"as_of", "f"}:
        return tiles.draw(get_site().engine, query, tile)
    # before the tile is drawn, so that a tile of before a redaction never has the number of after it
    key = TileKey(
        query.collection, tile, versions.parse_requested_version(request.args.get("as_of"))[0], versions.count_redactions()
    )
    body = get_site().tiles.get(key)
    if body is not None:
        return Drawn(body, key.version)
    drawn = tiles.draw(get_site().engine, query, tile)
    if drawn.dataset_version == key.version:
        get_site().tiles.put(key, drawn.body)
    return drawn


def _number(what: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise NotFound(
            msg(
                "%(text)r is not a %(what)s of tiles. Write a whole number, as in %(grid)s/{z}/{row}/{column}.",
                text=text,
                what=what,
                grid=GRID,
            )
        )
    return int(text)


def _parse_query(collection: Collection, formats: tuple[str, ...]) -> tuple[Query, str]:
    """Return the query of the request, and the format. Raises BadQuery."""
    arguments, fmt = _format(formats)
    query = query_parameters.parse_feature_query(collection, arguments, OF_ROWS)
    if query.requests_nearest:
        raise BadQuery("nearest", request.args.get("nearest", ""), msg("nearest excludes no record. Give near and radius_km."))
    return query, fmt


def _format(formats: tuple[str, ...]) -> tuple[MultiDict[str, str], str]:
    """Return the other parameters, and the format. Raises BadQuery."""
    arguments = MultiDict(request.args)
    fmt = arguments.pop("f", formats[0])
    if fmt not in formats:
        raise BadQuery("f", fmt[:200], msg('"%(value)s" is not a format here. Use one of %(choices)s.', choices=list(formats)))
    return arguments, fmt


def _format_filters(**more: str) -> str:
    """Return the filters of this request as a query string."""
    filters = [(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang")]
    written = "&".join(f"{quote_query_text(name)}={quote_query_text(value)}" for name, value in (*filters, *more.items()))
    return f"?{written}" if written else ""


def _build_template(name: str, numbers: str) -> str:
    # its braces are placeholders for the numbers of a tile and are not escaped
    return f"{request.url_root.rstrip('/')}/api/collections/{name}/tiles/{GRID}/{numbers}{_format_filters()}"


def _link_items(name: str) -> dict[str, Any]:
    href = _build_template(name, "{tileMatrix}/{tileRow}/{tileCol}")
    return {"href": href, "rel": "item", "type": MVT, "templated": True}


def _link_scheme() -> Link:
    return link(f"/api/tileMatrixSets/{GRID}", SCHEME, JSON)


def _link_tilejson(name: str) -> Link:
    return link(f"/api/collections/{name}/tiles/{GRID}{_format_filters(f='tilejson')}", "describedby", JSON, "TileJSON")


def _link_style(name: str) -> Link:
    return link(
        f"/api/collections/{name}/tiles/{GRID}{_format_filters(f='style')}", "style", maplibre_style.MEDIA_TYPE, "MapLibre"
    )


def _describe_collection(collection: Collection) -> dict[str, Any]:
    return {
        "title": _format_both(collection.title),
        "description": _format_both(collection.description),
        "dataType": "vector",
        "crs": WEB_MERCATOR,
        "tileMatrixSetURI": GRID_URI,
    }


def _counts(tile_content: TileContent) -> dict[str, int]:
    return {"records": tile_content.records, "recordsWithoutPosition": tile_content.without_position}


def _describe_layer(layer: Layer) -> dict[str, Any]:
    described = {field.name: _describe_property(field) for field in layer.fields}
    return {
        "id": layer.name,
        "title": layer.name,
        "description": _format_both(layer.description),
        "dataType": "vector",
        "geometryDimension": 2 if layer.geometry == "polygon" else 0,
        "minTileMatrix": "0",
        "maxTileMatrix": str(MAX_ZOOM),
        "propertiesSchema": {"type": "object", "properties": described},
    }


def _describe_property(field: Field) -> dict[str, Any]:
    json_type = "string" if field.type in ("array", "date") else field.type
    return {"title": _format_both(field.title), "type": json_type}


def _build_tilejson(collection: Collection, tile_content: TileContent) -> dict[str, Any]:
    west, south, east, north = tile_content.box or (-180.0, -90.0, 180.0, 90.0)
    return {
        "tilejson": "3.0.0",
        "name": _format_both(collection.title),
        "description": _format_both(collection.description),
        "version": f"{tile_content.dataset_version}.0.0",
        "scheme": "xyz",
        "tiles": [_build_template(collection.name, "{z}/{y}/{x}")],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "bounds": [west, max(south, -EDGE_LATITUDE), east, min(north, EDGE_LATITUDE)],
        "vector_layers": [
            {
                "id": layer.name,
                "description": _format_both(layer.description),
                "minzoom": 0,
                "maxzoom": MAX_ZOOM,
                "fields": {field.name: _format_both(field.title) for field in layer.fields},
            }
            for layer in tiles.list_tile_layers(collection)
        ],
        "extent": EXTENT,
        **_counts(tile_content),
    }


def _build_style(collection: Collection, tile_content: TileContent) -> dict[str, Any]:
    shared = _build_tilejson(collection, tile_content)
    source = {name: shared[name] for name in ("tiles", "minzoom", "maxzoom", "bounds")}
    layers = tiles.list_styled_layers(collection)
    return maplibre_style.build_maplibre_style(
        shared["name"], {collection.name: (source, layers)}, version=tile_content.dataset_version
    )


def _format_both(text: Translatable) -> str:
    return " / ".join(text.in_language(lang) for lang in list_languages())


def _build_page(body: Mapping[str, Any], title: str, version: int | None = None) -> Response:
    """Return a response that is cached until the version changes, or for None until the program changes."""
    return build_document_response(body, "api/document.html", version=version, fixed=version is None, title=title)


def _find_placed(name: str) -> Collection:
    """Return a collection that has tiles. Raises NotFound if its records have no geometry."""
    collection = find_collection(name)
    if collection.geometry is None:
        raise NotFound(msg("%(name)s have no geometry and therefore no tiles. Use /api/collections/%(name)s/items.", name=name))
    return collection
