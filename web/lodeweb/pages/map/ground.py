"""The maps' own ground: its countries, and the names of countries, divisions and places in the language of the page."""

from functools import lru_cache
from typing import Any

import orjson
from flask import Blueprint, Response, request

from lodebase.query.division_names import DivisionName, division_names
from lodebase.query.reading import totals
from lodedata.vocab import table, vocabulary
from lodeweb.http.conditional_requests import build
from lodeweb.http.database import site
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import language
from lodeweb.pages import assets

blueprint = Blueprint("ground", __name__)
CONTESTED = frozenset({"IN-AR", "IN-JK", "IN-LA", "UA-40", "UA-43"})
"""Divisions that several countries hold to be theirs: a name on the ground would take a side."""


def countries() -> str:
    """The address of the countries: the operator's own, or those that are packed."""
    return "/map/countries.json" if site().settings.map_countries else assets.url("countries-50m.json")


def numbers() -> dict[str, str]:
    """The code of each country by the number that the packed countries have."""
    return {term.extra["m49"]: term.code for term in vocabulary("country") if term.extra["m49"]}


def told() -> dict[str, Any]:
    """What the script of a page without the map's whole screen needs to draw the ground."""
    lang = language()
    return {
        "lang": lang,
        "countries": countries(),
        "divisions": bool(totals(site().engine).get("zones")),
        "m49": numbers(),
        "labels": {"country": {term.code: term.label(lang) for term in vocabulary("country")}},
    }


@blueprint.get("/map/names.json")
def names() -> Response:
    """Divisions as name, longitude, latitude and square degrees; places as name, longitude, latitude and first zoom."""
    lang = language()
    version, divisions = division_names(site().engine)
    told = {
        "divisions": [[_name(one, lang), one.lon, one.lat, one.size] for one in divisions if one.code not in CONTESTED],
        "places": _places(lang),
    }
    response = Response(orjson.dumps(told), content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    response.set_etag(f"{build()}-{version}-{lang}", weak=True)
    response.make_conditional(request)
    return response


def _name(division: DivisionName, lang: Language) -> str:
    """The vocabulary's word, which filters and table use too; the source's own where it has none."""
    known = vocabulary("division")
    if division.code in known:
        return known[division.code].label(lang)
    return (division.name_zh if lang == "zh" else None) or division.name_en


@lru_cache(maxsize=2)
def _places(lang: Language) -> list[list[str | float]]:
    return [[row[f"name_{lang}"], *(float(row[key]) for key in ("lon", "lat", "zoom"))] for row in table("place")]
