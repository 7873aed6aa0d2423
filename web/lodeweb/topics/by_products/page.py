"""What the page of metals in the ore of another shows: totals by class and type of ore, a map, deposits, low-grade ore."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from lodebase.topics.by_products.operations import PAIRS_REPORT, ByProductReport
from lodebase.topics.by_products.store import ByProducts, HostDeposit
from lodedata.figures.by_products import MODELS
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.http.representation.links import record_address
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.pages.map import points_map
from lodeweb.pages.map.points_map import MapPoint

MAX_LISTED_DEPOSITS = 50
WITH_FIGURE, WITHOUT = "--chart-accent", "--chart-quiet"


def describe_pairs(result: ByProductReport) -> Mapping[str, Any]:
    """Return what the page shows: the pair with its deposits of the most metal, labels and the map."""
    chosen, lang = result.found[result.pair], get_language()
    address = {form: f"{PAIRS_REPORT.path}?{urlencode({'pair': result.pair, 'f': form})}" for form in ("json", "csv", "xlsx")}
    return {
        "pairs": result.found,
        "chosen": chosen,
        "listed": chosen.deposits[:MAX_LISTED_DEPOSITS],
        "files": address,
        "formula": translate_message(result.formula),
        "note": translate_message(result.note),
        "category": lambda code: labels.estimate_category(code, lang),
        "commodity": lambda code: labels.label_commodity(code, lang),
        "country": lambda code: load_vocabulary("country")[code].label(lang),
        "ore_type": _label_ore_type,
        "record_name": _name,
        "href": _build_href,
        "map_settings": points_map.write_points_settings(_list_points(chosen)),
        "legend": [(WITH_FIGURE, gettext("with a figure")), (WITHOUT, gettext("no figure"))],
    }


def _name(host_deposit: HostDeposit) -> str:
    return labels.record_name({"name_en": host_deposit.name_en, "name_zh": host_deposit.name_zh}, host_deposit.id)


def _build_href(host_deposit: HostDeposit) -> str:
    return record_address(host_deposit.id)


def _label_ore_type(code: str | None) -> str:
    return gettext("not known") if code is None else load_vocabulary(MODELS)[code].label(get_language())


def _list_points(chosen: ByProducts) -> Iterator[MapPoint]:
    # the deposits with the most metal are drawn last, above the others
    for deposit in reversed(chosen.deposits):
        if deposit.lon is None or deposit.lat is None:
            continue
        largest = deposit.largest
        figure = gettext("no figure") if largest is None else f"{largest.metal_t:,.0f} t"
        fill = WITHOUT if largest is None else WITH_FIGURE
        yield MapPoint(
            deposit.lon,
            deposit.lat,
            " · ".join((_name(deposit), _label_ore_type(deposit.ore_type), figure)),
            fill,
            _build_href(deposit),
        )


PRESENTATIONS = {PAIRS_REPORT: Presentation(describe_pairs)}
