"""The Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group, final report of 2023-04-10).

Its JSON is fixed by the report, and its queries come as forms, so it is no declared operation.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.metadata import version as installed
from typing import Any

from flask import Blueprint, Response, render_template, request

from lodebase.errors import BadQuery, NotFound
from lodebase.field_types import SKIP
from lodebase.query.collections_ import COLLECTIONS, OF_KIND, Field
from lodebase.query.parameters.nesting import read_json
from lodebase.search.suggestion import Details
from lodebase.topics.reconciliation.candidates import (
    PROPERTIES,
    TYPES,
    NameCandidate,
    NameQuery,
    find_candidates,
    find_code,
    find_record,
    list_extension_fields,
    read_extended_rows,
)
from lodedata.messages import Label, join_texts, msg
from lodedata.vocab import load_vocabulary
from lodeweb.http.access import security_headers, sessions
from lodeweb.http.access.rate_limits import declare_request_cost
from lodeweb.http.database import get_site
from lodeweb.http.representation.negotiation import HTML, JSON
from lodeweb.i18n import labels
from lodeweb.i18n.language import find_locale_tag, get_language, gettext, translate_message

blueprint = Blueprint("reconciliation", __name__, url_prefix="/reconcile")
VERSIONS = ("0.2",)
MAX_QUERIES = 50
MAX_CANDIDATES_PER_NAME = 20
MAX_EXTENDED_ROWS = 200
QUERIES_PER_COST = 5
"""Names that count as one request."""
PREVIEW_PX = (400, 220)
ADVICE = msg('Send {"q0": {"query": "Escondida", "type": "deposit"}}.')
EXTEND_ADVICE = msg('Send {"ids": ["..."], "properties": [{"id": "country"}]}.')
NO_NAME = msg("Properties alone find no candidates. Give a name in query.")
NO_TYPE = msg("None of the types is one of this service. Use one of %(choices)s.")
Sent = Mapping[str, Any]


def _compute_cost() -> int:
    return 1 + request.values.get("queries", "").count('"query"') // QUERIES_PER_COST


@blueprint.after_request
def allow_other_origins(response: Response) -> Response:
    """Let scripts of any site read each response, errors too (2.3 of the report)."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.route("", methods=["GET", "POST"])
@declare_request_cost(_compute_cost)
@sessions.open_to_all("a batch of names too long for a URL; it only reads")
def reconcile_names() -> Response:
    """Return the manifest, the candidates of a batch of names, or the values of a batch of records."""
    if "queries" in request.values:
        return _build_response(_match_batch(read_json("queries", request.values["queries"], ADVICE)))
    if "extend" in request.values:
        return _build_response(_build_extension(read_json("extend", request.values["extend"], EXTEND_ADVICE)))
    return _build_response(_build_manifest())


@blueprint.get("/suggest/<what>")
def suggest(what: str) -> Response:
    """Return suggestions for the beginning of the name of an entity, a type or a property."""
    prefix = request.args.get("prefix", "").strip()[:100]
    skipped = _parse_count("cursor", 0)
    if what == "entity":
        candidates = find_candidates(get_site().engine, NameQuery(prefix, limit=MAX_CANDIDATES_PER_NAME)) if prefix else ()
        result = [_describe_entity(candidate) for candidate in candidates]
    elif what == "type":
        result = [described for described in map(_describe_type, TYPES) if _begins(described, prefix)]
    elif what == "property":
        properties = (_describe_property(name, list_extension_fields()) for name in PROPERTIES)
        result = [described for described in properties if _begins(described, prefix)]
    else:
        raise NotFound(msg("There are no suggestions of %(what)r. Use entity, type or property.", what=what[:40]))
    return _build_response({"result": result[skipped:]})


@blueprint.get("/properties")
def list_properties() -> Response:
    """Return the fields that a table of a type may be extended by."""
    kind = request.args.get("type", TYPES[0])
    if kind not in TYPES:
        raise _refuse_type(kind)
    fields = list_extension_fields((kind,))
    limit = _parse_count("limit", len(fields))
    listed = [_describe_property(name, fields) for name in list(fields)[:limit]]
    return _build_response({"type": kind, "properties": listed, "limit": limit})


@blueprint.get("/preview")
def preview() -> Response:
    """Return a small page about a record, for a frame of the client."""
    identity = request.args.get("id", "")[:100]
    record = find_record(get_site().engine, identity)
    if record is None:
        raise NotFound(msg("There is no record %(identity)r to match a name with.", identity=identity))
    kind, details = record
    # it has no form and no session, so that a frame of another site can do nothing with it
    security_headers.allow_frames("*")
    html = render_template(
        "reconciliation/preview.html",
        name=_describe_named(details)["name"],
        type=_describe_type(kind)["name"],
        place=_place(details),
        details=details,
    )
    return Response(html, mimetype=HTML)


def _build_manifest() -> dict[str, Any]:
    root = request.url_root.rstrip("/")
    width, height = PREVIEW_PX
    suggest_paths = {what: {"service_url": f"{root}/reconcile", "service_path": f"/suggest/{what}"} for what in _SUGGESTED}
    return {
        "versions": VERSIONS,
        "name": gettext("Lode: deposits, project sites and organisations of strategic minerals"),
        "identifierSpace": f"{root}/records/",
        "schemaSpace": f"{root}/api/collections",
        "documentation": f"{root}/help",
        "serviceVersion": installed("lode"),
        "batchSize": MAX_QUERIES,
        "defaultTypes": [_describe_type(kind) for kind in TYPES],
        "view": {"url": f"{root}/records/{{{{id}}}}"},
        "preview": {"url": f"{root}/reconcile/preview?id={{{{id}}}}", "width": width, "height": height},
        "suggest": suggest_paths,
        "extend": {"propose_properties": {"service_url": f"{root}/reconcile", "service_path": "/properties"}},
    }


_SUGGESTED = ("entity", "type", "property")


def _match_batch(sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise BadQuery("queries", json.dumps(sent)[:40], msg("%(parameter)s has no queries. %(advice)s", advice=ADVICE))
    if len(sent) > MAX_QUERIES:
        sentence = msg("%(parameter)s has %(value)s queries. Send at most %(most)s at once.", most=MAX_QUERIES)
        raise BadQuery("queries", str(len(sent)), sentence)
    read = {key: _parse_query_or_refusal(key, sent_query) for key, sent_query in sent.items()}
    refusals = [refusal for refusal in read.values() if isinstance(refusal, BadQuery)]
    if refusals and len(refusals) == len(read):
        raise refusals[0]
    return {key: _match_query(query) for key, query in read.items()}


def _match_query(query: NameQuery | BadQuery) -> dict[str, Any]:
    """Return the candidates of a query; one without any that was at fault has a sentence, so that the others are not lost."""
    if isinstance(query, BadQuery):
        return {"result": [], "message": translate_message(query.message)}
    if not query.kinds:
        return {"result": [], "message": translate_message(NO_TYPE.filled(choices=list(TYPES)))}
    if not query.text:
        return {"result": [], "message": translate_message(NO_NAME)}
    return {"result": [_describe_candidate(candidate) for candidate in find_candidates(get_site().engine, query)]}


def _parse_query_or_refusal(key: str, sent: Any) -> NameQuery | BadQuery:
    try:
        return _parse_query(key, sent)
    except BadQuery as error:
        return error


def _parse_query(key: str, sent: Any) -> NameQuery:
    """Return a query; types and properties of other services, which clients send too, are left out. Raises BadQuery."""
    text = sent.get("query", "") if isinstance(sent, dict) else None
    if not isinstance(text, str) or not (text.strip() or sent.get("properties")):
        raise BadQuery("queries", str(key)[:40], msg("The query %(value)s has no name. %(advice)s", advice=ADVICE))
    types = sent.get("type") or TYPES
    listed = types if isinstance(types, list | tuple) else [types]
    kinds = tuple(str(sent_type.get("id")) if isinstance(sent_type, dict) else str(sent_type) for sent_type in listed)
    limit = sent.get("limit") or 5
    if isinstance(limit, float) and limit.is_integer():
        # the report has a number, so a client may send 5.0
        limit = int(limit)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        sentence = msg("limit must be a whole number from 1 to %(most)s, not %(value)s.", most=MAX_CANDIDATES_PER_NAME)
        raise BadQuery("queries", str(limit)[:40], sentence)
    return NameQuery(
        text.strip()[:500],
        tuple(kind for kind in kinds if kind in TYPES),
        min(limit, MAX_CANDIDATES_PER_NAME),
        tuple(_parse_properties(sent.get("properties") or [])),
    )


def _parse_properties(sent: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Return the properties of a query that are compared, each with the codes of its values: none if no value is a term."""
    property_codes = []
    for sent_property in sent if isinstance(sent, list) else []:
        name = str(sent_property.get("pid", "")) if isinstance(sent_property, dict) else ""
        if name not in PROPERTIES:
            continue
        sent_values = sent_property.get("v")
        listed = sent_values if isinstance(sent_values, list) else [sent_values]
        texts = [entry.get("id") or entry.get("name") if isinstance(entry, dict) else entry for entry in listed]
        stated = [str(text) for text in texts if text not in (None, "")]
        if stated:
            codes = (find_code(name, text) for text in stated)
            property_codes.append((name, tuple(code for code in codes if code is not None)))
    return property_codes


def _build_extension(sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict) or not isinstance(sent.get("ids"), list) or not isinstance(sent.get("properties"), list):
        raise BadQuery("extend", json.dumps(sent)[:40], msg("%(parameter)s is incomplete. %(advice)s", advice=EXTEND_ADVICE))
    ids = [str(identity) for identity in sent["ids"]]
    if len(ids) > MAX_EXTENDED_ROWS:
        sentence = msg("%(parameter)s has %(value)s records. Send at most %(most)s at once.", most=MAX_EXTENDED_ROWS)
        raise BadQuery("extend", str(len(ids)), sentence)
    fields = list_extension_fields()
    names = [str(property_.get("id", "")) for property_ in sent["properties"] if isinstance(property_, dict)]
    # a property of another service has no values here
    known = [name for name in names if name in fields]
    rows = read_extended_rows(get_site().engine, ids, known)
    cells = {
        record_id: {name: _build_cells(row[name], fields[name].vocabulary) if name in fields else [] for name in names}
        for record_id, row in rows.items()
    }
    return {"meta": [_describe_property(name, fields) for name in names], "rows": cells}


def _build_cells(value: Any, codes: str | None) -> list[dict[str, Any]]:
    """Return a value as cells of the report: none for what is not stated."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [cell for entry in value for cell in _build_cells(entry, codes)]
    if isinstance(value, bool):
        return [{"str": "true" if value else "false"}]
    if isinstance(value, int):
        return [{"int": value}]
    if isinstance(value, float | Decimal):
        return [{"float": float(value)}]
    if isinstance(value, date):
        return [{"str": value.isoformat()}]
    text = str(value)
    return [{"str": text if codes is None else _label(codes, text)}]


def _describe_candidate(name_candidate: NameCandidate) -> dict[str, Any]:
    return {
        **_describe_named(name_candidate.details),
        "type": [_describe_type(name_candidate.kind)],
        "score": name_candidate.score,
        "features": [{"id": "name", "value": name_candidate.name_score}],
        "match": name_candidate.match,
        "description": _place(name_candidate.details),
    }


def _describe_entity(candidate: NameCandidate) -> dict[str, Any]:
    return {
        **_describe_named(candidate.details),
        "notable": [_describe_type(candidate.kind)],
        "description": _place(candidate.details),
    }


def _describe_named(details: Details) -> dict[str, str]:
    name = translate_message(Label(details.name_en, details.name_zh)) or next(iter(details.aliases), details.id)
    return {"id": details.id, "name": name}


def _place(details: Details) -> str:
    """Return the country and the commodities of a record, as far as they are stated."""
    parts = [_label("country", details.country)] if details.country else []
    parts += [_label("commodity", code) for code in details.commodities]
    return join_texts(parts, get_language())


def _label(name: str, code: str) -> str:
    terms = load_vocabulary(name)
    return terms[code].label(get_language()) if code in terms else code


def _describe_type(kind: str) -> dict[str, str]:
    return {"id": kind, "name": translate_message(COLLECTIONS[OF_KIND[kind]].title)}


def _describe_property(name: str, fields: Mapping[str, Field]) -> dict[str, str]:
    if name in fields:
        return {"id": name, "name": labels.title_field(fields[name], get_language())}
    return {"id": name, "name": gettext("Commodity") if name in PROPERTIES else name}


def _begins(description: Mapping[str, str], prefix: str) -> bool:
    return any(part.casefold().startswith(prefix.casefold()) for part in description.values())


def _parse_count(name: str, usual: int) -> int:
    """Return a number of the request, such as how many suggestions to skip. Raises BadQuery."""
    text = request.args.get(name)
    count: int = SKIP.validate(text, name) if text else usual
    return count


def _refuse_type(kind: str) -> BadQuery:
    return BadQuery("type", kind[:40], msg('"%(value)s" is not a type here. Use one of %(choices)s.', choices=list(TYPES)))


def _build_response(body: Mapping[str, Any]) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), content_type=JSON)
    response.headers["Content-Language"] = find_locale_tag()
    response.headers["Cache-Control"] = "no-store"
    return response
