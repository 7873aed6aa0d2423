"""Data for the script of charts: its messages in the page's language, and the charts to draw."""

from collections.abc import Mapping, Sequence
from typing import Any

from lodebase.query.collections_ import COLLECTIONS
from lodebase.statistics import figures
from lodedata.vocab import load_vocabulary
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages import assets
from lodeweb.pages.embedded import embed_json


def write_chart_settings(charts: Sequence[Mapping[str, Any]]) -> str:
    """Return JSON for a script element, escaped so that it can't end the element."""
    return embed_json(build_chart_content(charts))


def build_chart_content(charts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the script of charts needs: texts, labels and the charts to draw."""
    lang = get_language()
    statuses = {term.code: {"title": term.label(lang), "counts": term.extra["counts_as"]} for term in load_vocabulary("status")}
    return {
        "lang": lang,
        "texts": _list_texts(),
        "kinds": {
            "resource": gettext("Resources"),
            "reserve": gettext("Reserves"),
            "endowment": gettext("Tonnage not classified"),
        },
        "classes": {code: labels.estimate_category(code, lang) for code in figures.CLASSES},
        "collections": {name: labels.find_collection_title(collection) for name, collection in COLLECTIONS.items()},
        "countries": {term.code: term.label(lang) for term in load_vocabulary("country")}
        if _has_kind(charts, "grade-tonnage")
        else {},
        "statuses": statuses if _has_kind(charts, "timeline") else {},
        "land": assets.build_asset_url("countries-50m.json"),
        "charts": list(charts),
    }


def _has_kind(charts: Sequence[Mapping[str, Any]], kind: str) -> bool:
    return any(chart["kind"] == kind for chart in charts)


def _list_texts() -> dict[str, str]:
    return {
        "loading": gettext("Loading"),
        "failed": gettext("The chart data could not be loaded. Check your connection and try again."),
        "retry": gettext("Try again"),
        "empty": gettext("None of these records has the figures that this chart needs."),
        "numbers": gettext("Chart data"),
        "download": gettext("Download"),
        "copy": gettext("Copy"),
        "frame": gettext("Copy code for a frame"),
        "copied": gettext("Code copied"),
        "commodity": gettext("Commodity"),
        "ore": gettext("Ore"),
        "grade": gettext("Grade"),
        "name": gettext("Name"),
        "country": gettext("Country"),
        "class": gettext("Class"),
        "kind": gettext("Kind"),
        "code": gettext("Code"),
        "date": gettext("Date"),
        "records": gettext("Records"),
        "others": gettext("%(n)s more", n="{n}"),
        "none": gettext("not stated"),
        "metal": gettext("metal"),
        "shown": gettext(
            "Showing a random sample of %(shown)s records. %(all)s estimates have both tonnage and grade.",
            shown="{shown}",
            all="{all}",
        ),
        "plotted": gettext("%(all)s records have both tonnage and grade.", all="{all}"),
        "isolines": gettext("Dashed lines: equal contained amount"),
        "own": gettext("this record"),
        "heldNow": gettext("held or run"),
        "heldBefore": gettext("formerly held or run"),
        "smallest": gettext("Smallest"),
        "median": gettext("Median"),
        "largest": gettext("Largest"),
        "total": gettext("Total of the class"),
        "noTotal": gettext("no total"),
        "notCounted": gettext("Other figures, not counted"),
        "range": gettext("Line: smallest to largest record; tick: median"),
        "contained": gettext("Contained metal"),
        "phase": gettext("Phase"),
        "product": gettext("Product"),
        "capacity": gettext("Capacity"),
        "status": gettext("Status"),
        "start": gettext("Start"),
        "end": gettext("End"),
        "statusDate": gettext("Status date"),
        "globe": gettext("Location on the globe"),
        "first": gettext("The first %(n)s rows. Download the file for all rows.", n="{n}"),
        "land": gettext("Coasts and borders: Natural Earth"),
    }
