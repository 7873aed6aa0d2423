"""Suggestions as one types."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from lodebase.errors import BadQuery
from lodebase.search import lookup
from lodebase.search.lookup import DEFAULT, KINDS, LONGEST, MOST, SearchQuery
from lodedata.normal_form import normal
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.links import own_links
from lodeweb.http.responses import answer

blueprint = Blueprint("search", __name__, url_prefix="/api")

OWN = ("q", "limit", "kind")
"""The parameters of this answer."""
SHOWN = 40
AS_OF = "as_of"
NOW_ALONE = (
    "can't be asked of a search: the names that it finds by are kept for the last version of the data alone; "
    "lists take as_of, with a filter such as filter=name_en ILIKE '%dexing%'"
)


@blueprint.get("/search")
def suggestions() -> Response:
    """Records, zones and terms by any of their names, best first, and where there are none, other spellings."""
    if AS_OF in request.args:
        raise BadQuery(AS_OF, request.args[AS_OF][:SHOWN], NOW_ALONE)
    query_parameters.general(request.args, extra=OWN)
    text = _text(request.args.getlist("q"))
    asked = SearchQuery(
        normal(text),
        min(query_parameters.whole_number("limit", request.args.get("limit"), DEFAULT, (1, MOST)), MOST),
        _kinds(request.args.getlist("kind")),
    )
    found = lookup.search(site().engine, asked)
    root = request.url_root.rstrip("/")
    told = [dict(lookup.as_json(one)) for one in found.suggestions]
    body = {
        "query": text,
        "suggestions": [one | {"href": root + one["href"]} for one in told],
        "did_you_mean": list(found.did_you_mean),
        "links": own_links(),
    }
    return answer(body, "document.html", version=found.dataset_version, title=gettext("Suggestions"))


def _text(given: list[str]) -> str:
    right = f"a name or the beginning of one, 1 to {LONGEST} characters, such as Dexing, 德兴 or dx"
    if not given:
        raise BadQuery("q", "", f"is missing; give {right}")
    if len(set(given)) > 1:
        raise BadQuery("q", given[1][:SHOWN], "stands there twice; give it once")
    text = given[0].strip()
    if not 1 <= len(text) <= LONGEST:
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        raise BadQuery("q", shown, f"has {len(text)} characters; give {right}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadQuery("q", ascii(text)[1:-1][:SHOWN], f"is no text; give {right}") from None
    return text


def _kinds(given: list[str]) -> frozenset[str]:
    words = [word for value in given for word in (part.strip() for part in value.split(",")) if word]
    for word in words:
        if word not in KINDS:
            raise BadQuery("kind", word[:SHOWN], f"is no kind; there are {', '.join(KINDS)}")
    if given and not words:
        raise BadQuery("kind", given[0], f"names no kind; there are {', '.join(KINDS)}")
    return frozenset(words or KINDS)
