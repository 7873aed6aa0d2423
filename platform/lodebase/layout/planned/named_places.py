"""Places by name for the layout check: divisions, parks and other zones, and existing plants."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, case, func, literal, or_, select

from lodebase.db.schema import tables
from lodebase.query.reading import reading
from lodedata.messages import Label
from lodedata.vocab import vocabulary

MOST = 8
SEPARATORS = re.compile(r"[,，、·]+")
BETWEEN_CHARACTERS = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
"""A space within a Chinese name, which separates nothing."""
ORDER = {"prefecture": 0, "county": 1, "project": 2, "division": 3}
"""Kinds by how well they name a site; other zones, such as parks, come first."""
SUFFIX = re.compile(r"(市|省|县|区|自治州|地区|盟|(壮族|回族|维吾尔)?自治区|特别行政区)$")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place with its name, the division that it lies in, and a position inside it, WGS 84."""

    kind: str
    name: Label
    within: Label | None
    lon: float
    lat: float


def named_places(engine: Engine, text: str) -> list[NamedPlace]:
    """Return the places that a text names, best first: `Zibo`, `Zibo, Shandong`, `山东淄博`, or a plant. Raise DatabaseAway."""
    name, division = _parts(text.strip())
    if not name:
        return []
    with reading(engine) as connection:
        rows = [*connection.execute(_zones(name)), *connection.execute(_projects(name))]
    terms = vocabulary("division")
    found = []
    for kind, en, zh, code, lon, lat in rows:
        if division is not None and code is not None and code != division:
            continue
        within = Label(terms[code].label_en, terms[code].label_zh) if code in terms and kind != "division" else None
        exact = name.casefold() in {(en or "").casefold(), zh, SUFFIX.sub("", zh or "")}
        found.append((not exact, ORDER.get(kind, -1), NamedPlace(kind, Label(en or zh, zh or en), within, lon, lat)))
    return [one for *_, one in sorted(found, key=lambda entry: entry[:2])][:MOST]


def _parts(text: str) -> tuple[str, str | None]:
    """Return the name and the division that the text adds to it, before or after it."""
    names = _division_names()
    first, *others = (BETWEEN_CHARACTERS.sub("", part.strip()) for part in SEPARATORS.split(text))
    code = next((names[part.casefold()] for part in others if part.casefold() in names), None)
    if code is None and others and first.casefold() in names:
        return others[0], names[first.casefold()]
    if code is None:
        starts = sorted((one for one in names if len(one) >= 2 and first.startswith(one) and first != one), key=len)
        if starts and not first.isascii():
            rest = first[len(starts[-1]) :]
            return (first, None) if not SUFFIX.sub("", rest) else (rest, names[starts[-1]])
    return first, code


@lru_cache(maxsize=1)
def _division_names() -> Mapping[str, str]:
    """Return the codes of divisions by name, with and without the word for their level."""
    terms = vocabulary("division")
    return {
        label.casefold(): term.code for term in terms for label in (term.label_en, term.label_zh, SUFFIX.sub("", term.label_zh))
    }


def _zones(name: str) -> Select[Any]:
    zone, parent = tables.zone.c, tables.zone.alias("parent")
    inside = func.ST_PointOnSurface(zone.geom)
    of = case((zone.zone_kind == "division", zone.code), (zone.parent.like("__-%"), zone.parent), else_=parent.c.parent)
    joined = tables.zone.outerjoin(parent, (parent.c.code == zone.parent) & (parent.c.zone_kind == "prefecture"))
    return (
        select(zone.zone_kind, zone.name_en, zone.name_zh, of, func.ST_X(inside), func.ST_Y(inside))
        .select_from(joined)
        .where(zone.zone_kind != "country", zone.valid_to.is_(None), zone.geom.is_not(None), _named(zone, name))
        .order_by(func.length(zone.name_en), zone.id)
        .limit(40)
    )


def _projects(name: str) -> Select[Any]:
    project = tables.project.c
    return (
        select(
            literal("project"),
            project.name_en,
            project.name_zh,
            project.division,
            func.ST_X(project.geom),
            func.ST_Y(project.geom),
        )
        .where(project.geom.is_not(None), _named(project, name, "%"))
        .order_by(func.length(func.coalesce(project.name_en, project.name_zh)), project.id)
        .limit(MOST)
    )


def _named(columns: Any, name: str, before: str = "") -> ColumnElement[bool]:
    escaped = re.sub(r"([%_\\])", r"\\\1", name)
    return or_(columns.name_en.ilike(f"{before}{escaped}%"), columns.name_zh.like(f"{before}{escaped}%"))
