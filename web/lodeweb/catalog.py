"""The API's landing page, its collections, its sources and their raw records."""

import orjson
from flask import Blueprint, Response, request

from lodebase.errors import NoSuchThing
from lodebase.query import provenance
from lodebase.query.collections_ import COLLECTIONS, Collection, collection
from lodebase.query.run import extent, reading
from lodedata import vocab
from lodeweb import params
from lodeweb.database import site
from lodeweb.links import GEOJSON, JSON, Link, link, self_link

blueprint = Blueprint("catalog", __name__, url_prefix="/api")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@blueprint.before_request
def known_parameters() -> None:
    """Refuse parameters that mean nothing here (OGC API Features, Part 1, 7.5.1)."""
    params.general(request.args)


@blueprint.get("/")
def landing() -> Response:
    """What there is."""
    return _json(
        {
            "title": "Lode",
            "description": "Deposits, exploration discoveries and project sites of strategic minerals. "
            "战略性矿产的矿床、勘查发现与项目。",
            "links": [
                self_link(JSON),
                link("/api/collections", "data", JSON, "Collections"),
                link("/api/sources", "related", JSON, "Sources"),
                link("/api/vocabularies", "related", JSON, "Vocabularies"),
                link("/", "alternate", "text/html", "Map"),
            ],
        }
    )


@blueprint.get("/collections")
def collections() -> Response:
    """The collections."""
    return _json({"links": [self_link(JSON)], "collections": [_described(c) for c in COLLECTIONS.values()]})


@blueprint.get("/collections/<name>")
def one(name: str) -> Response:
    """One collection."""
    return _json(_described(collection(name)))


@blueprint.get("/sources")
def sources() -> Response:
    """The imported sources with publisher, licence and citation."""
    with reading(site().engine) as connection:
        found = provenance.sources(connection)
    return _json({"links": [self_link(JSON)], "sources": found})


@blueprint.get("/sources/<name>/records/<path:key>")
def record(name: str, key: str) -> Response:
    """A raw record, the served record it went into and the run that read it."""
    with reading(site().engine) as connection:
        found = provenance.record(connection, name, key)
    return _json({**found, "links": [self_link(JSON), *_served(found["records"])]})


@blueprint.get("/vocabularies")
def vocabularies() -> Response:
    """The vocabularies, with where their terms come from."""
    about = vocab.sources()
    listed = [{"name": name, **about[name]} for name in vocab.names()]
    return _json({"links": [self_link(JSON)], "vocabularies": listed})


@blueprint.get("/vocabularies/<name>")
def vocabulary(name: str) -> Response:
    """The terms of one vocabulary in both languages, with URI and what they lie beneath."""
    if name not in vocab.names():
        raise NoSuchThing(f"there is no vocabulary {name!r}; there are {', '.join(vocab.names())}")
    terms = [
        {
            "code": term.code,
            "label_en": term.label_en,
            "label_zh": term.label_zh,
            "broader": term.broader,
            "uri": term.uri,
            "aliases": term.aliases,
            **term.extra,
        }
        for term in vocab.vocabulary(name)
    ]
    return _json({"name": name, "links": [self_link(JSON)], "terms": terms})


def _served(records: list[dict[str, str]]) -> list[Link]:
    names = {"deposit": "deposits", "discovery": "discoveries", "project": "projects"}
    return [
        link(f"/api/collections/{names[r['kind']]}/items/{r['id']}", "related", GEOJSON, "The served record")
        for r in records
        if r["kind"] in names
    ]


def _described(asked: Collection) -> dict[str, object]:
    box = extent(site().engine, asked.name)
    return {
        "id": asked.name,
        "title": f"{asked.title_en} / {asked.title_zh}",
        "description": f"{asked.description_en} {asked.description_zh}",
        "extent": {"spatial": {"bbox": [list(box)] if box else [[-180, -90, 180, 90]], "crs": CRS84}},
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            link(f"/api/collections/{asked.name}", "self", JSON),
            link(f"/api/collections/{asked.name}/items", "items", GEOJSON, asked.title_en),
        ],
    }


def _json(body: object) -> Response:
    # names of columns are a kind of str that orjson takes for keys only when told to
    return Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), mimetype=JSON)
