"""Estimates of deposits over time, each with its report and page: of one deposit, and of all that a filter selects."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.collections_ import find_collection
from lodebase.query.parameters.declarations import Group
from lodebase.records import estimate_files, estimate_history
from lodebase.records.estimate_history import MAX_PAGE_ROWS, PAGE_ROWS, STATED, EstimateChoice, EstimatePage
from lodebase.records.feature import item
from lodedata.messages import msg
from lodedata.vocab import no_term, vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.api.statistics_data import both
from lodeweb.http.database import site
from lodeweb.http.representation.links import link, next_link, own_links, quoted
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON, XLSX
from lodeweb.http.representation.responses import VERSION_HEADER, document_response
from lodeweb.i18n import labels

blueprint = Blueprint("estimates", __name__)
DEPOSITS = "deposits"
STATED_ROLES, ALL_ROLES = "stated", "all"
GROUPS: tuple[Group, ...] = ("filter", "general")
OWN = ("of", "role", "limit", "after")
FORMS, ONE_DEPOSIT_FORMS = ("json", "html", "csv"), ("json", "html", "csv", "xlsx")
NOTE = msg(
    "Rows must not be added: reserves are never added to resources, nor classes or zones to each other. A class that is a sum "
    "is one that the report added. Figures that a machine read name their page; look them up there before you use them."
)


@blueprint.get("/api/collections/deposits/items/<identity>/estimates")
def of_deposit(identity: str) -> Response:
    """Return the estimates of a deposit by every source, by page or as a file."""
    given = _own(ONE_DEPOSIT_FORMS)
    query_parameters.general(_others())
    # an id that is served under another one is redirected
    item(site().engine, DEPOSITS, identity)
    form = request.args.get("f")
    choice = given if form not in ("csv", "xlsx") else EstimateChoice(given.roles, given.commodity, limit=MAX_PAGE_ROWS)
    found = estimate_history.of_deposit(site().engine, identity, choice)
    if form == "xlsx":
        return _file(estimate_files.write_xlsx(found.rows), XLSX, f"estimates-{identity}.xlsx", found)
    if form == "csv":
        return _file("".join(estimate_files.csv_lines(found.rows)).encode(), "text/csv", f"estimates-{identity}.csv", found)
    links = [
        link(f"/api/collections/{DEPOSITS}/items/{quoted(identity)}", "collection", GEOJSON),
        link(f"/records/{quoted(identity)}/history", "related", HTML, str(gettext("Resource history"))),
    ]
    return _document(found, links)


@blueprint.get("/api/estimates")
def of_deposits() -> Response:
    """Return the estimates of the deposits that a filter selects, by page or as a file of all."""
    given = _own(FORMS)
    query = _query()
    if request.args.get("f") == "csv":
        rows = estimate_history.pages_of_query(site().engine, query, given)
        response = Response(estimate_files.csv_lines(rows), content_type="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="estimates.csv"'
        return response
    return _document(estimate_history.of_query(site().engine, query, given), [])


def row_data(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with labels of its codes in both languages."""
    terms = {"commodity": "commodity", "estimate_role": "estimate-role"}
    labelled = {
        f"{name}_{lang}": None if row[name] is None else vocabulary(scheme)[row[name]].label(lang)
        for name, scheme in terms.items()
        for lang in ("en", "zh")
    }
    classes = {f"category_{lang}": labels.estimate_category(row["category"], lang) for lang in ("en", "zh")}
    return {**row, **classes, **labelled}


def _document(found: EstimatePage, links: Sequence[Mapping[str, str]]) -> Response:
    all_links = [*own_links(), *links]
    if found.has_more:
        all_links.append(next_link(_token(found.rows[-1]), JSON))
    body = {
        "numberReturned": len(found.rows),
        "estimates": [row_data(row) for row in found.rows],
        "note": both(NOTE),
        "links": all_links,
    }
    title = gettext("Estimates of deposits over time")
    return document_response(body, "api/document.html", version=found.dataset_version, title=title)


def _file(content: bytes, media_type: str, name: str, found: EstimatePage) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers[VERSION_HEADER] = str(found.dataset_version)
    return response


def _query() -> Query:
    """Return the query of the deposits. Raises BadQuery; estimates of an earlier version are in no response."""
    return query_parameters.query(find_collection(DEPOSITS), _others(), GROUPS)


def _others() -> MultiDict[str, str]:
    """Return the parameters but those of estimates and the format."""
    return MultiDict([(name, value) for name, value in request.args.items(multi=True) if name not in (*OWN, "f")])


def _own(forms: Sequence[str]) -> EstimateChoice:
    """Return what the request says about the rows. Raises BadQuery."""
    form = request.args.get("f", "json")
    if form not in forms:
        raise BadQuery("f", form[:40], msg('"%(value)s" is not a format here. Use one of %(choices)s.', choices=list(forms)))
    after = _read_token(request.args["after"]) if "after" in request.args else None
    limit = query_parameters.whole_number("limit", request.args.get("limit"), PAGE_ROWS, (1, MAX_PAGE_ROWS))
    return EstimateChoice(_roles(), _commodity(), after, min(limit, MAX_PAGE_ROWS))


def _roles() -> tuple[str, ...] | None:
    role = request.args.get("role", STATED_ROLES)
    known = [term.code for term in vocabulary("estimate-role")]
    if role not in (STATED_ROLES, ALL_ROLES, *known):
        choices = [STATED_ROLES, ALL_ROLES, *known]
        sentence = msg('%(parameter)s has no choice "%(value)s". Use one of %(choices)s.', choices=choices)
        raise BadQuery("role", role[:40], sentence)
    return STATED if role == STATED_ROLES else None if role == ALL_ROLES else (role,)


def _commodity() -> str | None:
    word = request.args.get("of")
    if not word:
        return None
    term = vocabulary("commodity").find(word)
    if term is None:
        raise BadQuery("of", word[:40], no_term("commodity"))
    return term.code


def _token(row: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row["deposit_id"], row["id"]])).decode().rstrip("=")


def _read_token(text: str) -> tuple[str, str]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(text[:2_000] + "=" * (-len(text[:2_000]) % 4)))
        if not isinstance(found, list) or [type(one) for one in found] != [str, str] or "\0" in "".join(found):
            raise ValueError
    except (ValueError, binascii.Error, UnicodeEncodeError):
        raise BadQuery(
            "after", text[:100], msg('"%(value)s" is not a position in a list. Use the link to the next page.')
        ) from None
    return found[0], found[1]
