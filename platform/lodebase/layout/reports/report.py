"""Reports on planned plants: one structure that all formats are written from, with a checksum."""

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import Any

import orjson
from sqlalchemy import Engine

from lodebase.layout.findings import DISCLAIMER, RESULTS, findings
from lodebase.layout.measures.basis import basis
from lodebase.layout.measures.catchment import catchment
from lodebase.layout.measures.concentration import concentration, nation
from lodebase.layout.measures.duplicates import distinct, likely_duplicates, same_as
from lodebase.layout.measures.feedstock import feedstock
from lodebase.layout.measures.inside import inside
from lodebase.layout.measures.neighbours import live, neighbours
from lodebase.layout.measures.outputs import outputs
from lodebase.layout.measures.uncertainty import uncertainty
from lodebase.layout.measures.zones import zones
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState, state, state_with_internal
from lodebase.layout.statement_parameters import of_candidate
from lodebase.layout.statements import INTERNAL_RECORDS, INTERNAL_SOURCES, SOURCES
from lodebase.statistics.figures import Known as Figures
from lodedata.messages import in_each_language, msg
from lodedata.rules import RuleSet


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """The contents of a report. They depend only on inputs, data version and rules, not on the time of the request."""

    inputs: dict[str, Any]
    data_version: int
    rules_on: str
    rules_sha256: str
    summary: dict[str, Any]
    findings: list[dict[str, Any]]
    basis: dict[str, Any]
    inside: dict[str, Any] | None
    neighbours: dict[str, Any]
    zones: dict[str, Any]
    feedstock: dict[str, Any]
    concentration: dict[str, Any] | None
    catchment: dict[str, Any]
    same_as: list[dict[str, Any]]
    uncertainty: list[dict[str, Any]]
    sources: list[dict[str, Any]]

    def as_data(self) -> dict[str, Any]:
        """Return the report as data, with its checksum."""
        body = {one.name: getattr(self, one.name) for one in fields(LayoutReport)}
        return {**body, "checksum": checksum(body)}


def checksum(body: dict[str, Any]) -> str:
    """Return the SHA-256 of a report without its checksum, as JSON with sorted keys."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).hexdigest()


def report(engine: Engine, figures: Figures, candidate: Candidate, rules: RuleSet, version: int | None = None) -> LayoutReport:
    """Return the report on a planned plant at a version of the data; None is the current version.

    Raises BadCandidate if the place is at sea, NoSuchThing if the version does not exist, and the errors of reading.
    """
    with state(engine, version) as seen:
        return _made(seen, figures, candidate, rules)


def report_with_internal(desk: Engine, candidate: Candidate, rules: RuleSet) -> dict[str, Any]:
    """Return the report as data with internal records counted, and which of them it lists; it is stored nowhere.

    Raises BadCandidate if the place is at sea, and the errors of reading.
    """
    with state_with_internal(desk) as seen:
        # figures of a country are computed anew, as those of public reports have no internal records
        made = _made(seen, Figures(), candidate, rules).as_data()
        names = [row["name"] for row in seen.rows(INTERNAL_SOURCES, {})]
        records = {row["record_id"] for row in seen.rows(INTERNAL_RECORDS, {})}
    listed = [one["id"] for part in ("neighbours", "feedstock") for one in _listed(made[part]) if one["id"] in records]
    said = msg(
        "This report counts records that are not public: %(count)s of those it lists, of %(sources)s. Do not pass it on.",
        count=len(set(listed)),
        sources=names,
    )
    twice = _likely_public(made["neighbours"]["sites"], records)
    counted = msg(
        "%(count)s of the internal records are likely plants that public records describe too. Internal rows are not matched "
        "with public ones, so that the sums of capacities count these plants twice.",
        count=len(twice),
    )
    about = {
        "sources": names,
        "records": sorted(set(listed)),
        "likely_public": twice,
        **in_each_language("note", said),
        **(in_each_language("twice", counted) if twice else {}),
    }
    return {**made, "internal": about}


def _likely_public(sites: list[dict[str, Any]], internal: set[str]) -> list[dict[str, Any]]:
    """Return the internal records that are likely the same plant as public ones, each with these."""
    names = {one["id"]: one["name_en"] or one["name_zh"] or one["id"] for one in sites}
    found = []
    for one in sites:
        public = [other for other in one["likely_same_as"] if other not in internal]
        if one["id"] in internal and public:
            others = [{"id": other, "name": names[other]} for other in public]
            found.append({"internal": one["id"], "internal_name": names[one["id"]], "public": others})
    return found


def _listed(part: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = part.get("sites") or part.get("places") or []
    return found


def _made(seen: SiteState, figures: Figures, candidate: Candidate, rules: RuleSet) -> LayoutReport:
    values = of_candidate(candidate)
    where = zones(seen, candidate)
    made = outputs(seen, candidate, values)
    around = neighbours(seen, candidate, values, made)
    likely_duplicates(around["sites"])
    fed = feedstock(seen, candidate, values, made, live(around["radii"][-1]["groups"], "placed_tpa"))
    parts: dict[str, Any] = {
        "zones": where,
        "inside": inside(seen, candidate, values, made),
        "neighbours": around | {"distinct_listed": distinct(around["sites"])},
        "feedstock": fed,
        "concentration": _concentration(seen, figures, candidate, where, values),
        "catchment": catchment(candidate, around["sites"], fed["places"]),
        "same_as": same_as(candidate, around["sites"]),
    }
    parts["findings"] = findings(candidate, rules, parts)
    parts["basis"] = basis(candidate, rules, parts)
    parts["uncertainty"] = uncertainty(candidate, parts)
    return LayoutReport(
        inputs=inputs(candidate),
        data_version=seen.version,
        rules_on=candidate.on.isoformat(),
        rules_sha256=rules.sha256,
        summary=_summary(candidate, parts),
        sources=_sources(seen, parts),
        **parts,
    )


def inputs(candidate: Candidate) -> dict[str, Any]:
    """Return the inputs of the report as they were parsed."""
    values = asdict(candidate)
    return {
        **values,
        "on": candidate.on.isoformat(),
        "declared": dict(candidate.declared),
        "radii_km": list(candidate.radii_km),
    }


def _concentration(
    seen: SiteState, figures: Figures, candidate: Candidate, where: dict[str, Any], values: dict[str, Any]
) -> dict[str, Any] | None:
    country = where["country"]
    if country is None:
        return None
    found = figures.at(seen.version, ("layout", candidate.product, country), lambda: nation(seen, country, values))
    return {"country": country, **concentration(found, candidate, where["division"])}


def _summary(candidate: Candidate, parts: dict[str, Any]) -> dict[str, Any]:
    counted = [one for one in parts["findings"] if one["counts"]]
    results = {result: sum(one["result"] == result for one in counted) for result in RESULTS}
    nearest = parts["neighbours"]["nearest"]
    return {
        "product": candidate.product,
        "label_en": candidate.made.label_en,
        "label_zh": candidate.made.label_zh,
        "capacity_tpa": candidate.capacity_tpa,
        "place": {kind: zone["code"] for kind, zone in parts["zones"]["place"].items()},
        "counted_rules": results,
        "nearest_km": None if nearest is None else nearest["distance_km"],
        **in_each_language("disclaimer", DISCLAIMER),
    }


def _sources(seen: SiteState, parts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sources that the report is based on."""
    listed = (*parts["neighbours"]["sites"], *parts["feedstock"]["places"], *parts["zones"]["found"])
    used = {name for one in (*listed, parts["concentration"] or {}) for name in one.get("sources", ())}
    return [row for row in seen.rows(SOURCES, {}) if row["name"] in used]
