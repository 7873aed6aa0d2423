"""Content negotiation: whether a request prefers a page or data."""

from flask import request

HTML = "text/html"
GEOJSON = "application/geo+json"
JSON = "application/json"
ATOM = "application/atom+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wants_html() -> bool:
    """Return whether this request is for a page: by ``f``, else by an Accept header that prefers HTML to JSON.

    A browser sends such a header; a client that accepts anything gets data.
    """
    form = request.args.get("f")
    return prefers_html() if form is None else form == "html"


def prefers_html() -> bool:
    """Return whether the Accept header prefers HTML to JSON."""
    if HTML not in request.headers.get("Accept", ""):
        return False
    accepts = request.accept_mimetypes
    return accepts[HTML] > max(accepts[JSON], accepts[GEOJSON])


def wants_error_page() -> bool:
    """Return whether an error is shown as a page: if the Accept header prefers HTML, unless ``f`` names JSON."""
    return "json" not in request.args.get("f", "") and prefers_html()
