"""The audit trail as sentences in local time, by person, record and day; a page, CSV and JSON."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, render_template, request

from lodebase.desk import record_entries, trail
from lodebase.desk.identity import accounts
from lodebase.desk.trail import AuditFilter
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodebase.operations.formats import write_csv
from lodedata.messages import msg
from lodeweb.desk.audit_sentences import AuditSentence, describe_audit_entry
from lodeweb.http.access.sessions import ROOT, needs
from lodeweb.http.database import get_site
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("audit_pages", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ENTRIES, FILE_ENTRIES = 100, 10_000
FILTERS = ("person", "record", "from", "to")


@blueprint.get("/audit")
@needs("administrator")
def show_page() -> str:
    """Return the page of the entries that match, latest first."""
    rows, following = _read_entries(PAGE_ENTRIES)
    with open_write_transaction(get_site().desk) as connection:
        people = [account["name"] for account in accounts.read_accounts(connection)]
    filters = {name: request.args.get(name, "") for name in FILTERS}
    query = urlencode({name: text for name, text in filters.items() if text})
    return render_template(
        "desk/audit.html",
        rows=rows,
        details=_read_details(rows),
        given=filters,
        query=query,
        people=people,
        zone=get_site().settings.time_zone,
        following=following,
    )


@blueprint.get("/audit.csv")
@needs("administrator")
def write_table() -> Response:
    """Return the entries that match as CSV, ten thousand at most; the header Link leads to the next."""
    rows, following = _read_entries(FILE_ENTRIES)
    response = Response(write_csv(AuditSentence, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=lode-audit.csv"
    if following is not None:
        response.headers["Link"] = f'<{_build_address(".csv", following)}>; rel="next"'
    return response


@blueprint.get("/audit.json")
@needs("administrator")
def write_document() -> Response:
    """Return the entries that match as JSON, ten thousand at most, with the address of the next."""
    rows, following = _read_entries(FILE_ENTRIES)
    names = AuditSentence.__slots__
    entries = [{name: getattr(row, name) for name in names} for row in rows]
    return jsonify({"entries": entries, "next": None if following is None else _build_address(".json", following)})


def _build_address(suffix: str, before: int) -> str:
    filters = {name: text for name in FILTERS if (text := request.args.get(name, ""))}
    return f"{ROOT}/audit{suffix}?{urlencode({**filters, 'before': before})}"


def _read_entries(most: int) -> tuple[list[AuditSentence], int | None]:
    """Return the entries that match this request, and the id before which the next ones are."""
    zone = ZoneInfo(get_site().settings.time_zone)
    since, until = _parse_moment("from", zone), _parse_moment("to", zone)
    if since is not None and until is not None and since > until:
        raise BadQuery("to", request.args["to"][:20], msg("The last day, %(value)s, is before the first one. Swap them."))
    wanted = AuditFilter(
        request.args.get("person", "").strip()[:100],
        request.args.get("record", "").strip().rstrip("/").rpartition("/")[2][:100],
        since,
        None if until is None else until + timedelta(days=1),
    )
    with open_write_transaction(get_site().desk) as connection:
        rows = trail.read_matching_entries(connection, wanted, most + 1, request.args.get("before", type=int))
        entered = {str(row["subject"]) for row in rows if str(row["action"]).startswith("record_")}
        forms = record_entries.read_entry_forms(connection, entered)
    shown = [describe_audit_entry(row, zone, forms) for row in rows[:most]]
    return shown, shown[-1].id if len(rows) > most else None


def _read_details(rows: list[AuditSentence]) -> dict[int, Any]:
    """Return what is stored with each entry."""
    with open_write_transaction(get_site().desk) as connection:
        return trail.read_entry_details(connection, [row.id for row in rows])


def _parse_moment(name: str, zone: ZoneInfo) -> datetime | None:
    """Return the begin of a day of the filter in a time zone. Raise BadQuery for anything else."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError:
        raise BadQuery(name, text[:20], msg('"%(value)s" is not a day. Write it as 2026-11-30.')) from None
