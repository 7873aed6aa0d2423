"""Links of answers: absolute, with the query that made them."""

from urllib.parse import quote

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

GEOJSON = "application/geo+json"
JSON = "application/json"

Link = dict[str, str]


def link(path: str, rel: str, media_type: str, title: str | None = None) -> Link:
    """A link to a path of this site."""
    made = {"href": request.url_root.rstrip("/") + path, "rel": rel, "type": media_type}
    return made | {"title": title} if title else made


def self_link(media_type: str) -> Link:
    """A link to what was asked for."""
    return {"href": iri_to_uri(request.url), "rel": "self", "type": media_type}


def next_link(after: str, media_type: str) -> Link:
    """The same question, going on after a record; plain key=value pairs that stay valid with another limit."""
    arguments = MultiDict(request.args)
    arguments.setlist("after", [after])
    made = request.base_url + "?" + "&".join(f"{quoted(k)}={quoted(v)}" for k, v in arguments.items(multi=True))
    return {"href": made, "rel": "next", "type": media_type}


def quoted(text: str) -> str:
    """A text as part of a query string."""
    return quote(text, safe=",:")
