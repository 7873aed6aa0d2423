"""The layers of the ground: their description for the map's script, and their tiles."""

import base64
import json
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, send_file

from lodebase.errors import NotFound
from lodebase.ground import packs
from lodebase.ground.packs import ServedLayer
from lodedata.ground import archive, bedrock
from lodedata.ground.cutting import CUTS
from lodedata.ground.manifest import PICTURES
from lodedata.messages import msg
from lodeweb.http.database import get_site
from lodeweb.i18n.language import get_language

blueprint = Blueprint("ground_tiles", __name__)
TILES = "/map/ground/{pack}/{layer}/{version}/{{z}}/{{x}}/{{y}}"
A_YEAR = "public, max-age=31536000, immutable"
EMPTY_PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
"""A transparent pixel, for what a layer of pictures leaves out, such as the sea."""


def list_ground_layers() -> list[dict[str, Any]]:
    """Return the layers of the ground for the map's script, in the page's language."""
    lang = get_language()
    return [
        {
            "id": f"{layer.pack}/{layer.layer.name}",
            "kind": layer.layer.kind,
            "title": layer.layer.title.in_language(lang),
            "url": TILES.format(pack=layer.pack, layer=layer.layer.name, version=layer.version),
            "form": _find_form(layer),
            "cuts": list(CUTS),
            "minZoom": layer.layer.min_zoom,
            "maxZoom": layer.layer.max_zoom,
            "tileSize": layer.layer.tile_size,
            "source": f"{layer.layer.attribution} ({layer.layer.licence})",
            "attribution": layer.layer.attribution,
            "shown": layer.layer.shown,
            **({"bedrock": _describe_bedrock(layer.archive, layer.version, lang)} if layer.layer.kind == "bedrock" else {}),
        }
        for layer in packs.list_layers(get_site().settings)
    ]


@blueprint.get("/map/ground/<pack>/<layer>/<version>/<int:zoom>/<int:column>/<int:row>")
def tile(pack: str, layer: str, version: str, zoom: int, column: int, row: int) -> Response:
    """Return a tile; one that the archive lacks is empty. The address has the archive's version, so it is stored for a year."""
    served_layer = next(
        (
            served_layer
            for served_layer in packs.list_layers(get_site().settings)
            if (served_layer.pack, served_layer.layer.name) == (pack, layer)
        ),
        None,
    )
    if served_layer is None or zoom > 22 or column >= 1 << zoom or row >= 1 << zoom:
        raise NotFound(msg("The ground has no such tile."))
    content = archive.read_archive_tile(served_layer.archive, zoom, column, row)
    if content is None:
        picture = served_layer.layer.kind in PICTURES
        response = Response(EMPTY_PICTURE, mimetype="image/png") if picture else Response(status=204)
    else:
        response = Response(
            content,
            mimetype=_find_form(served_layer) if content.startswith(b"\x1f\x8b") else archive.detect_content_type(content),
        )
        if content.startswith(b"\x1f\x8b"):
            response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = A_YEAR if version == served_layer.version else "no-cache"
    return response


@blueprint.get("/map/countries-chn.json")
def send_chinese_countries() -> Response:
    """Return the countries in the Chinese view, made at set-up."""
    path = get_site().settings.ground / packs.CHINESE_COUNTRIES
    if not path.is_file():
        raise NotFound(msg("The countries in the Chinese view are missing; `lode ground build` makes them."))
    return send_file(path, mimetype="application/json", conditional=True)


def _find_form(served_layer: ServedLayer) -> str:
    return _read_archive_form(served_layer.archive, served_layer.version)


@lru_cache(maxsize=64)
def _describe_bedrock(path: Any, _version: str, lang: str) -> dict[str, Any]:
    """Return ages with their colours, the youngest first, and the labels of rocks of a layer, in a language."""
    summary = json.loads(archive.read_metadata(path).get("bedrock", "{}"))
    terms = [term for term in bedrock.read_ages().terms.values() if term.code in summary.get("ages", {})]
    rocks = bedrock.read_rocks().terms
    return {
        "ages": [{"code": term.code, "label": term.label.in_language(lang), "colour": term.colour} for term in terms],
        "rocks": {code: rocks[code].label.in_language(lang) for code in summary.get("rocks", {}) if code in rocks},
        "unknown": sum(summary.get("unknown_ages", {}).values()) + summary.get("without_age", 0),
        "unknownColour": bedrock.UNKNOWN_COLOUR,
    }


@lru_cache(maxsize=256)
def _read_archive_form(path: Any, version: str) -> str:
    """Return the media type of the tiles of an archive, as it states itself."""
    return archive.read_metadata(path).get("format", archive.GEOJSON)
