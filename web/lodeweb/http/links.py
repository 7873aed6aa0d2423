"""Links of responses: absolute, with the query of the request in them."""

import re
from urllib.parse import quote, urlsplit

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from lodebase.query.collections_ import Collection
from lodeweb.http.negotiation import HTML, JSON
from lodeweb.i18n.language import language

Link = dict[str, str]
PLAIN = re.compile(r"[A-Za-z0-9:/?&=.,%+_~-]*")
"""An address that is a URI as it stands."""
PLAIN_PATH, PLAIN_VALUE = re.compile(r"[A-Za-z0-9/._~-]*"), re.compile(r"[A-Za-z0-9,:._~-]*")
"""A path, and a value of a query, that is written as it stands; most are, and looking is cheaper than quoting."""
ALLOWED = "!$&'()*+,;=:@"
"""What may stand in a segment of a path as it is, beside letters and digits (RFC 3986, 3.3)."""


def here(**changes: str | None) -> str:
    """The query string of this request with some parameters changed; None takes one away."""
    arguments = {name: values for name, values in request.args.lists() if name not in changes}
    arguments |= {name: [value] for name, value in changes.items() if value is not None}
    return "?" + "&".join(f"{quoted(name)}={quoted(value)}" for name, values in arguments.items() for value in values)


def own_links(media_type: str = JSON) -> list[Link]:
    """The links of an answer to itself and to its page (OGC API Features, Part 1, 7.2)."""
    own = self_link(media_type)
    address = own["href"] + ("&" if "?" in own["href"] else "?") + "f=html"
    if "f" in request.args:
        address = own["href"].split("?")[0] + here(f="html")
    page = {"href": address, "rel": "alternate", "type": HTML}
    return [own, page | {"title": "This document as a page" if language() == "en" else "本文档的网页"}]


def link(path: str, rel: str, media_type: str, title: str | None = None) -> Link:
    """A link to a path of this site."""
    made = {"href": request.url_root.rstrip("/") + path, "rel": rel, "type": media_type}
    return made | {"title": title} if title else made


def self_link(media_type: str) -> Link:
    """A link to what was asked for."""
    query = request.query_string.decode("latin-1")
    address = f"{_address()}?{query}" if query else _address()
    return {"href": address if PLAIN.fullmatch(address) else iri_to_uri(address), "rel": "self", "type": media_type}


def next_link(after: str, media_type: str) -> Link:
    """The same question, going on after a record; plain key=value pairs that stay valid with another limit."""
    arguments = MultiDict(request.args)
    arguments.setlist("after", [after])
    asked = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in arguments.items(multi=True))
    return {"href": f"{_address()}?{asked}", "rel": "next", "type": media_type}


def _address() -> str:
    """What was asked for, without its query."""
    # not request.base_url, which leaves a % of the path as it is, so that it would be read as an escape
    path = request.path if PLAIN_PATH.fullmatch(request.path) else quote(request.path, safe="/" + ALLOWED)
    return request.root_url.rstrip("/") + path


def quoted(text: str) -> str:
    """A text as part of a query string."""
    return text if PLAIN_VALUE.fullmatch(text) else quote(text, safe=",:")


def own_path(address: str) -> str:
    """A link of ours without the host it is asked by."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def web_address(text: object) -> bool:
    """Whether a text is an address that a page may lead to."""
    return isinstance(text, str) and text.startswith(("https://", "http://")) and not any(map(str.isspace, text))


def collection_path(collection: Collection) -> str:
    """Return the path of a collection."""
    return f"/api/collections/{collection.name}"


def record_address(collection: Collection, identity: str, as_of: str | None = None) -> str:
    """Return the address of a record's page, as it is or as it was at a version."""
    then = "" if as_of is None else f"&as_of={quoted(as_of)}"
    return f"{collection_path(collection)}/items/{quoted(identity)}?f=html{then}"
