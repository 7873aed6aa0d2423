"""Links in responses: absolute, with the query string of the request."""

import re
from urllib.parse import quote, urlsplit

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from lodebase.query.collections_ import Collection
from lodeweb.http.representation.negotiation import HTML, JSON
from lodeweb.i18n.language import gettext

Link = dict[str, str]
PLAIN = re.compile(r"[A-Za-z0-9:/?&=.,%+_~-]*")
"""Pattern of an address that is a URI without escaping."""
PLAIN_PATH, PLAIN_VALUE = re.compile(r"[A-Za-z0-9/._~-]*"), re.compile(r"[A-Za-z0-9,:._~-]*")
"""Patterns of a path and of a query value that need no escaping; most match, and matching is cheaper than quoting."""
ALLOWED = "!$&'()*+,;=:@"
"""Characters allowed unescaped in a segment of a path, besides letters and digits (RFC 3986, 3.3)."""


def change_address(**changes: str | None) -> str:
    """Return the query string of this request with some parameters changed; None removes a parameter."""
    arguments = {name: values for name, values in request.args.lists() if name not in changes}
    arguments |= {name: [value] for name, value in changes.items() if value is not None}
    return "?" + "&".join(
        f"{quote_query_text(name)}={quote_query_text(value)}" for name, values in arguments.items() for value in values
    )


def build_own_links(media_type: str = JSON) -> list[Link]:
    """Return the links of a response to itself and to its page (OGC API Features, Part 1, 7.2)."""
    own = build_self_link(media_type)
    address = own["href"] + ("&" if "?" in own["href"] else "?") + "f=html"
    if "f" in request.args:
        address = own["href"].split("?")[0] + change_address(f="html")
    page = {"href": address, "rel": "alternate", "type": HTML}
    return [own, page | {"title": str(gettext("This document as a page"))}]


def link(path: str, rel: str, media_type: str, title: str | None = None) -> Link:
    """Return a link to a path of this site."""
    attributes = {"href": request.url_root.rstrip("/") + path, "rel": rel, "type": media_type}
    return attributes | {"title": title} if title else attributes


def build_self_link(media_type: str) -> Link:
    """Return a link to the requested resource."""
    query = request.query_string.decode("latin-1")
    address = f"{_find_address()}?{query}" if query else _find_address()
    return {"href": address if PLAIN.fullmatch(address) else iri_to_uri(address), "rel": "self", "type": media_type}


def build_next_link(after: str, media_type: str) -> Link:
    """Return a link to the next page, after a record; plain key=value pairs that stay valid with another limit."""
    arguments = MultiDict(request.args)
    arguments.setlist("after", [after])
    query = "&".join(f"{quote_query_text(name)}={quote_query_text(value)}" for name, value in arguments.items(multi=True))
    return {"href": f"{_find_address()}?{query}", "rel": "next", "type": media_type}


def _find_address() -> str:
    """Return the requested address without its query."""
    # not request.base_url, which leaves a % of the path unescaped, so that it would be read as an escape
    path = request.path if PLAIN_PATH.fullmatch(request.path) else quote(request.path, safe="/" + ALLOWED)
    return request.root_url.rstrip("/") + path


def quote_query_text(text: str) -> str:
    """Return a text escaped for a query string."""
    return text if PLAIN_VALUE.fullmatch(text) else quote(text, safe=",:")


def strip_own_host(address: str) -> str:
    """Return a link of this site without its scheme and host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def is_web_address(text: object) -> bool:
    """Return whether a text is a web address that a page may link to."""
    return isinstance(text, str) and text.startswith(("https://", "http://")) and not any(map(str.isspace, text))


def build_collection_path(collection: Collection) -> str:
    """Return the path of a collection."""
    return f"/api/collections/{collection.name}"


def build_data_set_address(name: str) -> str:
    """Return the address of the page of a data set."""
    return f"/data/{quote_query_text(name)}"


def record_address(identity: str, as_of: str | None = None) -> str:
    """Return the address of a record's page, at the last version or at a given one."""
    parameter = "" if as_of is None else f"?as_of={quote_query_text(as_of)}"
    return f"/records/{quote_query_text(identity)}{parameter}"
