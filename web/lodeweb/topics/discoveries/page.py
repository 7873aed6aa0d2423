"""The page of the discovery curve: filters, charts and the table by decade."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request

from lodebase.topics.discoveries.operations import CURVE, DecadeRow, DiscoveryCurve
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.pages import chart_data

MAX_GROUPS = 7
"""Groups that a chart has, those with the most finds; the table has all."""
DECADE_YEARS = 10


def describe_page(discovery_curve: DiscoveryCurve) -> Mapping[str, Any]:
    """Return what the page of the curve shows besides the result."""
    charts = list(_build_charts(discovery_curve))
    parameters = [(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang") and value]
    return {
        "charts": charts,
        "drawing": chart_data.write_chart_settings(charts),
        "own": urlencode(parameters),
        "group": lambda row: _group(row, discovery_curve.by),
        "by_title": _list_by_titles()[discovery_curve.by],
        "by_choices": _list_by_titles(),
        "metals": [
            (term.code, term.label(get_language())) for term in load_vocabulary("commodity") if term.extra["scope"] == "in"
        ],
        "others": [(name, value) for name, value in parameters if name not in ("commodity", "country", "deposit_model", "by")],
    }


def _list_by_titles() -> Mapping[str, str]:
    return {
        "none": gettext("not divided"),
        "country": gettext("Country"),
        "deposit_model": gettext("Deposit type"),
        "commodity": gettext("Main commodity"),
    }


def _group(row: DecadeRow, by: str) -> str:
    if row.label is not None:
        return translate_message(row.label)
    return "" if by == "none" else gettext("not stated")


def _build_charts(discovery_curve: DiscoveryCurve) -> Iterator[dict[str, Any]]:
    rows = discovery_curve.decades
    groups = list(dict.fromkeys(row.group for row in rows))[:MAX_GROUPS]
    drawn = [row for row in rows if row.group in groups]
    if not drawn:
        return
    common = {
        "kind": "bars-and-lines",
        "x": gettext("Decade"),
        "step": DECADE_YEARS,
        "groups": _list_by_titles()[discovery_curve.by],
    }
    yield {
        **common,
        **{"id": "finds", "title": gettext("Deposits found by decade"), "mark": "bars", "unit": ""},
        "rows": _list_points(drawn, discovery_curve.by, "deposits"),
    }
    if discovery_curve.metal_label is not None and any(row.with_metal for row in drawn):
        metal = translate_message(discovery_curve.metal_label)
        yield {
            **common,
            **{"id": "metal", "title": gettext("%(metal)s found so far, in tonnes", metal=metal), "mark": "line", "unit": "t"},
            "rows": _list_points(drawn, discovery_curve.by, "metal_so_far_t"),
        }
        yield {
            **common,
            **{"id": "size", "title": gettext("Mean size of finds by decade, in tonnes of %(metal)s", metal=metal)},
            **{"mark": "dots", "unit": "t", "log": True},
            "rows": _list_points(drawn, discovery_curve.by, "mean_metal_t"),
        }


def _list_points(rows: Sequence[DecadeRow], by: str, figure: str) -> list[dict[str, Any]]:
    return [{"x": row.decade, "y": getattr(row, figure), "group": _group(row, by)} for row in rows]


PRESENTATIONS = {CURVE: Presentation(describe_page)}
