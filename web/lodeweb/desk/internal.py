"""Internal sources at the desk: their records, and layout checks that count them, for everybody who has a role."""

import orjson
from flask import Blueprint, Response, render_template, request

from lodebase.desk import internal_sources
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import COLLECTION_ADVICE
from lodebase.layout.reports.report import write_report_with_internal
from lodebase.layout.rulebook import load_rulebook
from lodebase.query.parameters.nesting import read_json
from lodedata.messages import msg
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.negotiation import JSON
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.topics.layout.report_context import REPORT_CONTEXT

blueprint = Blueprint("internal", __name__, url_prefix=f"{ROOT}/internal")
blueprint.register_error_handler(LodeError, respond_to_form_error)


@blueprint.get("")
@needs("reader")
def index() -> str:
    """Return the page of the internal sources."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        sources = internal_sources.read_internal_sources(connection)
    return render_template("desk/internal.html", sources=sources)


@blueprint.get("/sources/<name>")
@needs("reader")
def show_source(name: str) -> str:
    """Return the page of the records of an internal source."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        internal_records = internal_sources.read_internal_records(connection, name)
    return render_template(
        "desk/internal_records.html", name=name, records=internal_records, most=internal_sources.MAX_LISTED_RECORDS
    )


@blueprint.get("/records/<identity>")
@needs("reader")
def record(identity: str) -> str:
    """Return the page of an internal record."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        internal_record = internal_sources.record(connection, identity)
    return render_template("desk/internal_record.html", identity=identity, record=internal_record)


@blueprint.get("/layout-check")
@needs("reader")
def check_layout() -> Response | str:
    """Return the report on a planned plant with internal records counted, as a page or as JSON (``f=json``).

    It takes the parameter of the public check.
    """
    text = request.args.get("candidate")
    if not text:
        raise BadQuery("candidate", "", msg("%(parameter)s is missing. Give a GeoJSON Feature as JSON, or send it by POST."))
    candidate = read_candidate(get_site().engine, read_json("candidate", text, COLLECTION_ADVICE), today())
    report = write_report_with_internal(get_site().desk, candidate, load_rulebook(get_site().settings))
    if request.args.get("f") == "json":
        return Response(orjson.dumps(report.as_data()), content_type=JSON)
    return render_template("desk/internal_report.html", body=report, **REPORT_CONTEXT)
