"""Whether an answer is a page or data, and how it says that the other can be had."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, g, render_template, request

from lodeweb.i18n import language
from lodeweb.links import JSON, Link, quoted, self_link

HTML = "text/html"
VERSION_HEADER = "Lode-Dataset-Version"


def wants_html() -> bool:
    """Whether this request asks for a page: by ``f``, else by an Accept header that likes HTML better than JSON.

    A browser does; a client that takes anything gets data.
    """
    asked = request.args.get("f")
    return prefers_html() if asked is None else asked == "html"


def prefers_html() -> bool:
    """Whether the Accept header likes HTML better than JSON."""
    if HTML not in request.headers.get("Accept", ""):
        return False
    accepts = request.accept_mimetypes
    return accepts[HTML] > max(accepts[JSON], accepts["application/geo+json"])


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


def answer(
    body: Mapping[str, Any],
    template: str,
    media_type: str = JSON,
    version: int | None = None,
    fixed: bool = False,
    **context: Any,
) -> Response:
    """The body as data, or the page that a template makes of it.

    With a dataset version the answer holds as long as that is the last one; one that is ``fixed`` depends on this program
    alone. Of any other a client can keep nothing.
    """
    if wants_html():
        response = Response(render_template(template, body=body, **context), mimetype=HTML)
    else:
        # names of columns are a kind of str that orjson takes for keys only when told to
        response = Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), content_type=media_type)
    response.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    g.fixed = fixed
    if version is not None:
        response.headers[VERSION_HEADER] = str(version)
    return response
