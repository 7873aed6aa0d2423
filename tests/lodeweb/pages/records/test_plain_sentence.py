"""The sentence at the head of a record's page, from what the record states."""

from typing import Any

import pytest
from flask import Flask

from lodebase.query.collections_ import COLLECTIONS
from lodeweb.pages.records.plain_sentence import write_plain_sentence

PORPHYRY: dict[str, Any] = {
    "main_commodity": "copper",
    "deposit_model": "porphyry-copper",
    "country": "CHL",
    "division": "CL-AN",
    "figure_ore_t": 1.25e9,
    "figure_grade_pct": 0.9,
    "figure_contained_t": 11.25e6,
    "figure_commodity": "copper",
    "figure_class": "measured-mineral-resource",
    "figure_date": "2015-06",
    "mine_status": "operating",
    "mine_status_date": "2021-01-01",
}
PLANT: dict[str, Any] = {
    "main_commodity": "lithium",
    "facility_types": ["smelter", "refinery"],
    "country": "USA",
    "figure_capacity_tpa": 30_000,
    "figure_product": "lithium-carbonate",
    "status": "construction",
    "status_date": "2026-03-01",
}
PEGMATITE: dict[str, Any] = {
    "main_commodity": "lithium",
    "country": "AUS",
    "figure_ore_t": 400e6,
    "figure_grade_pct": 1.65,
    "figure_grade_basis": "Li2O",
    "figure_commodity": "lithium",
}
MASSIVE = {"main_commodity": "zinc", "deposit_model": "volcanogenic-massive-sulfide-vms", "country": "CHN"}
BARE: dict[str, Any] = {"main_commodity": "nickel", "country": "PHL"}


@pytest.mark.parametrize(
    ("name", "properties", "en", "zh"),
    [
        (
            *("deposits", PORPHYRY),
            "Porphyry copper deposit in Antofagasta, Chile; 1,250 Mt at 0.9 % Cu (measured mineral resource, 2015); "
            "last known status: operating 2021.",
            "智利安托法加斯塔大区的斑岩型铜矿床；矿石量 12.5 亿吨，品位 0.9 % Cu（探明资源量，2015）；"
            "最近已知状态为在产（2021 年）。",
        ),
        (
            *("projects", PLANT),
            "Lithium smelter and refinery in the United States; capacity 30,000 t/a of lithium carbonate; "
            "under construction in 2026.",
            "美国的锂冶炼厂和精炼厂；碳酸锂产能 3 万吨/年；在建（2026 年）。",
        ),
        (
            *("discoveries", BARE | {"discovery_date": "2013-05", "country": None}),
            "Nickel prospect or discovery; discovered in 2013.",
            "镍矿点或新发现；2013 年发现。",
        ),
        # an oxide is no metal
        (
            *("deposits", PEGMATITE),
            "Lithium deposit in Australia; 400 Mt at 1.65 % Li2O.",
            "澳大利亚的锂矿床；矿石量 4 亿吨，品位 1.65 % Li2O。",
        ),
        (
            *("projects", {"main_commodity": "alumina", "figure_coming_tpa": 800_000, "figure_product": "alumina"}),
            "Alumina project; 800,000 t/a of alumina not built yet.",
            "氧化铝项目；氧化铝未建成产能 80 万吨/年。",
        ),
        ("deposits", BARE, "Nickel deposit in the Philippines.", "菲律宾的镍矿床。"),
        # no brackets within brackets
        (
            *("deposits", MASSIVE),
            "Zinc deposit (volcanogenic massive sulfide) in China.",
            "中国的锌矿床（火山成因块状硫化物型）。",
        ),
        ("zones", {}, "Zone.", "区域。"),
    ],
)
def test_a_sentence_has_what_is_stated_and_no_more(app: Flask, name: str, properties: dict[str, Any], en: str, zh: str) -> None:
    with app.test_request_context("/"):
        assert write_plain_sentence(COLLECTIONS[name], properties, "en") == en
        assert write_plain_sentence(COLLECTIONS[name], properties, "zh") == zh
