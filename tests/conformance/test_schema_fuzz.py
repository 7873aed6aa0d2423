"""Our own OpenAPI document against the site: requests that schemathesis makes of it find no fault of ours.

Half of the requests are as the document allows, half are not. In addition to generated ones, parameters get values that mean
something, so that requests come further than the first refusal. ``LODE_FUZZ_CASES`` is the number of cases of the slow run, and
with ``LODE_FUZZ_REPORT`` the result is written to that file.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.errors import FailureGroup, SchemathesisError
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

QUICK, CASES = 300, int(os.environ.get("LODE_FUZZ_CASES", "1200"))
REPORT = os.environ.get("LODE_FUZZ_REPORT")
SEED = 20_261_125
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
DECLARED = (200, 201, 304, 400, 404, 413, 414, 429, 503)
WITH_MANY_PARAMETERS = ("items", "facets", "search", "tiles", "WebMercatorQuad", "{tileCol}")
RICH = 6
"""How many cases an operation with many parameters gets for one of another."""
MAX_GENERATED = 3
MAX_SHOWN = 20
CRS = [f"http://www.opengis.net/def/crs/{code}" for code in ("OGC/1.3/CRS84", "EPSG/0/4326", "EPSG/0/3857", "EPSG/0/32719")]
MEANING: Mapping[str, tuple[str, ...]] = {
    "bbox": ("177,65,-177,70", "-180,-90,180,90", "-75,-32,-65,-20", "0,0,0,0", "-75,-32,0,-65,-20,9", "1,2,3", "nan,0,1,1"),
    "bbox-crs": tuple(CRS),
    "crs": tuple(CRS),
    "filter-crs": tuple(CRS),
    "datetime": ("2018-02-12/P2D", "../2020", "2018", "2018-02-12T23:20:50Z", "9999-12-31/P9999Y", "0001-01-01", "2018-02-30"),
    "filter": (
        "country = 'CHL'",
        "S_INTERSECTS(geometry,BBOX(150,-90,-150,90)) AND name_en LIKE '%a%'",
        "CASEI(name_en) LIKE casei('%copper%') OR NOT (name_zh IS NULL)",
        "S_WITHIN(geometry,POLYGON((0 0,1e308 0,1 1,0 0)))",
        "name_en LIKE '" + "%_" * 200 + "'",
        "(" * 50 + "true" + ")" * 50,
        '{"op":"=","args":[{"property":"country"},"CHL"]}',
        '{"op":"in","args":[{"property":"country"},[1,null,{}]]}',
    ),
    "filter-lang": ("cql2-text", "cql2-json", "ecql"),
    "limit": ("1", "7", "10001", "99999999999999999999", "0", "unlimited"),
    "near": ("-70,-30", "180,90", "-180,-90", "0,91"),
    "nearest": ("-70,-30", "179.9999,-17", "0,90"),
    "radius_km": ("1", "500", "20040", "1e-300", "-1"),
    "within": ("POLYGON((-80 -40,-60 -40,-60 -20,-80 -20,-80 -40))", "POINT(0 0)", '{"type":"Polygon","coordinates":[]}'),
    "certainty": ("certain", "possible", "all", "perhaps"),
    "sortby": ("name_en", "-country,name_zh", "+information_date", "-", "nosuch"),
    "properties": ("name_en", "name_en,country", "nosuch", ","),
    "country": ("CHL", "智利", "Chile,China", "nowhere"),
    "commodity": ("copper", "铜,lithium", "gold"),
    "status": ("operating", "closed"),
    "updated_since": ("2020-01-01", "2026-01-31T08:00:00+08:00", "9999-12-31T23:59:59-12:00"),
    "contained_t_min": ("0", "1e308", "1000000"),
    "grade_pct_max": ("0.5", "100"),
    "estimate_category": ("inferred", "proved", "x"),
    "discovery_year": ("1956", "99999999999", "1.5"),
    "position_accuracy_m": ("100", "-0", "1e309"),
    "mine_status_date": ("2022-04-16", "2022", "x"),
    "facets": ("country", "country,status", "nosuch"),
    "facet_limit": ("1", "0", "10000"),
    "after": ("W10", "WzEsMSwxLFsxLCJ4Il1d", "%00", "====", "WzEsMiwzLFtudWxsLCJhIl1d"),
    "q": ("Dexing", "德兴", "dx", "escondda", "\u200b", "a" * 300),
    "ids": ("deposits,zones", ",", "nosuch"),
    "externalIds": ("lode-dataset", "lode-source:made-up", ":"),
    "type": ("dataset", "process", "service,dataset", ""),
    "processID": ("layout-check,list-check", "nosuch"),
    "minDuration": ("0", "3600", "-1", "1e3"),
    "f": ("json", "html", "mvt", "tilejson", "xml"),
    "lang": ("en", "zh", "fr"),
}
"""Values of parameters that are right, nearly right, or at an edge."""


@st.composite
def seasoned(draw: st.DrawFn, operation: Any, pools: Mapping[str, list[str]]) -> Any:
    """A case of an operation: a few of the generated parameters, and a few that mean something."""
    mode = draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
    try:
        case = draw(operation.as_strategy(generation_mode=mode))
    except SchemathesisError:
        case = draw(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    query = case.query if isinstance(case.query, dict) else {}
    generated = draw(st.lists(st.sampled_from(sorted(query)), max_size=MAX_GENERATED, unique=True)) if query else []
    chosen = {name: query[name] for name in generated}
    # a generated key is none of the site's, and each would be a 401
    case.headers.pop("X-API-Key", None)
    known = [parameter.name for parameter in operation.query if parameter.name in MEANING]
    meant = draw(st.lists(st.sampled_from(known), max_size=MAX_GENERATED, unique=True)) if known else []
    case.query = chosen | {name: draw(st.sampled_from(MEANING[name])) for name in meant}
    if draw(st.integers(0, 3)):
        for name in case.path_parameters or ():
            if name in pools:
                case.path_parameters[name] = draw(st.sampled_from(pools[name]))
    return case


@dataclass(slots=True)
class Result:
    """The number of responses of each operation and status, and one request of each kind of fault."""

    statuses: dict[str, Counter[int]]
    wrong: dict[tuple[str, str], str]

    def take(self, case: Any) -> None:
        """Send a request and record the response."""
        label = case.operation.label
        # the transport of schemathesis unpacks nothing that is compressed
        response = case.call(headers={"Accept-Encoding": "identity"})
        self.statuses.setdefault(label, Counter())[response.status_code] += 1
        # no request has a key, so that what needs one refuses all of them
        needs_key = case.operation.definition.raw.get("security") == [{"apiKey": []}]
        declared = (*DECLARED, 401) if needs_key else DECLARED
        found = [] if response.status_code in declared else [f"status {response.status_code}"]
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            found += [str(error) for error in group.exceptions]
        for fault in found:
            self.wrong.setdefault((label, fault.splitlines()[0]), f"{case.as_curl_command()}\n{fault}")


def fuzz(app: Flask, pools: Mapping[str, list[str]], cases: int) -> Result:
    """The result of so many cases, shared out among the operations."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    operations = [all_operation.ok() for all_operation in schema.get_all_operations() if isinstance(all_operation, Ok)]
    weights = {op.label: RICH if op.label.rsplit("/", 1)[1] in WITH_MANY_PARAMETERS else 1 for op in operations}
    result = Result({}, {})
    for operation in operations:
        settings = hypothesis.settings(
            max_examples=max(1, round(cases * weights[operation.label] / sum(weights.values()))),
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        hypothesis.seed(SEED)(settings(hypothesis.given(seasoned(operation, pools))(_case_test(result))))()
    return result


def _case_test(result: Result) -> Callable[[Any], None]:
    def test_case(case: Any) -> None:
        result.take(case)

    return test_case


def page(result: Result, seconds: float) -> str:
    """Return the page of the docs with the result."""
    statuses, wrong = result.statuses, result.wrong
    total = sum(counter.total() for counter in statuses.values())
    columns = sorted({status for counter in statuses.values() for status in counter})
    lines = [
        "# Fuzzing",
        "",
        "<!-- Written by `make fuzz`. -->",
        "",
        f"On {datetime.now(UTC):%Y-%m-%d} schemathesis made {total:,} requests from the site's own OpenAPI document, half",
        f"of them against its rules, in {seconds:,.0f} s (seed {SEED}). Responses with an undeclared status, a wrong media",
        f"type or against their schema: {len(wrong)}.",
        "",
        "| operation | cases | " + " | ".join(map(str, columns)) + " |",
        "|---|--:|" + "--:|" * len(columns),
    ]
    for label in sorted(statuses):
        counts = " | ".join(f"{statuses[label][status]:,}" if statuses[label][status] else "" for status in columns)
        lines.append(f"| `{label}` | {statuses[label].total():,} | {counts} |")
    return "\n".join(lines) + "\n"


@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("cases", [QUICK, pytest.param(CASES, marks=pytest.mark.slow)], ids=["quick", "all"])
def test_no_request_finds_a_fault(api: "Api", app: Flask, cases: int) -> None:
    """No 5xx but the declared 503, no undeclared status, and each response has its media type and schema."""
    identities = ["deposits", "deposits-made-up"]
    identities += [identity for name in COLLECTIONS for identity in list(api.features(name))[:5]]
    pools = {
        "identity": identities,
        "process_id": ["layout-check", "list-check", "download", "nosuch"],
        "job_id": ["0123456789abcdef0123456789abcdef", "nosuch"],
        "key": ["nowhere", "arctic", "Río Débárquér"],
        "name": ["commodity", "status", "made-up", "lode-starter", "deposit-model"],
        "tileMatrix": ["0", "1", "3", "22", "23"],
        "tileRow": ["0", "1", "3"],
        "tileCol": ["0", "1", "5"],
    }
    began = time.monotonic()
    result = fuzz(app, pools, cases)
    if REPORT and cases == CASES:
        Path(REPORT).write_text(page(result, time.monotonic() - began), encoding="utf-8")
    assert not result.wrong, "\n\n".join(list(result.wrong.values())[:MAX_SHOWN])
    responses = Counter[int]()
    for counter in result.statuses.values():
        responses += counter
    # a run in which nearly every request is refused early tests nothing else
    assert responses[200] > responses.total() / 8, responses
