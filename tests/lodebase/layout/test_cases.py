"""The three worked examples of docs/methods/layout-check.md on the starter register; the report has the same figures."""

import copy
import io
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.layout.planned.candidate import parse_candidate
from lodebase.layout.reports.formats.drawing import MARGIN, SIZE, draw_report
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS
from lodebase.layout.reports.report import LayoutReport, write_report
from lodebase.layout.reports.report_summary import summary
from lodebase.statistics.figures import Known as Figures
from lodedata import rules, starter
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import STARTER, load_source
from lodedata.sources.readers import get_source_reader


@dataclass(frozen=True, slots=True)
class Case:
    """A planned plant, and its manual calculation: sites and capacity within radii, shares, index, pipeline, results."""

    properties: dict[str, Any]
    at: tuple[float, float]
    nearest_km: float
    within: dict[float, tuple[int, float]]
    share_pct: tuple[float, float]
    hhi: tuple[float, float]
    pipeline_pct: tuple[float, float]
    need_tpa: list[int]
    results: dict[str, str]


CASES = {
    "alumina": Case(
        {
            "product": "alumina",
            "capacity_tpa": 2_000_000,
            "division": "CN-GX",
            "feedstock": [{"material": "bauxite-gibbsite", "origin": "import", "equity_pct": 60}],
        },
        (108.35, 21.60),
        13.643,
        {50: (1, 2_000_000), 100: (1, 2_000_000), 200: (1, 2_000_000), 500: (7, 9_800_000)},
        (8.4 / 50.75 * 100, 10.4 / 52.75 * 100),
        (2386.7505, 2344.3229),
        (5 / 45.75 * 100, 7 / 45.75 * 100),
        [4_400_000, 5_400_000],
        {
            "cn-2025-alumina-key-regions": "met",
            "cn-2025-alumina-own-bauxite": "judgement",
            "cn-2025-alumina-diaspore": "met",
            "cn-2025-alumina-red-mud": "not_applicable",
            "cn-2025-alumina-red-mud-capability": "judgement",
            "cn-2025-alumina-energy": "not_enough_data",
        },
    ),
    "copper": Case(
        {
            "product": "copper",
            "capacity_tpa": 400_000,
            "division": "CN-GX",
            "feedstock": [{"material": "copper-concentrate", "origin": "import", "equity_pct": 20, "contract_pct": 40}],
        },
        (108.40, 21.70),
        1.792,
        {50: (1, 400_000), 100: (1, 400_000), 200: (2, 1_100_000), 500: (3, 1_250_000)},
        (1.25 / 9.595 * 100, 1.65 / 9.995 * 100),
        (881.9433, 928.8811),
        (0.0, 0.4 / 9.595 * 100),
        [1_360_000, 2_080_000],
        {"cn-2025-copper-own-concentrate": "judgement", "cn-sd-2025-copper-own-concentrate": "not_applicable"},
    ),
    "lithium-carbonate": Case(
        {"product": "lithium-carbonate", "capacity_tpa": 30_000, "division": "CN-QH", "feedstock": ["lithium-brine"]},
        (94.9, 36.4),
        0.745,
        {50: (1, 30_000), 100: (1, 30_000), 200: (4, 65_000), 500: (5, 75_000)},
        (75 / 656 * 100, 105 / 686 * 100),
        (2287.7937, 2206.8186),
        (60 / 596 * 100, 90 / 596 * 100),
        [30_000, 30_000],
        {"cn-2025-layout-line": "judgement", "cn-2024-recycling-energy": "not_applicable"},
    ),
}


@pytest.fixture(scope="module")
def reports(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[dict[str, dict[str, Any]]]:
    """The report of each case on a store of the starter register alone, which has no boundaries."""
    described, read, folder = load_source(STARTER), get_source_reader(STARTER), starter.get_register_folder()
    with own_store("layout_cases") as store:
        run(store.importer, ImportJob(described, folder, lambda tally: read(described, folder, tally), Boundaries(())))
        engine = engines.create_checked_engine(store.addresses.site, "layout cases", alone=True)
        yield {name: _report(engine, case) for name, case in CASES.items()}
        engine.dispose()


def _report(engine: Any, case: Case) -> dict[str, Any]:
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": case.at}, "properties": case.properties}
    return write_report(engine, Figures(), parse_candidate(feature, date(2026, 11, 25)), rules.load_rules()).as_data()


@pytest.mark.parametrize("name", CASES)
def test_neighbours_equal_the_manual_calculation(reports: dict[str, dict[str, Any]], name: str) -> None:
    case, body = CASES[name], reports[name]
    assert body["summary"]["nearest_km"] == pytest.approx(case.nearest_km, abs=1e-3)
    for radius in body["neighbours"]["radii"]:
        sites, live = case.within[radius["km"]]
        assert radius["all"]["placed"] == sites
        capacity = sum(
            radius["groups"][group]["placed_tpa"] for group in ("operating", "construction", "permitted", "announced")
        )
        assert capacity == live


@pytest.mark.parametrize("name", CASES)
def test_concentration_equals_the_manual_calculation(reports: dict[str, dict[str, Any]], name: str) -> None:
    case, spread = CASES[name], reports[name]["concentration"]
    for measured, expected in (
        (spread["share_pct"], case.share_pct),
        (spread["hhi_divisions"], case.hhi),
        (spread["pipeline_pct"]["nation"], case.pipeline_pct),
    ):
        assert (measured["before"], measured["after"]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", CASES)
def test_needs_and_results_equal_the_manual_calculation(reports: dict[str, dict[str, Any]], name: str) -> None:
    case, body = CASES[name], reports[name]
    assert body["feedstock"]["needs"][0]["tpa"] == case.need_tpa
    results = {finding["id"]: finding["result"] for finding in body["findings"]}
    assert {rule: results[rule] for rule in case.results} == case.results


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", CASES)
def test_a_pdf_embeds_its_typeface_and_its_text_can_be_extracted(
    reports: dict[str, dict[str, Any]], name: str, language: Any
) -> None:
    body = reports[name]
    printed = PdfReader(io.BytesIO(REPORT_FORMATS["pdf"].write(LayoutReport.read(body), language, None)))
    assert str(printed.root_object["/Lang"]) == {"en": "en-GB", "zh": "zh-CN"}[language]
    for page in printed.pages:
        embedded, others = page._get_fonts()
        assert embedded and not others
    text = "".join("".join(page.extract_text().split()) for page in printed.pages)
    sentences = [row[f"text_{language}"] for row in body["uncertainty"]]
    sentences += [body["neighbours"]["sites"][0]["name_zh"]] if language == "zh" else []
    for sentence in sentences:
        assert "".join(sentence.split()) in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_pdf_has_a_summary_a_drawing_and_tags_for_screen_readers(reports: dict[str, dict[str, Any]], language: str) -> None:
    body = reports["copper"]
    written = REPORT_FORMATS["pdf"].write(LayoutReport.read(body), language, None)
    assert written == REPORT_FORMATS["pdf"].write(LayoutReport.read(body), language, None)
    printed = PdfReader(io.BytesIO(written))
    marks: Any = printed.root_object["/MarkInfo"]
    metadata: Any = printed.root_object["/Metadata"]
    assert marks["/Marked"] and b"pdfuaid" in metadata.get_object().get_data()
    pages = ["".join(page.extract_text().split()) for page in printed.pages]
    first = "".join(pages[:2])
    for sentence in summary(LayoutReport.read(body), language):
        assert "".join(sentence.split()) in first
    assert "".join(draw_report(LayoutReport.read(body), language).listed[0].split()) in "".join(pages)


def test_sites_are_drawn_where_they_are(reports: dict[str, dict[str, Any]]) -> None:
    body = reports["alumina"]
    report = draw_report(LayoutReport.read(body), "en")
    svg = ElementTree.fromstring(report.svg)
    points = svg.findall("{http://www.w3.org/2000/svg}circle[@fill='#0b5c5c']") + svg.findall(
        "{http://www.w3.org/2000/svg}circle[@fill='#fff']"
    )
    farthest = body["inputs"]["radii_km"][-1]
    within = [site for site in body["neighbours"]["sites"] if site["distance_km"] <= farthest]
    # one more is the symbol of the legend, for each of both kinds
    assert len(points) == len(within) + 2
    scale = (SIZE / 2 - MARGIN) / farthest
    drawn = sorted(math.hypot(float(point.get("cx", 0)) - SIZE / 2, float(point.get("cy", 0)) - SIZE / 2) for point in points)
    expected = sorted(site["distance_km"] * scale for site in within)
    assert all(any(abs(one - other) < 0.2 for other in drawn) for one in expected)


def test_a_name_in_a_drawing_is_text(reports: dict[str, dict[str, Any]]) -> None:
    body = copy.deepcopy(reports["alumina"])
    body["neighbours"]["sites"][0] |= {"name_en": '<b>*x* #include("y")', "name_zh": None}
    printed = PdfReader(io.BytesIO(REPORT_FORMATS["pdf"].write(LayoutReport.read(body), "en", None)))
    assert '<b>*x*#include("y")' in "".join("".join(page.extract_text().split()) for page in printed.pages)
