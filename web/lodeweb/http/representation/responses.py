"""Responses of documents: the body as data, or as the page that a template renders."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, g, render_template

from lodeweb.http.representation import html_pages
from lodeweb.http.representation.negotiation import HTML, JSON, wants_html
from lodeweb.i18n.language import find_locale_tag

VERSION_HEADER = "Lode-Dataset-Version"


def build_document_response(
    body: Mapping[str, Any],
    page: object,
    media_type: str = JSON,
    version: int | None = None,
    fixed: bool = False,
    **context: Any,
) -> Response:
    """Return the body as data, or its page: from a template by name, or from a content that has a renderer.

    With a dataset version the response is valid as long as that is the last one; one that is ``fixed`` depends on this
    program alone. Any other response is not cached.
    """
    if wants_html():
        response = Response(_render_html(body, page, context), mimetype=HTML)
    else:
        # column names are a subclass of str, which orjson accepts as keys only with this option
        response = Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), content_type=media_type)
    response.headers["Content-Language"] = find_locale_tag()
    g.fixed = fixed
    if version is not None:
        response.headers[VERSION_HEADER] = str(version)
    return response


def _render_html(body: Mapping[str, Any], page: object, context: Mapping[str, Any]) -> str:
    return render_template(page, body=body, **context) if isinstance(page, str) else html_pages.render(page)


def build_page_response(html: str, dataset_version: int) -> Response:
    """Return the response of a page that shows data of a version."""
    response = Response(html, mimetype=HTML)
    response.headers["Content-Language"] = find_locale_tag()
    response.headers[VERSION_HEADER] = str(dataset_version)
    return response
