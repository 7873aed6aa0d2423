"""The check of condition lists as an API: one organisation in the address, or a table of up to 10,000 in the body."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lodebase.errors import BadQuery
from lodebase.lists import extract_pdf, list_evidence
from lodebase.lists.firm_results import FirmResults, find_firm_results, write_workbook
from lodebase.lists.firm_table import csv_of, firm_rows
from lodebase.lists.list_query import parse
from lodebase.lists.list_report import list_report
from lodebase.lists.list_table import CSV, check_rows
from lodedata.messages import msg
from lodeweb.api.features import query_parameters
from lodeweb.api.layout.check import version
from lodeweb.api.lists.labels import labels
from lodeweb.api.processes.jobs import accepted
from lodeweb.http.database import site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import Link, link, own_links, quoted
from lodeweb.http.representation.negotiation import HTML, JSON, XLSX
from lodeweb.http.representation.responses import VERSION_HEADER, document_response
from lodeweb.http.representation.signing import claims_about, sign_json, sign_pdf
from lodeweb.i18n.language import language

blueprint = Blueprint("lists_check", __name__, url_prefix="/api/lists")
PARAMETERS = ("uscc", "name", "project", "province", "date", "list")
MOST_AT_ONCE = 200
"""Maximum number of rows that are checked while the client waits."""
PDF = "application/pdf"
EVIDENCE = ("signed", "pdf")
"""The values of ``f`` that give signed files."""
CHECKS, WORKBOOKS, SIGNED = "list-checks", "list-checks-workbook", "list-checks-evidence"
"""The processes that check a table in a job: as a CSV, as a workbook, as a signed file."""


@blueprint.get("/check")
def check() -> Response:
    """Return whether an organisation is on each list on a day; with a version of the data it never changes."""
    chosen = request.args.get("f")
    query_parameters.general(_without_format() if chosen in EVIDENCE else request.args, (*PARAMETERS, "version"))
    body = report_data(dict(request.args), version(request.args.get("version")))
    if chosen in EVIDENCE:
        return evidence(body, as_pdf=chosen == "pdf")
    return document_response(body, "lists/result.html", JSON, version=body["data_version"], **labels())


@blueprint.post("/check")
def check_table() -> AnyResponse:
    """Return the result for each firm of a table: as CSV a row for each list, with ``f=xlsx`` a row for each firm.

    ``f=signed`` is a signed file (JSON), ``f=pdf`` a signed PDF. The table is a workbook, a CSV or lines, as the body or as a
    file of a form. More than a few rows become a job, whose result is the CSV, the workbook or the signed file; a client that
    prefers to wait (``Prefer: wait=60``, RFC 7240) gets the result itself if it is ready in time.
    """
    chosen = request.args.get("f")
    query_parameters.general(
        _without_format() if chosen in (*EVIDENCE, "xlsx", "csv") else request.args, ("date", "list", "version")
    )
    given = {name: request.args[name] for name in ("date", "list") if name in request.args}
    at = version(request.args.get("version"))
    rows = firm_rows(sent_table(), given)
    if len(rows) > MOST_AT_ONCE:
        process = process_of(chosen)
        return accepted(process, {**table_inputs(csv_of(rows)), **given, **({} if at is None else {"version": at})})
    if chosen in (*EVIDENCE, "xlsx"):
        return firms_file(find_firm_results(site().engine, site().figures, rows, today(), at), str(chosen))
    made = check_rows(site().engine, site().figures, rows, today(), language(), at)
    response = Response(made, content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="lode-lists-check.csv"'
    return response


def sent_table() -> bytes:
    """Return the table of a request: the first file of a form, its field ``firms``, or the body, whatever its type says."""
    if request.mimetype == "multipart/form-data":
        upload = next((one for one in request.files.values() if one.filename), None)
        return request.form.get("firms", "").encode() if upload is None else upload.read()
    return request.get_data(parse_form_data=False)


def workbook(found: FirmResults) -> Response:
    """Return the results for a table of firms as a workbook."""
    response = Response(write_workbook(found, language()), mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="lode-lists-firms.xlsx"'
    response.headers[VERSION_HEADER] = str(found.version)
    return response


def firms_file(found: FirmResults, form: str) -> Response:
    """Return the results for a table of firms as a workbook, a signed file or a signed PDF."""
    if form == "xlsx":
        return workbook(found)
    at, claims = found.version, claims_about(list_evidence.BATCH, found.version)
    signed = sign_json(list_evidence.batch_evidence(found), claims)
    name = f"lode-lists-firms-{claims.signed_at:%Y%m%d}-v{at}"
    if form == "signed":
        return file_response(signed, f"{name}-signed.json", at)
    return file_response(sign_pdf(extract_pdf.write_batch(found, language(), signed), claims), f"{name}.pdf", at)


def process_of(form: str | None) -> str:
    """Return the process that checks a table of more than a few rows in a job. Raises BadQuery for a PDF, which has few."""
    if form == "pdf":
        raise BadQuery(
            "f",
            form,
            msg("A PDF is made for up to %(most)s firms. Take f=signed or f=xlsx, or divide the table.", most=MOST_AT_ONCE),
        )
    return {"xlsx": WORKBOOKS, "signed": SIGNED}.get(str(form), CHECKS)


def file_response(content: bytes, name: str, at: int) -> Response:
    """Return a signed file to be saved."""
    response = Response(content, mimetype=PDF if name.endswith(".pdf") else JSON)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers[VERSION_HEADER] = str(at)
    return response


def table_inputs(table: str) -> dict[str, Any]:
    """Return the inputs of the process that checks a table, in the language of the request."""
    return {"table": table, "language": language()}


def report_data(values: dict[str, str], at: int | None) -> dict[str, Any]:
    """Return the result of a check as data, with its links. Raises BadQuery."""
    body = list_report(site().engine, site().figures, parse(values, today()), at)
    return {**body, "links": links(values, body["date"], body["data_version"])}


def evidence(body: dict[str, Any], as_pdf: bool) -> Response:
    """Return the result as a signed file (JSON), or as a signed PDF that carries that file."""
    at, claims = body["data_version"], claims_about(list_evidence.CHECK, body["data_version"])
    report = {name: value for name, value in body.items() if name != "links"}
    signed = sign_json(list_evidence.check_evidence(report), claims)
    name = f"lode-lists-{body['date']}-v{at}-{body['checksum'][:8]}"
    if not as_pdf:
        return file_response(signed, f"{name}-signed.json", at)
    return file_response(sign_pdf(extract_pdf.write(body, language(), signed), claims), f"{name}.pdf", at)


def links(values: dict[str, str], on: str, at: int) -> list[Link]:
    """Return the addresses that reproduce a result, in each format."""
    given = {name: values[name] for name in PARAMETERS if values.get(name)} | {"date": on, "version": str(at)}
    address = "/api/lists/check?" + "&".join(f"{name}={quoted(value)}" for name, value in given.items())
    return [
        link(address, "self", JSON),
        link(f"{address}&f=html", "alternate", HTML),
        link(f"{address}&f=pdf", "alternate", PDF),
        link(f"{address}&f=signed", "related", JSON),
        *(one for one in own_links() if one["rel"] not in ("self", "alternate")),
    ]


def _without_format() -> MultiDict[str, str]:
    return MultiDict([(name, value) for name, value in request.args.items(multi=True) if name != "f"])
