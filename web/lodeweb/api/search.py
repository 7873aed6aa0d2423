"""Suggestions while a user types."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import page
from lodebase.query.collections_ import COLLECTIONS
from lodebase.search import lookup
from lodebase.search.filter_phrase import PhraseTerm, phrase_terms
from lodebase.search.lookup import LONGEST, MOST
from lodebase.search.suggestion import DEFAULT, KINDS, SearchQuery, as_json
from lodedata.messages import msg
from lodedata.normal_form import normal
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.negotiation import GEOJSON
from lodeweb.http.representation.responses import document_response

blueprint = Blueprint("search", __name__, url_prefix="/api")

OWN = ("q", "limit", "kind")
"""The parameters of suggestions."""
SHOWN = 40
AS_OF = "as_of"
NOW_ALONE = msg(
    "A search has no as_of: names are indexed for the last version of the data only. Use as_of with a list and a filter "
    "such as name_en LIKE 'Dexing%%'."
)
ADVICE = msg("Give a name or the beginning of one, 1 to %(longest)s characters, such as Dexing, 德兴 or dx.", longest=LONGEST)


@blueprint.get("/search")
def suggestions() -> Response:
    """Return records, zones and terms by any of their names, best match first; if nothing matches, similar spellings.

    A text such as ``porphyry copper Chile`` is returned as filters, too.
    """
    if AS_OF in request.args:
        raise BadQuery(AS_OF, request.args[AS_OF][:SHOWN], NOW_ALONE)
    query_parameters.general(request.args, extra=OWN)
    text = _text(request.args.getlist("q"))
    wanted = SearchQuery(
        normal(text),
        min(query_parameters.whole_number("limit", request.args.get("limit"), DEFAULT, (1, MOST)), MOST),
        _kinds(request.args.getlist("kind")),
        text,
    )
    found = lookup.search(site().engine, wanted)
    root = request.url_root.rstrip("/")
    found_suggestions = [dict(as_json(one)) for one in found.suggestions]
    body = {
        "query": text,
        "suggestions": [one | {"href": root + one["href"]} for one in found_suggestions],
        "did_you_mean": list(found.did_you_mean),
        "filters": _filters(text),
        "links": own_links(),
    }
    return document_response(body, "api/document.html", version=found.dataset_version, title=gettext("Suggestions"))


def _filters(text: str) -> dict[str, Any] | None:
    """Return the filters that a phrase names and how many records of each collection match; None for another text."""
    readings = (phrase_terms(text), phrase_terms(text, compounds=False))
    return next(filter(None, map(_filters_of, readings)), None)


def _filters_of(terms: Sequence[PhraseTerm]) -> dict[str, Any] | None:
    values: dict[str, list[str]] = {}
    for one in terms:
        values.setdefault(one.parameter, []).append(one.term.code)
    arguments = {name: ",".join(codes) for name, codes in values.items()}
    matched = {name: count for name in COLLECTIONS if terms and (count := _matched(name, arguments))}
    if not matched:
        return None
    query = urlencode(arguments, safe=",")
    root = f"{request.url_root}api/collections"
    return {
        "terms": [
            {"parameter": one.parameter, "code": one.term.code, "label_en": one.term.label_en, "label_zh": one.term.label_zh}
            for one in terms
        ],
        "query": query,
        "matched": matched,
        "links": [{"href": f"{root}/{name}/items?{query}", "rel": "items", "type": GEOJSON} for name in matched],
    }


def _matched(name: str, arguments: Mapping[str, str]) -> int:
    """Return how many records of a collection match, 0 for a collection without the filters or without a place on the map."""
    collection = COLLECTIONS[name]
    if not collection.kind.merged:
        return 0
    try:
        query = query_parameters.query(collection, MultiDict({**arguments, "limit": "1"}))
    except BadQuery:
        return 0
    return page(site().engine, query, site().counts).matched


def _text(given: list[str]) -> str:
    if not given:
        raise BadQuery("q", "", msg("%(parameter)s is missing. %(advice)s", advice=ADVICE))
    if len(set(given)) > 1:
        raise BadQuery("q", given[1][:SHOWN], msg("%(parameter)s is given twice. Give it once."))
    text = given[0].strip()
    if not 1 <= len(text) <= LONGEST:
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        raise BadQuery("q", shown, msg('"%(value)s" has %(text)s characters. %(advice)s', text=len(text), advice=ADVICE))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadQuery("q", ascii(text)[1:-1][:SHOWN], msg('"%(value)s" is not a text. %(advice)s', advice=ADVICE)) from None
    return text


def _kinds(given: list[str]) -> frozenset[str]:
    names = [word for value in given for word in (part.strip() for part in value.split(",")) if word]
    for word in names:
        if word not in KINDS:
            raise BadQuery("kind", word[:SHOWN], msg('"%(value)s" is not a kind. Use one of %(choices)s.', choices=list(KINDS)))
    if given and not names:
        raise BadQuery("kind", given[0], msg("%(parameter)s names no kind. Use one of %(choices)s.", choices=list(KINDS)))
    return frozenset(names or KINDS)
