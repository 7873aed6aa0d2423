"""What the script of charts needs: its words in the page's language, and what to draw."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from lodebase.query.collections_ import COLLECTIONS
from lodebase.statistics import figures
from lodedata.vocab import vocabulary
from lodeweb.i18n.language import language
from lodeweb.pages import assets
from lodeweb.pages.embedded import embedded
from lodeweb.pages.records import estimates, property_values


def settings(charts: Sequence[Mapping[str, Any]]) -> str:
    """JSON for a script element: what could end it is escaped."""
    lang = language()
    statuses = {term.code: {"title": term.label(lang), "counts": term.extra["counts_as"]} for term in vocabulary("status")}
    told = {
        "lang": lang,
        "texts": _texts(),
        "kinds": {"resource": gettext("Resources"), "reserve": gettext("Reserves"), "endowment": gettext("Undivided tonnages")},
        "classes": {code: estimates.category(code, lang) for code in figures.CLASSES},
        "collections": {name: property_values.title(asked) for name, asked in COLLECTIONS.items()},
        "countries": {term.code: term.label(lang) for term in vocabulary("country")} if _any(charts, "grade-tonnage") else {},
        "statuses": statuses if _any(charts, "timeline") else {},
        "land": assets.url("countries-50m.json"),
        "charts": list(charts),
    }
    return embedded(told)


def _any(charts: Sequence[Mapping[str, Any]], kind: str) -> bool:
    return any(chart["kind"] == kind for chart in charts)


def _texts() -> dict[str, str]:
    return {
        "loading": gettext("Loading"),
        "failed": gettext("The numbers could not be loaded. Check the connection and try again."),
        "retry": gettext("Try again"),
        "empty": gettext("No record here has figures for this chart."),
        "numbers": gettext("The numbers"),
        "download": gettext("Download"),
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
        "others": gettext("%(n)s others", n="{n}"),
        "none": gettext("not stated"),
        "metal": gettext("metal"),
        "shown": gettext(
            "%(shown)s records are shown, a sample without order. %(all)s estimates have both tonnage and grade.",
            shown="{shown}",
            all="{all}",
        ),
        "plotted": gettext("%(all)s records have both tonnage and grade.", all="{all}"),
        "isolines": gettext("Dashed lines: the same contained amount"),
        "own": gettext("this record"),
        "smallest": gettext("Smallest"),
        "median": gettext("Median"),
        "largest": gettext("Largest"),
        "total": gettext("Sum of the class"),
        "noTotal": gettext("not added"),
        "notCounted": gettext("Further figures, not counted"),
        "range": gettext("Line: smallest to largest record; tick: median"),
        "contained": gettext("Contained metal"),
        "phase": gettext("Phase"),
        "product": gettext("Product"),
        "capacity": gettext("Capacity"),
        "status": gettext("Status"),
        "start": gettext("Start"),
        "end": gettext("End"),
        "statusDate": gettext("Date of the status"),
        "globe": gettext("Where on the globe"),
        "first": gettext("The first %(n)s rows; the file has all.", n="{n}"),
        "land": gettext("Coasts and borders: Natural Earth"),
    }
