"""Changes since a version: as lines of JSON, as a page, and as a feed of the last changes."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.history import changelog
from lodebase.history.changelog import ChangeCursor, ChangeEntry, Difference, Range
from lodebase.operations.formats import convert_result_to_data
from lodebase.query.change_selection import CHANGING, ChangeSelection
from lodebase.query.parameters.declarations import PARAMETERS
from lodebase.query.parameters.parameter import Parameter
from lodebase.subscriptions import change_queries
from lodedata.messages import msg
from lodeweb.adapter.api_operation import ApiOperation, describe_as, format_parameter
from lodeweb.api.catalogue import change_messages
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.representation import versions
from lodeweb.http.representation.links import change_address, quote_query_text
from lodeweb.http.representation.negotiation import HTML, wants_html
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.i18n import language
from lodeweb.i18n.language import gettext

blueprint = Blueprint("changes", __name__, url_prefix="/api")
NDJSON = "application/x-ndjson"
ATOM = "application/atom+xml"
FORMATS = ("ndjson", "html", "atom")
PLACE = re.compile(r"([0-9]{1,9})/([^/]+)/([^\x00-\x1f\x7f]{0,300})")
"""Pattern of a cursor: a version, a collection and an id; the name is looked up among the collections."""
USUAL: Mapping[str, int] = {"ndjson": 1_000, "html": 100, "atom": 50}
"""Default number of changes in a response of each format."""
MAX_CHANGES_PER_PAGE = 1_000
"""Maximum number of changes in a response; each can have hundreds of parts."""


_PRICES = {
    "price_change": msg("With collection=statistics: only releases with a price that moved by at least so many per cent."),
    "price_above": msg("With collection=statistics: only releases with a price that rose above this amount of its unit."),
    "price_below": msg("With collection=statistics: only releases with a price that fell below this amount of its unit."),
}


@blueprint.get("/changes")
@describe_as(
    ApiOperation(
        msg("Records and releases of statistics added, changed, merged and withdrawn after a version, with old and new values"),
        {NDJSON: "page", HTML: "page", ATOM: "page"},
        own=(
            Parameter(
                "since",
                "moment",
                {"type": "string"},
                msg("The version, date or time after which changes are returned."),
            ),
            Parameter(
                "until",
                "moment",
                {"type": "string"},
                msg("The version, date or time up to which changes are returned; by default the latest version."),
            ),
            Parameter(
                "collection",
                "filter",
                {"type": "array", "items": {"type": "string", "enum": list(CHANGING)}},
                msg("The collections, and statistics; by default all. With a single one, its filters can be used too."),
            ),
            *(
                Parameter(name, "filter", {"type": "number", "minimum": 0, "exclusiveMinimum": True}, text)
                for name, text in _PRICES.items()
            ),
            Parameter("limit", "page", PARAMETERS["limit"].schema, msg("The maximum number of changes.")),
            Parameter(
                "after",
                "page",
                {"type": "string"},
                msg("The start of the page; taken from a link to the next page."),
            ),
            format_parameter("ndjson", "html", "atom"),
        ),
        less=("f",),
    )
)
def list_changes() -> Response:
    """Return what was added, changed, merged and withdrawn after a version, with the old and new value of each field.

    A release of statistics has counts of its observations instead, and the address of their values. With a threshold of prices
    it has the prices beyond it.
    """
    arguments = MultiDict(request.args)
    fmt = arguments.pop("f", "html" if wants_html() else "ndjson")
    if fmt not in FORMATS:
        raise BadQuery("f", fmt[:200], msg('"%(value)s" is not a format here. Use one of %(choices)s.', choices=list(FORMATS)))
    chosen = parse_selection(arguments)
    since = versions.parse_requested_version(arguments.get("since", "0"), "since")[0]
    over = Range(since, versions.parse_requested_version(arguments.get("until"), "until")[0])
    most = min(query_parameters.limit(arguments.get("limit", str(USUAL[fmt]))), MAX_CHANGES_PER_PAGE)
    if fmt == "atom":
        return _write_feed(changelog.read_newest_changes(get_site().engine, chosen, over, most), over.until)
    if fmt == "html" and "since" not in arguments:
        return _build_page(changelog.read_newest_changes(get_site().engine, chosen, over, most), over, None)
    change_page = changelog.read_change_page(get_site().engine, chosen, over, most, _place(arguments.get("after")))
    following = None if change_page.next is None else change_address(after=format_cursor_text(change_page.next))
    return (
        _build_page(change_page.changes, over, following)
        if fmt == "html"
        else _write_lines(change_page.changes, over.until, following)
    )


def format_cursor_text(place: ChangeCursor) -> str:
    """Return a cursor as text for a link."""
    return f"{place.version}/{place.collection}/{place.identity}"


def _place(text: str | None) -> ChangeCursor | None:
    """Return the cursor that a text encodes. Raises BadQuery."""
    if text is None:
        return None
    match = PLACE.fullmatch(text)
    if match is None or match[2] not in CHANGING:
        raise BadQuery(
            "after", ascii(text)[1:-1][:100], msg('"%(value)s" is not a position in a list. Use the link to the next page.')
        )
    return ChangeCursor(int(match[1]), match[2], match[3])


def parse_selection(arguments: MultiDict[str, str]) -> ChangeSelection:
    """Return the requested changes; filters are allowed for collections that are named. Raises BadQuery."""
    return change_queries.parse_pairs(arguments.items(multi=True))


def _write_lines(change_entries: tuple[ChangeEntry, ...], until: int, following: str | None) -> Response:
    response = Response(
        b"".join(orjson.dumps(change_as_json(change)) + b"\n" for change in change_entries), content_type=NDJSON
    )
    if following is not None:
        response.headers["Link"] = f'<{request.base_url}{following}>; rel="next"; type="{NDJSON}"'
    response.headers[VERSION_HEADER] = str(until)
    return response


def change_as_json(change: ChangeEntry) -> Mapping[str, Any]:
    """Return a change as JSON: for each field that differs the old value, the new one, or both if the record was changed."""
    return {
        "version": change.version,
        "committed_at": change.committed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "collection": change.collection,
        "id": change.identity,
        "change": change.change,
        **({} if change.into is None else {"into": change.into}),
        "matched": change.matched,
        "matches": change.matches,
        "fields": _collect_fields(change.change, change.fields),
        "parts": [
            {"table": part.table, "key": part.key, "change": part.change, "fields": _collect_fields(part.change, part.fields)}
            for part in change.parts
        ],
        **({} if change.release is None else {"statistics": convert_result_to_data(change.release)}),
        **({} if not change.prices else {"prices": [convert_result_to_data(price) for price in change.prices]}),
    }


def _collect_fields(kind: str, fields: tuple[Difference, ...]) -> Mapping[str, Any]:
    if kind == "added":
        return {field.field: {"new": field.new} for field in fields}
    if kind in ("merged", "withdrawn"):
        return {field.field: {"old": field.old} for field in fields}
    return {field.field: {"old": field.old, "new": field.new} for field in fields}


def _build_page(change_entries: tuple[ChangeEntry, ...], over: Range, following: str | None) -> Response:
    lines = [change_messages.write_change_line(change, language.get_language()) for change in change_entries]
    html = render_template(
        "api/changes.html",
        versions=[(version, list(of)) for version, of in groupby(lines, lambda line: line.version)],
        since=over.since,
        until=over.until,
        next=following,
        feed=change_address(f="atom", since=None, until=None, after=None, limit=None),
        subscribe=f"/subscribe{change_address(f=None, since=None, until=None, after=None, limit=None)}",
        ndjson=change_address(f="ndjson", limit=None),
    )
    return _build_response(html, HTML, over.until)


def _write_feed(change_entries: tuple[ChangeEntry, ...], until: int) -> Response:
    lines = [change_messages.write_change_line(change, language.get_language()) for change in change_entries]
    _, committed_at = versions.parse_requested_version(str(until))
    root = request.url_root.rstrip("/")
    arguments = {name: values for name, values in request.args.lists() if name not in ("f", "lang")}
    mark = "&".join(
        f"{quote_query_text(name)}={quote_query_text(value)}" for name in sorted(arguments) for value in arguments[name]
    )
    page = f"{request.base_url}{change_address(f='html', since=request.args.get('since', '0'))}"
    feed = render_template(
        "api/changes.xml", title=gettext("Lode: changes"), lines=lines, root=root, mark=mark, page=page, updated=committed_at
    )
    return _build_response(feed, ATOM, until)


def _build_response(body: str, mimetype: str, until: int) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Language"] = language.find_locale_tag()
    response.headers[VERSION_HEADER] = str(until)
    return response
