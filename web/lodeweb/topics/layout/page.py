"""The pages of rules, overlaps and siting: what they show besides the results, and their forms."""

from collections.abc import Mapping
from typing import Any

from lodebase.layout import pairs, siting
from lodebase.layout.pairs import SitePairs
from lodebase.layout.siting import SitingGrid
from lodebase.topics.layout.operations import CHECK, CHECK_PLANTS, PAIRS, RULES, SITING, RulesOfDay
from lodebase.topics.layout.plant import PlantReport, PlantReports
from lodedata.layout.products import PRODUCTS
from lodedata.rules.legal_status import LABELS, label_clause
from lodedata.rules.quantities import DECLARED
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import AnyOperation, Presentation
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.map import ground
from lodeweb.topics.layout import saved_reports, sites_page
from lodeweb.topics.layout.report_context import REPORT_CONTEXT
from lodeweb.topics.layout.report_files import REPORT_WRITERS, add_report_links, link_report

FIRST_PRODUCT = {"product": "alumina"}
"""The product of a page that is sent none."""
SIGNS: Mapping[str, str] = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<"}


def describe_rules(_result: RulesOfDay) -> Mapping[str, Any]:
    """Return the choices of the form, and how conditions and legal statuses are written."""
    return {"products": PRODUCTS, "standings": LABELS, "bound": write_bound, "clause_label": label_clause}


def describe_report(report: PlantReport | PlantReports) -> Mapping[str, Any]:
    """Return a report as the templates read it, with its tables, labels, texts and addresses; several are shown as data."""
    if isinstance(report, PlantReports):
        return {} if report.are_several else describe_report(report.reports[0])
    return {**REPORT_CONTEXT, "body": report, "links": link_report(report.candidate, report.data_version)}


def describe_pairs(site_pairs: SitePairs) -> Mapping[str, Any]:
    """Return the choices of the form, names of divisions, and the layers of the map."""
    divisions = load_vocabulary("division").terms
    return {
        "products": PRODUCTS,
        "division": lambda code: divisions[code].label(get_language()) if code in divisions else code or "",
        "settings": embed_json({**ground.build_basemap_data(), "layers": pairs.draw_layers(site_pairs), "texts": {}}),
    }


def describe_siting(siting_grid: SitingGrid) -> Mapping[str, Any]:
    """Return the choices of the form, and the layer of the map with its texts."""
    texts = {
        "not_met": gettext("Rules not met"),
        "not_enough_data": gettext("Rules without sufficient data"),
        "met": gettext("Rules met"),
        "nearest": gettext("Nearest site with the same product, km"),
    }
    return {
        "products": PRODUCTS,
        "settings": embed_json({**ground.build_basemap_data(), "layers": siting.draw_layers(siting_grid), "texts": texts}),
    }


def write_bound(condition: Mapping[str, Any], lang: str) -> str:
    """Return a short text of a condition."""
    if condition["kind"] == "minimum-scale":
        return f"≥ {condition['capacity_tpa']:,.0f} t/a"
    if condition["kind"] == "feedstock-share":
        return "" if condition["share_pct"] is None else f"≥ {condition['share_pct']:g} %"
    if condition["kind"] == "distance":
        return f"≥ {condition['at_least_km']:g} km"
    if condition["kind"] not in ("energy", "recovery", "ratio"):
        return ""
    quantity = DECLARED[condition["quantity"]]
    sign = next(f"{mark} {condition[key]:g}" for key, mark in SIGNS.items() if condition[key] is not None)
    return f"{quantity.title.in_language(lang)}: {sign} {quantity.unit}"


PRESENTATIONS: Mapping[AnyOperation, Presentation] = {
    **saved_reports.PRESENTATIONS,
    **sites_page.PRESENTATIONS,
    RULES: Presentation(describe_rules),
    PAIRS: Presentation(describe_pairs, usual=FIRST_PRODUCT),
    SITING: Presentation(describe_siting, usual=FIRST_PRODUCT),
    CHECK: Presentation(describe_report, REPORT_WRITERS, add_report_links),
    CHECK_PLANTS: Presentation(describe_report, REPORT_WRITERS, add_report_links),
}
