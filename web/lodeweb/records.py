"""Records as pages: a table of those that match, and one with all that is known of it. Both are made of their GeoJSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Response, render_template, request

from lodebase.query.collections_ import Collection, Field
from lodeweb import labels
from lodeweb.i18n import language
from lodeweb.links import quoted
from lodeweb.negotiation import HTML, VERSION_HEADER, here

NAMES = ("name_en", "name_zh")
SUMMARY = (
    *("main_commodity", "facility_types", "zone_kind", "code", "size_class", "status", "mine_status"),
    *("exploration_stage", "country", "division"),
)
"""What a table shows of each record beside its name, where nobody chose other properties."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the table."""

    name: str
    address: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Word:
    """One value in words, and where more of it stands."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One property that a record has."""

    title: str
    words: list[Word]


def items_page(collection: Collection, body: bytes, dataset_version: int) -> Response:
    """The table of a feature collection, with a link to each record and to the next page."""
    found = orjson.loads(body)
    features: list[dict[str, Any]] = found["features"]
    fields = list(_columns(collection, features))
    extra = [name for name in (features[0]["properties"] if features else ()) if collection.field(name) is None]
    columns = [_name_title(), *(labels.title(field, language()) for field in fields), *extra]
    following = next((link["href"] for link in found["links"] if link["rel"] == "next"), None)
    html = render_template(
        "items.html",
        title=_title(collection),
        root=_root(collection),
        columns=columns,
        rows=[_row(collection, feature, fields, extra) for feature in features],
        matched=found.get("numberMatched"),
        first=here(after=None) if "after" in request.args else None,
        next=None if following is None else own_path(following),
    )
    return _response(html, dataset_version)


def item_page(collection: Collection, body: bytes, dataset_version: int) -> Response:
    """All that is known of one record, each code in words, and what is not stated."""
    feature = orjson.loads(body)
    properties: dict[str, Any] = feature["properties"]
    fields = [field for field in collection.fields if field.name in properties]
    lang = language()
    html = render_template(
        "item.html",
        collection_title=_title(collection),
        root=_root(collection),
        name=_name(feature),
        identity=feature["id"],
        position=_position(feature["geometry"], lang),
        facts=[
            Fact(labels.title(field, lang), words) for field in fields if (words := list(_words(field, properties[field.name])))
        ],
        absent=[labels.title(field, lang) for field in fields if properties[field.name] in (None, [])],
        more={name: value for name, value in properties.items() if collection.field(name) is None},
    )
    return _response(html, dataset_version)


def own_path(address: str) -> str:
    """A link of ours without the host it is asked by."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def web_address(text: object) -> bool:
    """Whether a text is an address that a page may lead to."""
    return isinstance(text, str) and text.startswith(("https://", "http://")) and not any(map(str.isspace, text))


def _columns(collection: Collection, features: list[dict[str, Any]]) -> Iterator[Field]:
    there: Mapping[str, Any] = features[0]["properties"] if features else {}
    chosen = "properties" in request.args
    for field in collection.fields:
        if field.name in there and (field.name not in NAMES if chosen else field.name in SUMMARY):
            yield field


def _row(collection: Collection, feature: dict[str, Any], fields: list[Field], extra: list[str]) -> Row:
    properties = feature["properties"]
    comma = "、" if language() == "zh" else ", "
    cells = [comma.join(labels.words(field, properties.get(field.name), language())) for field in fields]
    cells += ["" if (value := properties.get(name)) is None else str(value) for name in extra]
    return Row(_name(feature), f"{_root(collection)}/items/{quoted(str(feature['id']))}?f=html", cells)


def _words(field: Field, value: Any) -> Iterator[Word]:
    values = value if isinstance(value, list) else [value]
    for one, text in zip(values, labels.words(field, value, language()), strict=False):
        yield Word(text, _address(field, str(one)))


def _address(field: Field, value: str) -> str | None:
    if field.vocabulary is not None:
        return f"/api/vocabularies/{field.vocabulary}?f=html#{quoted(value)}"
    if field.name == "sources":
        return f"/api/sources?f=html#{quoted(value)}"
    return None


def _name(feature: dict[str, Any]) -> str:
    properties = feature["properties"]
    order = reversed(NAMES) if language() == "zh" else NAMES
    return next((properties[name] for name in order if properties.get(name)), str(feature["id"]))


def _position(geometry: dict[str, Any] | None, lang: labels.Language) -> str | None:
    if geometry is None:
        return None
    if geometry["type"] == "Point":
        return ", ".join(str(part) for part in geometry["coordinates"])
    polygons = len(geometry["coordinates"]) if geometry["type"] == "MultiPolygon" else 1
    return f"{polygons} 个多边形" if lang == "zh" else f"polygons: {polygons}"


def _title(collection: Collection) -> str:
    return collection.title_zh if language() == "zh" else collection.title_en


def _name_title() -> str:
    return "名称" if language() == "zh" else "Name"


def _root(collection: Collection) -> str:
    return f"/api/collections/{collection.name}"


def _response(html: str, dataset_version: int) -> Response:
    response = Response(html, mimetype=HTML)
    response.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    response.headers[VERSION_HEADER] = str(dataset_version)
    return response
