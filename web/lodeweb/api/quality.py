"""Data quality, as a page and as data: each number links to the records behind it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from lodebase.desk.decisions import open_pairs
from lodebase.errors import BadQuery
from lodebase.operations.formats import result_data
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.reading import dataset_version, reading
from lodebase.statistics import quality
from lodebase.statistics.quality import Number, Quality
from lodebase.topics.lists.list_overview import measure_quality
from lodedata.matching import model_version
from lodedata.matching.measurements import measurements
from lodedata.messages import msg
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation.links import here, own_links, quoted
from lodeweb.http.representation.negotiation import JSON
from lodeweb.http.representation.responses import document_response
from lodeweb.i18n import labels
from lodeweb.i18n.language import language

blueprint = Blueprint("quality", __name__)
PAGE, MOST = 100, 1_000
FARTHEST = 1_000_000
"""The largest offset."""


@blueprint.get("/quality")
def page() -> Response:
    """Return the page of the data quality: completeness, flags, ageing, conflicts, reports and record matching."""
    return _quality_response()


@blueprint.get("/api/quality")
def data() -> Response:
    """Return the data quality: completeness by source and field, flags, ageing, conflicts, reports and record matching."""
    query_parameters.general(request.args)
    return _quality_response()


@blueprint.get("/api/quality/pairs")
def pairs() -> Response:
    """Return the pairs of source rows behind the figures of record matching: waiting, judged or labelled."""
    query_parameters.general(request.args, ("state", "limit", "offset"))
    state = request.args.get("state", "waiting")
    limit = min(query_parameters.whole_number("limit", request.args.get("limit"), PAGE, (1, MOST)), MOST)
    start = query_parameters.whole_number("offset", request.args.get("offset"), 0, (0, FARTHEST))
    if start > FARTHEST:
        raise BadQuery(
            "offset",
            request.args["offset"][:20],
            msg('%(parameter)s must be a whole number from %(least)s to %(most)s, not "%(value)s".', least=0, most=FARTHEST),
        )
    with reading(site().engine) as connection:
        between = (site().settings.review_from, site().settings.review_to)
        found, matched = open_pairs.listed(connection, state, between, limit, start)
    body = {
        "state": state,
        "numberMatched": matched,
        "numberReturned": len(found),
        "pairs": [{**one, **{side: _row(one[side]) for side in "ab"}} for one in found],
        "links": own_links(),
    }
    following = here(offset=str(start + len(found))) if start + len(found) < matched and found else None
    return document_response(body, "data/quality_pairs.html", JSON, labels=_labels(), following=following, states=_states())


def _row(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "href": _absolute(f"/api/sources/{quoted(row['source'])}/records/{quoted(row['key'])}")}


def _pairs(state: str, n: int) -> dict[str, Any]:
    return {"records": n, "href": _absolute(f"/api/quality/pairs?state={state}")}


def _quality_response() -> Response:
    today, settings = datetime.now(UTC).date(), site().settings
    with reading(site().engine) as connection:
        version = dataset_version(connection)
        found = site().figures.at(version, ("quality", today), lambda: quality.quality(connection, today))
        people = quality.desk(connection, settings.review_from, settings.review_to)
    body = {
        "day": today.isoformat(),
        "dataset_version": version,
        "sources": _sources(found),
        "flags": [_flag(*one) for one in found.flags],
        "conflicts": [_flag(*one) for one in found.conflicts],
        "ageing": [
            {"inferred_status": one.age.status, "years": one.age.years, "until": one.age.until, **_number(one.number)}
            for one in found.ageing
        ],
        "last_known": [{"status": status, **_number(one)} for status, one in found.last_known],
        "missing_names": [{"field": one.field, "of": one.of, **_number(one.number)} for one in found.missing_names],
        "lists": [result_data(one) for one in measure_quality(site().engine, site().figures)],
        "reports": {
            "open": people.open_reports,
            "href": _absolute("/reports?state=open,looking&f=json"),
        },
        "resolution": {
            "uncertain_pairs": people.uncertain_pairs,
            "uncertain": _pairs("waiting", people.uncertain_pairs),
            "judged": dict(people.verdicts),
            "verdicts": [{"verdict": verdict, **_pairs(verdict, n)} for verdict, n in people.verdicts.items()],
            "labelled": _absolute("/api/quality/pairs?state=labelled"),
            "measured": [{**asdict(one), "model_in_use": one.model == model_version()} for one in measurements()],
        },
    }
    return document_response({**body, "links": own_links()}, "data/quality.html", JSON, labels=_labels(), titles=_titles())


def _sources(found: Quality) -> list[dict[str, Any]]:
    return [
        {
            "source": one.source,
            **_number(one.whole),
            "fields": [
                {"field": name, "share": round(of.records / one.whole.records, 4), **_number(of)} for name, of in one.fields
            ],
        }
        for one in found.sources
    ]


def _flag(rule: str, number: Number) -> dict[str, Any]:
    return {"flag": rule, "title": labels.flags(language()).get(rule, rule), **_number(number)}


def _number(of: Number) -> dict[str, Any]:
    """Return a number with the query that returns its records."""
    query = "&".join(f"{name}={quoted(value)}" for name, value in of.condition.items())
    return {
        "collection": of.collection,
        "records": of.records,
        "href": _absolute(f"/api/collections/{of.collection}/items?{query}"),
    }


def _absolute(path: str) -> str:
    return request.url_root.rstrip("/") + path


def _titles() -> Mapping[str, Mapping[str, str]]:
    """Return the titles of the fields of each collection, in the page's language."""
    return {
        name: {"geometry": gettext("Position")}
        | {field.name: labels.title(field, language()) for field in quality.fields(collection)}
        for name, collection in COLLECTIONS.items()
        if collection.kind.merged
    }


def _states() -> dict[str, str]:
    return {
        "waiting": gettext("Pairs waiting for review"),
        "same": gettext("Pairs judged to be the same site"),
        "different": gettext("Pairs judged to be different sites"),
        "linked": gettext("Pairs linked by an expert"),
        "unsure": gettext("Pairs on which experts were unsure"),
        "labelled": gettext("Labelled pairs used to measure record matching"),
    }


def _labels() -> dict[str, Any]:
    statuses = {term.code: term.label(language()) for term in vocabulary("status")}
    verdicts = {
        "same": gettext("the same"),
        "different": gettext("different"),
        "linked": gettext("linked"),
        "unsure": gettext("unsure"),
    }
    relations = {
        "same": gettext("same site"),
        "different": gettext("different sites"),
        "works": gettext("mines the deposit"),
        "worked_by": gettext("is mined by"),
        "processes_ore_of": gettext("processes ore of"),
        "ore_processed_by": gettext("has its ore processed by"),
        "became": gettext("became"),
        "contains": gettext("contains"),
        "part_of": gettext("is part of"),
    }
    collections = {name: labels.collection_title(c) for name, c in COLLECTIONS.items()}
    return {"relation": relations, "status": statuses, "verdict": verdicts, "collection": collections}
