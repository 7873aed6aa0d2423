"""Settings of the layer of mining rights, which the map and the pages of rights draw from vector tiles."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from lodebase.topics.rights.register import compute_year_after
from lodedata.vocab import load_vocabulary
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.map.ground import build_basemap_data

TILES = "/api/collections/mining-rights/tiles/WebMercatorQuad/{z}/{y}/{x}"
LABELLED = ("right-kind", "right-status", "holder-kind", "commodity")


def build_layer_settings(day: date) -> dict[str, Any]:
    """Return the settings of the layer of all rights as they are on a day, in the page's language."""
    lang = get_language()
    return {
        "tiles": TILES,
        "day": day.isoformat(),
        "soon": compute_year_after(day),
        "judged": False,
        "labels": {name: {term.code: term.label(lang) for term in load_vocabulary(name)} for name in LABELLED},
        "messages": {
            "title": gettext("Mining rights"),
            "number": gettext("Licence or file number"),
            "holder": gettext("Holder"),
            "kind": gettext("Kind of right"),
            "minerals": gettext("Minerals"),
            "term": gettext("Term"),
            "noEnd": gettext("end not known"),
            "status": gettext("Status as registered"),
            "record": gettext("Full record"),
            "register": gettext("Register of mining rights"),
            "soon": gettext("ends within a year"),
            "ended": gettext("not in force"),
            "unknown": gettext("not stated"),
            "more": gettext("Zoom in to see the other rights here."),
        },
    }


def write_rights_settings(
    day: date, query: Mapping[str, str], box: tuple[float, float, float, float] | None, judged: bool = False
) -> str:
    """Return the settings of a page with a map of the rights of a query of the API and of their box, as embedded JSON.

    ``judged`` if the query selects by the status on the day, so that all of them are in force on it.
    """
    layer = build_layer_settings(day)
    suffix = f"?{urlencode(query)}" if query else ""
    shown = layer | {"tiles": TILES + suffix, "box": box, "judged": judged}
    return embed_json({**build_basemap_data(), "rights": shown, "texts": {}})
