"""Saved layout reports: grouped under private links, and compared with one another or with the current result.

There is no session here (decision 026), so anyone with the link can read the group; caches must not store the link and
referrers must not contain it.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.writing import writing
from lodebase.errors import BadQuery, NotAllowed
from lodebase.layout import comparison_words, kept, words
from lodebase.layout.again import again
from lodebase.layout.candidate import Candidate, candidate
from lodebase.layout.comparison import compare
from lodebase.layout.forms import FORMS
from lodebase.layout.report import report
from lodebase.layout.rulebook import rulebook
from lodebase.query.parameters.nesting import read_json
from lodedata.messages import msg
from lodeweb.api.features import query_parameters
from lodeweb.api.layout.check import RIGHT, file, version
from lodeweb.http import sessions
from lodeweb.http.database import site
from lodeweb.http.links import Link, link
from lodeweb.http.negotiation import HTML, JSON
from lodeweb.http.responses import answer
from lodeweb.http.same_origin import require_own_page
from lodeweb.pages.form_errors import refused

blueprint = Blueprint("layout_kept", __name__)
blueprint.register_error_handler(NotAllowed, refused)
PAGES = "/layout/reports"
ROOT = f"/api{PAGES}"
NOW = "now"


UNSEEN = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def register(app: Flask) -> None:
    """Add headers that exclude private links from caches, referrers and search engines."""

    @app.after_request
    def unseen(response: Response) -> Response:
        if request.path.startswith((f"{PAGES}/", f"{ROOT}/")):
            response.headers.update(UNSEEN)
        return response


@blueprint.get(PAGES)
def index() -> str:
    """Return the page that explains saved reports, with the groups that this browser knows."""
    return render_template("layout_shelves.html")


@blueprint.post(PAGES)
def keep() -> AnyResponse:
    """Save the report of a page and redirect to its group."""
    require_own_page(msg("Reports are saved from the page of the layout check."))
    asked = candidate(read_json("candidate", request.form.get("candidate", ""), RIGHT), _today())
    shelf, _ = _keep(asked, request.form)
    return redirect(f"{PAGES}/{shelf}", 303)


@blueprint.post(ROOT)
def keep_sent() -> Response:
    """Save the report on the planned plant that is sent, in a new or a given group, and return its address."""
    query_parameters.general(request.args, extra=("version", "shelf", "note"))
    asked = candidate(read_json("body", request.get_data(), RIGHT), _today())
    shelf, number = _keep(asked, request.args)
    response = answer(_of_one(shelf, number), "document.html", title=gettext("Saved report"))
    response.status_code = 201
    response.headers["Location"] = f"{ROOT}/{shelf}/{number}"
    return response


@blueprint.get(f"{PAGES}/<shelf>")
@blueprint.get(f"{ROOT}/<shelf>", endpoint="shelf_data")
def of_shelf(shelf: str) -> Response:
    """Return the reports of a group, latest first."""
    query_parameters.general(request.args)
    with writing(site().desk) as connection:
        rows = kept.listed(connection, shelf)
    told = [{**row, "at": row["at"].isoformat(), **_of_one(shelf, row["number"])} for row in rows]
    body = {"shelf": shelf, "reports": told, "links": [link(f"{ROOT}/{shelf}", "self", JSON)]}
    return answer(body, "layout_shelf.html", rows=rows, shelf=shelf, words=words)


@blueprint.get(f"{PAGES}/<shelf>/<int:number>")
@blueprint.get(f"{ROOT}/<shelf>/<int:number>", endpoint="one_data")
def one(shelf: str, number: int) -> Response:
    """Return a saved report, unchanged, in any of its formats."""
    asked = request.args.get("f", "")
    rest = MultiDict([(name, value) for name, value in request.args.items(multi=True) if (name, value) != ("f", asked)])
    query_parameters.general(rest if asked in FORMS else request.args)
    with writing(site().desk) as connection:
        found = kept.one(connection, shelf, number)
    if asked in FORMS:
        return file(found.body, FORMS[asked])
    body = {**found.body, "kept": found.at.isoformat(), "note": found.note, "links": _forms(shelf, number)}
    return answer(body, "layout_report.html", words=words, shelf=shelf, number=number)


@blueprint.get(f"{PAGES}/<shelf>/<int:number>/compare")
@blueprint.get(f"{ROOT}/<shelf>/<int:number>/compare", endpoint="compare_data")
def compared(shelf: str, number: int) -> Response:
    """Return the differences between a saved report and another of its group (``with=NUMBER``), or today (``with=now``)."""
    query_parameters.general(request.args, extra=("with",))
    second = request.args.get("with") or NOW
    with writing(site().desk) as connection:
        before = kept.one(connection, shelf, number)
        after = None if second == NOW else kept.one(connection, shelf, _number(second))
    if after is None:
        told = again(site().engine, site().figures, before.candidate, rulebook(site().settings), _today())
    else:
        told = after.body
    body = {
        "first": {"number": number, "kept": before.at.isoformat(), "note": before.note},
        "second": None if after is None else {"number": after.number, "kept": after.at.isoformat(), "note": after.note},
        **compare(before.body, told),
        "disclaimer_en": told["summary"]["disclaimer_en"],
        "disclaimer_zh": told["summary"]["disclaimer_zh"],
    }
    return answer(body, "layout_comparison.html", words=words, compared=comparison_words, first=before, shelf=shelf)


def _keep(asked: Candidate, given: MultiDict[str, str]) -> tuple[str, int]:
    at, shelf, note = version(given.get("version")), given.get("shelf") or None, (given.get("note") or "").strip() or None
    kept.require_may_keep(site().desk, sessions.client_hash())
    body = report(site().engine, site().figures, asked, rulebook(site().settings), at).told()
    with writing(site().desk) as connection:
        return kept.keep(connection, asked, body, shelf, note)


def _today() -> Any:
    return datetime.now(UTC).date()


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadQuery("with", text[:40], msg('"%(value)s" is not the number of a report. Enter a number, or now.'))
    return int(text)


def _of_one(shelf: str, number: int) -> dict[str, Any]:
    return {"shelf": shelf, "number": number, "links": _forms(shelf, number)}


def _forms(shelf: str, number: int) -> list[Link]:
    address = f"{ROOT}/{shelf}/{number}"
    files = [link(f"{address}?f={form.name}", "alternate", form.media_type) for form in FORMS.values()]
    page = link(f"{PAGES}/{shelf}/{number}?f=html", "alternate", HTML)
    return [link(address, "self", JSON), page, *files, link(f"{address}/compare?with={NOW}", "related", JSON)]
