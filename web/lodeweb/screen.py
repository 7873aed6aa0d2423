"""What the map's screen is told: filters, columns, labels, layers and its own words, in the page's language."""

from typing import Any

from flask import current_app
from flask_babel import gettext

from lodebase.errors import LodeError
from lodebase.query import provenance
from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.run import reading
from lodebase.settings import Settings
from lodedata.sources import names, source
from lodedata.vocab import vocabulary
from lodeweb import assets, labels
from lodeweb.database import site
from lodeweb.i18n import language
from lodeweb.labels import Language
from lodeweb.params import ALIASES

LABELLED = (
    "commodity",
    "status",
    "size-class",
    "exploration-stage",
    "facility-type",
    "deposit-model",
    "country",
    "product",
)
FILTERS = (
    *("commodity_group", "commodity", "status", "size_class", "stage", "country", "division", "deposit_model"),
    *("facility_types", "products", "result", "activity_type", "occurrence_type", "deposit_form", "source", "flag"),
)
"""The filters of the panel, in order, by the parameter that asks for them."""
FILLS = {"operating": "working", "pipeline": "planned", "shadow": "planned", "idle": "ended", "none": "ended"}
"""How a symbol is filled, by what its status counts as."""
TILES = "/api/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}"


def settings(divisions: bool) -> dict[str, Any]:
    """All that the script of the map is told; ``divisions`` where the store has their outlines."""
    lang = language()
    asked = site().settings
    points = {name: c for name, c in COLLECTIONS.items() if c.points}
    statuses = vocabulary("status")
    return {
        "lang": lang,
        "countries": "/map/countries.json" if asked.map_countries else assets.url("countries-50m.json"),
        "tiles": TILES,
        "divisions": divisions,
        "kinds": {name: c.title_zh if lang == "zh" else c.title_en for name, c in points.items()},
        "filters": [_filter(name, points, lang) for name in FILTERS],
        "columns": {name: [_column(field, lang) for field in c.fields] for name, c in points.items()},
        "labels": {
            **{name: {t.code: t.label(lang) for t in vocabulary(name)} for name in LABELLED},
            "flag": labels.flags(lang),
            "source": _source_titles(lang),
        },
        "m49": {term.extra["m49"]: term.code for term in vocabulary("country") if term.extra["m49"]},
        "groups": labels.groups(lang),
        "countsAs": {term.code: term.extra["counts_as"] for term in statuses},
        "fills": {term.code: FILLS[term.extra["counts_as"]] for term in statuses},
        **_layers(asked, lang),
        "pages": _pages(),
        "words": words(),
    }


def field_of(name: str, asked: Collection) -> Field | None:
    """The field of a collection that a filter asks of, where its values are counted."""
    if name == "commodity":
        return asked.field("commodities")
    if name == "status":
        return asked.field("status") or asked.field("mine_status")
    return asked.field(ALIASES.get(name, name))


def _filter(name: str, points: dict[str, Collection], lang: Language) -> dict[str, Any]:
    found = {kind: field for kind, c in points.items() if (field := field_of(name, c)) is not None}
    first = next(iter(found.values()))
    title = gettext("Status") if name == "status" else labels.title(first, lang)
    return {"name": name, "title": title, "fields": {kind: field.name for kind, field in found.items()}}


def _column(field: Field, lang: Language) -> dict[str, Any]:
    told = {"name": field.name, "title": labels.title(field, lang), "sortable": field.sortable}
    return told | {key: value for key, value in (("vocabulary", field.vocabulary), ("unit", field.unit)) if value}


def _layers(asked: Settings, lang: Language) -> dict[str, Any]:
    """The ground that the operator has set: layers of other hosts, an attribution, a map approval number."""
    bases = [
        {
            "name": layer.name,
            "title": layer.title_zh if lang == "zh" else layer.title_en,
            "url": layer.url,
            "attribution": layer.attribution,
            "max_zoom": layer.max_zoom,
        }
        for layer in asked.map_layers
    ]
    approval = gettext("Map approval number: %(number)s", number=asked.map_approval) if asked.map_approval else ""
    return {"bases": bases, "attribution": asked.map_attribution or "", "approval": approval}


def _pages() -> dict[str, bool]:
    """Which of the pages that the screen leads on to are there."""
    there = {rule.rule for rule in current_app.url_map.iter_rules()}
    return {name: f"/{name}" in there for name in ("compare", "charts")}


def _source_titles(lang: Language) -> dict[str, str]:
    """Titles of the sources that ship and of those that were imported, a user's own tables among them."""
    column = "title_zh" if lang == "zh" else "title_en"
    shipped: dict[str, str] = {name: getattr(source(name), column) for name in names()}
    try:
        with reading(site().engine) as connection:
            return {row["name"]: row[column] for row in provenance.sources(connection)} | shipped
    except LodeError:
        return shipped


def words() -> dict[str, str]:
    """The words of the map's script; {name} in one stands for what is put in."""
    return {
        # records
        "accuracy": gettext("Position accuracy"),
        "commodities": gettext("Commodities"),
        "country": gettext("Country"),
        "discovered": gettext("Discovered"),
        "flags": gettext("Quality flags"),
        "model": gettext("Deposit model"),
        "name": gettext("Name"),
        "record": gettext("The whole record"),
        "records": gettext("Records"),
        "size": gettext("Size class"),
        "source": gettext("Source"),
        "stage": gettext("Stage"),
        "status": gettext("Status"),
        "type": gettext("Type"),
        "unknown": gettext("not stated"),
        "unnamed": gettext("unnamed"),
        "metres": gettext("m"),
        "kilometres": gettext("km"),
        "longitude": gettext("Longitude"),
        "latitude": gettext("Latitude"),
        "distance": gettext("Distance"),
        # filters
        "amounts": gettext("Contained metal and grade"),
        "any": gettext("any"),
        "clear": gettext("Clear all filters"),
        "contained": gettext("Contained"),
        "containedT": gettext("Contained, tonnes"),
        "discoveredFrom": gettext("Discovered from year"),
        "discoveredNote": gettext("Deposits by year of discovery, discoveries by date; projects have neither."),
        "discoveredTo": gettext("Discovered to year"),
        "drop": gettext("Remove {name}"),
        "everything": gettext("everything"),
        "fill_ended": gettext("suspended, cancelled or closed"),
        "fill_planned": gettext("planned or under construction"),
        "fill_unknown": gettext("status not stated"),
        "fill_working": gettext("operating"),
        "filterValues": gettext("Find in the list"),
        "filterValuesOf": gettext("Find in the list: {name}"),
        "from": gettext("from"),
        "gradePct": gettext("Grade, per cent"),
        "inView": gettext("Only in the view"),
        "key": gettext("What symbols say"),
        "kind": gettext("Kind"),
        "kind_commodity": gettext("Commodity"),
        "kind_country": gettext("Country"),
        "kind_deposit_model": gettext("Deposit model"),
        "kind_division": gettext("First-level division"),
        "mainOnly": gettext("as main commodity only"),
        "matched": gettext("{n} records"),
        "nearChip": gettext("within {km} km of a place"),
        "showAll": gettext("all {n} …"),
        "sizeUnknown": gettext("size class not stated"),
        "to": gettext("to"),
        "withinChip": gettext("in an area"),
        # search
        "didYouMean": gettext("Did you mean"),
        "nothingFound": gettext("No name or place like this; a position can be typed too."),
        # areas
        "areaNothing": gettext("Paste a polygon or choose a file."),
        "areaSimpler": gettext("Its outline was made simpler, by {m} at most."),
        "areaTaken": gettext("Area of {area} with {n} corners."),
        "around": gettext("in it or within {km} km around"),
        "certainty_certain": gettext("surely in it"),
        "certainty_possible": gettext("perhaps in it: its position is not accurate enough"),
        "draw_Circle": gettext("Click the centre, then a point of the circle. Escape ends it."),
        "draw_Polygon": gettext("Click each corner; click the first again to end. Escape ends it."),
        "draw_Rectangle": gettext("Click two opposite corners. Escape ends it."),
        "nearNoPosition": gettext("This is no position; write longitude, latitude such as 121.37, -2.53."),
        "nearNoRadius": gettext("Give a radius above 0 km."),
        # map
        "base": gettext("Coasts and borders: Natural Earth"),
        "baseMap": gettext("Base map"),
        "baseNote": gettext("A layer of another host is asked for only when you pick it; it learns your address then."),
        "close": gettext("Close"),
        "form_cgcs": gettext("CGCS2000 Gauss-Krüger, 3° zones"),
        "form_decimal": gettext("Decimal degrees"),
        "form_dms": gettext("Degrees, minutes, seconds"),
        "form_utm": gettext("UTM (WGS 84)"),
        "graticule": gettext("Graticule"),
        "measure_Line": gettext("Click along the line; click the last point again to end. Escape ends it."),
        "measure_Polygon": gettext("Click each corner; click the first again to end. Escape ends it."),
        "measured": gettext("{length} on the spheroid"),
        "measuredArea": gettext("{area}, outline {length}"),
        "nearHere": gettext("Within {km} km of here"),
        "ownBase": gettext("Land and borders, from this site"),
        "place": gettext("This place"),
        "zoomIn": gettext("Zoom in"),
        "zoomOut": gettext("Zoom out"),
        # table
        "columns": gettext("Columns"),
        "copied": gettext("{n} rows copied."),
        "pick": gettext("Pick {name}"),
        "pickAll": gettext("Pick all rows that are loaded"),
        "picked": gettext("{n} picked"),
        # states
        "cite": gettext("Lode, {n}: {filters}. Retrieved {day}. {url}"),
        "copyLink": gettext("Copy link"),
        "copyLinkOf": gettext("Copy link of {name}"),
        "failed": gettext("The data could not be loaded. Check the connection and try again."),
        "gone": gettext("This record is not there."),
        "linkCopied": gettext("The link is copied."),
        "loading": gettext("Loading"),
        "nearest": gettext("Nearest: {name}, {distance} away."),
        "nothing": gettext("Nothing here matches."),
        "offline": gettext("There is no connection to the network."),
        "refused": gettext("This can't be asked."),
        "retry": gettext("Try again"),
        "savedAs": gettext("Saved as {name} in this browser."),
        "showNearest": gettext("Show it"),
    }
