"""The page of prospectivity: its form, the verdict, the map of the most favourable cells and the gain curves."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from lodebase.topics.prospectivity.operations import DEFAULT_YEAR, MAP
from lodebase.topics.prospectivity.result import METHOD_NAMES, MethodGain, ProspectivityMap, TrialResult
from lodedata.topics.prospectivity.gain import AREA_PERCENTS, BASELINE
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages import chart_data
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.map import ground

MAP_TOP_PCT = 20
"""The part of the area whose cells the map shows."""
MAX_LISTED_CELLS = 25
"""Cells of the table; CSV and GeoJSON have all."""


def describe_page(prospectivity_map: ProspectivityMap | None) -> Mapping[str, Any]:
    """Return what the page shows besides the result."""
    shown = {
        "metals": [
            (term.code, term.label(get_language())) for term in load_vocabulary("commodity") if term.extra["scope"] == "in"
        ],
        "methods": {name: _label_method(name) for name in METHOD_NAMES},
        "default_year": DEFAULT_YEAR,
    }
    if prospectivity_map is None:
        return {**shown, "charts": []}
    parameters = [(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang", "top") and value]
    charts = list(_build_charts(prospectivity_map))
    cells = f"{MAP.path}?{urlencode([*parameters, ('top', MAP_TOP_PCT), ('f', 'geojson')])}"
    texts = {
        "rank": gettext("Most favourable %(share)s %% of the area", share="{share}"),
        "deposits": gettext("Known deposits in the cell"),
        "loading": gettext("The cells are computed. A large region takes up to half a minute."),
        "failed": gettext("The cells could not be loaded. Check your connection and reload the page."),
    }
    return {
        **shown,
        "charts": charts,
        "drawing": chart_data.write_chart_settings(charts),
        "own": urlencode(parameters),
        "map_top": MAP_TOP_PCT,
        "listed": prospectivity_map.cell_rows[:MAX_LISTED_CELLS],
        "method": _label_method,
        "trials": list(_list_trials(prospectivity_map)),
        "settings": embed_json({**ground.build_basemap_data(), "prospect": cells, "texts": texts}),
    }


def _list_trials(prospectivity_map: ProspectivityMap) -> Iterator[tuple[str, str, TrialResult]]:
    if prospectivity_map.in_time is not None:
        yield "time", gettext("Trial in time: finds since %(year)s", year=prospectivity_map.before), prospectivity_map.in_time
    if prospectivity_map.in_space is not None:
        yield "space", gettext("Trial in space: regions withheld in turn"), prospectivity_map.in_space


def _build_charts(prospectivity_map: ProspectivityMap) -> Iterator[dict[str, Any]]:
    for name, title, trial in _list_trials(prospectivity_map):
        yield {
            "id": f"gain-{name}",
            "kind": "bars-and-lines",
            "title": title,
            "mark": "curve",
            "unit": "%",
            "step": 1,
            "x": gettext("Most favourable part of the area, in per cent"),
            "groups": gettext("Model"),
            "rows": [
                {"x": share, "y": value / 100, "group": _label_method(gain.method)}
                for gain in _sort_gains(trial)
                for share, value in zip(AREA_PERCENTS, gain.curve.found_pct, strict=True)
            ],
        }


def _sort_gains(trial: TrialResult) -> list[MethodGain]:
    """Return the gains with the model that is shown first, then the baseline, so that each chart has the same colours."""
    return sorted(trial.gains, key=lambda gain: (not gain.is_shown, gain.method != BASELINE))


def _label_method(name: str) -> str:
    titles: dict[str, str] = {
        "logistic": gettext("Logistic regression"),
        "weights": gettext("Weights of evidence"),
        BASELINE: gettext("Distance alone"),
    }
    return titles[name]


PRESENTATIONS = {MAP: Presentation(describe_page)}
