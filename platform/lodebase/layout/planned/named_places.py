"""Places by name for the layout check: divisions, which are areas, other zones, and existing plants, which are points."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, or_, select

from lodebase.db.schema import tables
from lodebase.errors import BadCandidate, Wrong
from lodebase.query.reading import escape_pattern, open_reading
from lodebase.search.gazetteer import ORDER, NamedZone, read_gazetteer
from lodedata.messages import Label, Message, msg
from lodedata.vocab import load_vocabulary

MAX_NAMED_PLACES = 8
MIN_OF_PLANT_LENGTH = 2
OF_PLANT = {True: 2, False: 4}
"""Rank of a plant whose name is the text, or contains it; see ORDER for those of areas."""
FIELD = "place"
"""Field that names a place, in errors."""
MAX_PLACE_CHARACTERS = 200
PROJECT = "project"
PARK = re.compile(
    r"(开发区|经开区|高新区|工业园区?|产业园区?|化工园区?|园区|集聚区)$|\b(industrial|chemical|development) (park|zone)\b", re.I
)
COORDINATE = re.compile(r"\d\s*[°º度'’′]|^[\s\d.,，;+\-−NSEW]+$", re.I)
GEOMETRY = re.compile(r"^\s*(\{|(multi)?(polygon|point|linestring)\b)", re.I)


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place with its name, the areas that it lies in, and its reference; a plant has a position in WGS 84 too."""

    kind: str
    name: Label
    within: Label | None
    reference: str
    """Kind and code of a zone, such as ``prefecture/370300``, or ``project/`` and the id of a record."""
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None

    @property
    def is_area(self) -> bool:
        """Return whether the place is a polygon."""
        return self.kind != PROJECT


def find_named_places(engine: Engine, text: str) -> list[NamedPlace]:
    """Return the places that a text names, best first: `Zibo`, `山东淄博`, `淄博市桓台县`, or a plant. Raise DatabaseAway."""
    with open_reading(engine) as connection:
        return find_places(connection, text)


def find_places(connection: Connection, text: str) -> list[NamedPlace]:
    """Return the places that a text names on an open connection, best first."""
    name = text.strip()
    if not name:
        return []
    zones = [(ORDER.get(zone.kind, -1), _build_area(zone, connection)) for zone in read_gazetteer(connection).find(name)]
    rows = [] if len(name) < MIN_OF_PLANT_LENGTH else connection.execute(_select_projects(name)).mappings().all()
    plants = [
        (OF_PLANT[name.casefold() in ((row["name_en"] or "").casefold(), row["name_zh"])], _build_plant(dict(row)))
        for row in rows
    ]
    return [named_place for _, named_place in sorted((*zones, *plants), key=lambda entry: entry[0])][:MAX_NAMED_PLACES]


def refuse_place(connection: Connection, text: str) -> BadCandidate:
    """Return the error of a text that names no place: what is wrong with it, and what to enter instead."""
    return BadCandidate([Wrong(FIELD, _describe_refusal(connection, text))])


def _describe_refusal(connection: Connection, text: str) -> Message:
    name = text.strip()
    if not name:
        return msg("The place is empty. Enter a province, prefecture, county or plant, or coordinates.")
    shown = name[:60]
    if GEOMETRY.match(name):
        return msg("This is an outline and not the name of a place. Enter WKT or GeoJSON in the field for the outline.")
    if COORDINATE.search(name):
        return msg(
            '"%(name)s" can\'t be read as coordinates. Write longitude and latitude such as 118.05, 36.80 or 36°48′N 118°03′E.',
            name=shown,
        )
    country = load_vocabulary("country").find(name)
    if country is not None:
        return msg(
            "%(country)s is a country. Enter a province, prefecture, county or plant in it, or coordinates.",
            country=Label(country.label_en, country.label_zh),
        )
    nearest = [zone.name for zone in read_gazetteer(connection).nearest(name)]
    if PARK.search(name):
        if nearest:
            return msg(
                "No boundaries of development zones and parks are held here, so %(name)s is not known. Enter the area that it "
                "lies in (%(nearest)s) or coordinates.",
                name=shown,
                nearest=nearest,
            )
        return msg(
            "No boundaries of development zones and parks are held here, so %(name)s is not known. Enter coordinates.",
            name=shown,
        )
    if nearest:
        return msg(
            "No province, prefecture, county or plant is named %(name)s. Similar names: %(nearest)s.",
            name=shown,
            nearest=nearest,
        )
    return msg(
        "No province, prefecture, county or plant is named %(name)s, and no name is similar. Enter coordinates.", name=shown
    )


def _build_area(zone: NamedZone, connection: Connection) -> NamedPlace:
    by_code = read_gazetteer(connection).by_code
    names = [by_code[code].name for code in zone.within if code in by_code and by_code[code].name.zh != zone.name.zh]
    names = list({name.zh: name for name in names}.values())
    within = None
    if names:
        separator = {"en": ", ", "zh": ""}
        within = Label(
            separator["en"].join(name.in_language("en") for name in names),
            separator["zh"].join(name.in_language("zh") for name in reversed(names)),
        )
    return NamedPlace(zone.kind, zone.name, within, zone.reference)


def _build_plant(row: Mapping[str, Any]) -> NamedPlace:
    terms = load_vocabulary("division").terms
    within = Label(terms[row["division"]].label_en, terms[row["division"]].label_zh) if row["division"] in terms else None
    name = Label(row["name_en"] or row["name_zh"], row["name_zh"] or row["name_en"])
    return NamedPlace(PROJECT, name, within, f"{PROJECT}/{row['id']}", row["lon"], row["lat"], row["accuracy_m"])


def _select_projects(name: str) -> Select[Any]:
    project = tables.project.c
    escaped = escape_pattern(name)
    return (
        select(
            project.id,
            project.name_en,
            project.name_zh,
            project.division,
            project.position_accuracy_m.label("accuracy_m"),
            func.ST_X(project.geom).label("lon"),
            func.ST_Y(project.geom).label("lat"),
        )
        .where(project.geom.is_not(None), or_(project.name_en.ilike(f"%{escaped}%"), project.name_zh.like(f"%{escaped}%")))
        .order_by(func.length(func.coalesce(project.name_en, project.name_zh)), project.id)
        .limit(MAX_NAMED_PLACES)
    )
