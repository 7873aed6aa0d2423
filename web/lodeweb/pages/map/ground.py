"""The basemap: countries, and the names of countries, divisions and places in the page's language."""

from functools import lru_cache
from typing import Any

import orjson
from flask import Blueprint, Response, request

from lodebase.query.division_names import DivisionName, read_division_names
from lodebase.query.reading import count_collection_rows
from lodedata.vocab import load_vocabulary, load_vocabulary_rows
from lodeweb.http.database import get_site
from lodeweb.http.representation.conditional_requests import build
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages import assets
from lodeweb.pages.map import ground_tiles

blueprint = Blueprint("ground", __name__)
CONTESTED = frozenset({"IN-AR", "IN-JK", "IN-LA", "UA-40", "UA-43"})
"""Divisions claimed by several countries: a name on the basemap would favour one of them."""


def find_countries_address() -> str:
    """Return the address of the country outlines: the operator's own, those of the Chinese view, or the bundled ones."""
    settings = get_site().settings
    if settings.map_countries:
        return "/map/countries.json"
    return "/map/countries-chn.json" if settings.worldview == "CHN" else assets.build_asset_url("countries-50m.json")


def word_approval() -> str:
    """Return the sentence of the map approval number; empty without one."""
    number = get_site().settings.map_approval
    return gettext("Map approval number: %(number)s", number=number) if number else ""


def describe_missing_approval() -> str:
    """Return the sentence for the operator of a Chinese page whose map has no approval number; else empty."""
    if get_language() != "zh" or get_site().settings.map_approval:
        return ""
    sentence: str = gettext(
        "This map has no approval number. A map that is published in China has to be reviewed first (LODE_MAP_APPROVAL)."
    )
    return sentence


def list_country_numbers() -> dict[str, str]:
    """Return the code of each country by its number in the bundled outlines (UN M49)."""
    return {term.extra["m49"]: term.code for term in load_vocabulary("country") if term.extra["m49"]}


def build_basemap_data() -> dict[str, Any]:
    """Return the data for the basemap of a page without the complete map screen."""
    lang = get_language()
    return {
        "lang": lang,
        "countries": find_countries_address(),
        "divisions": bool(count_collection_rows(get_site().engine).get("zones")),
        "m49": list_country_numbers(),
        "ground": ground_tiles.list_ground_layers(),
        "approval": word_approval(),
        "labels": {"country": {term.code: term.label(lang) for term in load_vocabulary("country")}},
    }


@blueprint.get("/map/names.json")
def names() -> Response:
    """Return divisions as name, longitude, latitude and square degrees; places as name, longitude, latitude and first zoom."""
    lang = get_language()
    version, divisions = read_division_names(get_site().engine)
    data = {
        "divisions": [
            [_name(division, lang), division.lon, division.lat, division.size]
            for division in divisions
            if division.code not in CONTESTED
        ],
        "places": _list_places(lang),
    }
    response = Response(orjson.dumps(data), content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    response.set_etag(f"{build()}-{version}-{lang}", weak=True)
    response.make_conditional(request)
    return response


def _name(division: DivisionName, lang: Language) -> str:
    """Return the label in the vocabulary, as in filters and tables; the source's name if there is none."""
    terms = load_vocabulary("division")
    if division.code in terms:
        return terms[division.code].label(lang)
    return (division.name_zh if lang == "zh" else None) or division.name_en


@lru_cache(maxsize=2)
def _list_places(lang: Language) -> list[list[str | float]]:
    return [
        [row[f"name_{lang}"], *(float(row[key]) for key in ("lon", "lat", "zoom"))] for row in load_vocabulary_rows("place")
    ]
