"""What a page says of a capacity: what it counts, what shares it, and what is not built yet."""

from typing import Any

import pytest
from flask import Flask

from lodeweb.i18n.labels import Language
from lodeweb.pages.records import phases
from lodeweb.pages.records.head_figures import list_head_figures

PHASE: dict[str, Any] = {
    **dict.fromkeys(("name", "phase_type", "status", "status_date", "status_date_precision", "status_inferred", "note")),
    **dict.fromkeys(("start_date", "end_date", "technology", "energy_kgce_per_t", "citation", "shared_with", "included_in")),
    "status_source": None,
    "product": "cobalt-ore",
    "product_reported": "Cobalt: Ore and concentrate",
    "feedstock": [],
    "source": "test",
    "capacity_reported": 5.5,
    "capacity_unit": "Mt/a",
    "capacity_basis": "ore",
    "capacity_factor": 1e6,
    "capacity_tpa": 5.5e6,
}


@pytest.mark.parametrize(("basis", "en", "zh"), [("ore", "Ore", "矿石"), (None, "basis not stated", "所指物质未说明")])
def test_phase_says_what_its_capacity_counts(app: Flask, basis: str | None, en: str, zh: str) -> None:
    for lang, expected in (("en", en), ("zh", zh)):
        with app.test_request_context(f"/?lang={lang}"):
            (row,) = phases.list_phase_rows([PHASE | {"capacity_basis": basis}], lang)
            assert row.capacity_basis == expected


def test_member_of_a_total_names_the_facility_with_the_total(app: Flask) -> None:
    with app.test_request_context("/"):
        member = PHASE | {"included_in": "Area A", "capacity_factor": None, "capacity_tpa": None}
        (row,) = phases.list_phase_rows([member], "en")
        assert row.included_in == "Area A" and row.capacity is not None and row.capacity.reported == "5.5 Mt/a"
        assert row.capacity.converted is None


def test_head_shows_built_capacity_and_pipeline_separately(app: Flask) -> None:
    properties = {"figure_product": "alumina", "figure_capacity_basis": "product", "figure_capacity_tpa": 1e6}
    with app.test_request_context("/"):
        heads = list_head_figures({**properties, "figure_coming_tpa": 5e5, "owner_names": []}, "en")
        assert [(head.title, head.text, head.about) for head in heads] == [
            ("Built capacity", "1,000,000 t/a", "Alumina, Product"),
            ("Not built yet", "500,000 t/a", "Alumina, Product"),
        ]


@pytest.mark.parametrize(
    ("lang", "elsewhere", "about"),
    [
        ("en", None, "Undivided tonnage, date not stated"),
        ("en", 80.9e6, "Undivided tonnage, date not stated, another source gives 80.9 Mt"),
        ("zh", 80.9e6, "未区分类型的资源储量，未注明日期，另一来源为8,090 万吨"),
    ],
)
def test_head_names_a_contradicting_figure(app: Flask, lang: Language, elsewhere: float | None, about: str) -> None:
    amounts = {"figure_contained_t": 27e6, "figure_elsewhere_t": elsewhere, "figure_ore_t": None, "figure_grade_pct": None}
    properties = {**amounts, "figure_commodity": "copper", "figure_class": "endowment", "figure_date": None}
    with app.test_request_context(f"/?lang={lang}"):
        (head,) = list_head_figures(properties, lang)
        assert head.about == about


@pytest.mark.parametrize(
    ("lang", "about"),
    [
        ("en", "Inferred mineral resource, 2018, largest of several classes, not added, covers North, South"),
        ("zh", "推断资源量，2018，为多个级别中的最大者，未相加，包含 North, South"),
    ],
)
def test_head_says_what_the_figure_is_of(app: Flask, lang: Language, about: str) -> None:
    amounts = {"figure_contained_t": 27e6, "figure_ore_t": None, "figure_grade_pct": None, "figure_commodity": "copper"}
    of = {"figure_class": "inferred-mineral-resource", "figure_one_of_several": True, "figure_covers": "North, South"}
    with app.test_request_context(f"/?lang={lang}"):
        (head,) = list_head_figures({**amounts, **of, "figure_date": "2018"}, lang)
        assert head.about == about
        (long,) = list_head_figures({**amounts, **of, "figure_covers": "Kakosa South, " * 30, "figure_date": "2018"}, lang)
        assert long.about.endswith("…") and len(long.about) < 200


@pytest.mark.parametrize(
    ("sign", "en", "zh"),
    [
        ({"capacity_qualifier": "about"}, "about 5.5 Mt/a", "约5.5 Mt/a"),
        ({"capacity_qualifier": "at-least", "capacity_tpa": None}, "≥ 5.5 Mt/a", "≥ 5.5 Mt/a"),
        ({"capacity_qualifier": "range", "capacity_upper": 7, "capacity_tpa": None}, "5.5–7 Mt/a", "5.5–7 Mt/a"),
    ],
)
def test_capacity_is_shown_with_its_sign(app: Flask, sign: dict[str, Any], en: str, zh: str) -> None:
    for lang, expected in (("en", en), ("zh", zh)):
        with app.test_request_context(f"/?lang={lang}"):
            (row,) = phases.list_phase_rows([PHASE | sign], lang)
            assert row.capacity is not None
            assert row.capacity.reported == expected
