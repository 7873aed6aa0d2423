"""The positions of the labels of first-level divisions on a map."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from lodebase.db.schema import tables
from lodebase.query.reading import open_reading, read_dataset_version


@dataclass(frozen=True, slots=True)
class DivisionName:
    """A division's code, its name in both languages, a position within the division, its size in square degrees."""

    code: str
    name_en: str
    name_zh: str | None
    lon: float
    lat: float
    size: float


def read_division_names(engine: Engine) -> tuple[int, list[DivisionName]]:
    """Return the dataset version and the divisions that are valid, largest first. Raise DatabaseAway if it is unavailable."""
    zone = tables.zone.c
    # the point in the widest part, so that the label of an archipelago is not in the sea
    place = func.ST_PointOnSurface(zone.geom)
    size = func.ST_Area(zone.geom)
    statement = (
        select(
            zone.code,
            zone.name_en,
            zone.name_zh,
            func.ST_X(place).label("lon"),
            func.ST_Y(place).label("lat"),
            size.label("size"),
        )
        .where(zone.zone_kind == "division", zone.valid_to.is_(None), zone.geom.is_not(None))
        .order_by(size.desc(), zone.id)
    )
    with open_reading(engine) as connection:
        return read_dataset_version(connection), [DivisionName(*row) for row in connection.execute(statement)]
