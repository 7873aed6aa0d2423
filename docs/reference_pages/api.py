"""The page of the API."""

import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from lodebase.field_types import DEFAULT_LIMIT, MAX_LIMIT
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.cql2 import BOUNDS
from lodebase.query.parameters.declarations import PARAMETERS
from lodebase.settings import Settings
from lodedata.write import FORMATS
from lodeweb.app import create_app
from lodeweb.http.representation.pinned import VersionUse, classify_view
from lodeweb.http.representation.problem_details import STATUS
from reference_pages.texts import ReferenceTexts, code, first_sentence, table


def api_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield endpoints, parameters, formats, bounds, properties and errors."""
    yield from ("## Endpoints", "", *table(("endpoint", "response"), _endpoints()))
    yield from ("## Versions in addresses", "")
    yield "What `/v/N/` before an address, or `as_of=N`, means. Pages, other than those of records, have no versions."
    yield from ("", *table(("response under /v/N", "endpoints"), _version_uses()))
    yield from ("## Parameters of items", "")
    parameters = ((code(p.name), ", ".join(p.collections or ("all",)), str(p.text)) for p in PARAMETERS.values())
    yield from table(("parameter", "collections", "meaning"), parameters)
    yield from ("Every property below is a parameter too: its value, or several codes separated by commas.", "")
    yield from (f"`limit` is {DEFAULT_LIMIT} by default and at most {MAX_LIMIT:,}.", "")
    yield from ("## Formats of downloads", "")
    formats = (
        (code(f.name), f.title, code(f.suffix), code(f.media_type), str(f.text), str(f.loss or "")) for f in FORMATS.values()
    )
    yield from table(("format", "title", "suffix", "media type", "use", "not included"), formats)
    yield from _bounds()
    for collection in COLLECTIONS.values():
        yield from (f"## {collection.name}", "", collection.kind.description_en, "")
        properties = ((code(f.name), f.title_en, f.title_zh, f.type, f.vocabulary) for f in collection.fields)
        yield from table(("property", "title", "Chinese label", "type", "vocabulary"), properties)
    yield from ("## Errors", "")
    yield "Errors are problem details (RFC 9457) with `title`, `status` and `detail`, and for a parameter also"
    yield from ("`parameter` and `value`. A 503 has `Retry-After`.", "")
    yield from table(("status", "title", "cause"), ((s, title, e.__doc__) for e, (s, title) in STATUS.items()))


def _create_app() -> Flask:
    return create_app(Settings.model_validate({"LODE_DATABASE_URL": "postgresql://localhost/lode"}))


def _version_uses() -> Iterator[tuple[str, str]]:
    """Yield each use of a version, with the GET addresses of the API that have it."""
    app = _create_app()
    rules = sorted(
        (rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") and "GET" in (rule.methods or ())),
        key=lambda rule: rule.rule,
    )
    for use in VersionUse:
        paths = [_write_path(rule) for rule in rules if classify_view(app.view_functions[rule.endpoint]) is use]
        yield use.value, ", ".join(map(code, paths))


def _write_path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _endpoints() -> Iterator[tuple[str, str]]:
    """Yield each GET and each path that has only a POST, with the first sentence of its view."""
    app = _create_app()
    rules = sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"), key=lambda rule: rule.rule)
    with_get = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
    for rule in rules:
        if "GET" in (rule.methods or ()) or rule.rule not in with_get:
            method = "GET" if rule.rule in with_get else "POST"
            yield f"{method} {code(_write_path(rule))}", first_sentence(app.view_functions[rule.endpoint].__doc__)


def _bounds() -> Iterator[str]:
    yield from ("## Bounds of a filter", "")
    yield from (
        "In an address write `<` and `>` as `%3C` and `%3E` (RFC 3986, 2.2); unescaped they get a 400.",
        "",
    )
    yield from ("A filter above a bound is refused with a 400 that names the bound and an alternative.", "")
    bounds = ((str(b.counted), f"{b.most:,}", str(b.advice)) for b in BOUNDS.values())
    yield from table(("counted", "at most", "alternative"), bounds)
