"""The point of view on borders (LODE_WORLDVIEW), applied to the boundaries of sources as they are imported."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import shapely

from lodebase.db.boundaries import read_boundary_file
from lodedata.geography import tianditu, worldview
from lodedata.geography.worldview import Worldview
from lodedata.mapping import Reading, Source, Tally
from lodedata.records import Zone

DIVISIONS, COUNTRIES = "china-divisions", "natural-earth"
Changed = Callable[[Zone], Zone | None]
"""Returns a zone as the view has it, None for one that it does not have."""


def add_view_to_source(source: Source, view: Worldview) -> Source:
    """Return the source with the view in its version, so that another view is another version."""
    if source.name not in (DIVISIONS, COUNTRIES) or view == "international":
        return source
    return source.model_copy(update={"version": f"{source.version} ({view})"})


def build_view_reader(
    source: Source, read: Callable[[Tally], Iterable[Reading]], view: Worldview, outlines: Path
) -> Callable[[Tally], Iterable[Reading]]:
    """Return a reader of the same rows whose zones are those of the view; ``outlines`` is a TopoJSON file of countries."""
    folder = tianditu.find_tianditu_folder()
    as_read = source.name == DIVISIONS and view == worldview.CHINA
    if folder is None or source.name not in (DIVISIONS, COUNTRIES) or as_read:
        return read
    change = _build_division_change(folder, outlines) if source.name == DIVISIONS else _build_country_change(folder, view)

    def reading(tally: Tally) -> Iterator[Reading]:
        for source_reading in read(tally):
            yield _apply_view(source_reading, change, view)

    return reading


def _apply_view(reading: Reading, change: Changed, view: Worldview) -> Reading:
    """Return the reading in the view; its row says so where the view changed it, so that another view is another row."""
    zones = [record for record in reading.records if isinstance(record, Zone)]
    if not zones:
        return reading
    changed_zones = [change(zone) for zone in zones]
    if all(new is old for new, old in zip(changed_zones, zones, strict=True)):
        return reading
    rows = tuple(replace(row, raw=orjson.dumps({**orjson.loads(row.raw), "worldview": view})) for row in reading.rows)
    return replace(reading, rows=rows, records=tuple(zone for zone in changed_zones if zone is not None))


def _build_division_change(folder: Path, outlines: Path) -> Changed:
    """Return the change of China's divisions to the international view."""
    countries = read_boundary_file(outlines).areas if outlines.is_file() else ()
    contested = worldview.find_contested_parts(worldview.read_china_area(folder), countries)
    shapely.prepare(contested)

    def change(zone: Zone) -> Zone | None:
        if zone.code.startswith(worldview.LEFT_OUT):
            return None
        polygon = shapely.from_wkb(zone.wkb)
        if not contested.intersects(polygon):
            return zone
        left = worldview.build_multipolygon(shapely.difference(polygon, contested))
        if left.area < worldview.MIN_PART * polygon.area:
            return None
        return replace(zone, wkb=shapely.to_wkb(left, include_srid=False))

    return change


def _build_country_change(folder: Path, view: Worldview) -> Changed:
    """Return the change of countries and divisions of the world: China's own divisions are those of Tianditu in each view."""
    area = worldview.read_china_area(folder)
    shapely.prepare(area)

    def change(zone: Zone) -> Zone | None:
        country = zone.country or zone.code
        of_china = country == worldview.CHINA or country in worldview.PARTS_OF_CHINA
        if zone.zone_kind == "division" and of_china:
            return None
        if view == "international":
            return zone
        if zone.code == worldview.CHINA:
            return replace(zone, wkb=shapely.to_wkb(worldview.build_multipolygon(area), include_srid=False))
        if of_china:
            return None
        polygon = shapely.from_wkb(zone.wkb)
        left = worldview.subtract_area(polygon, area)
        if left is polygon:
            return zone
        return None if left is None else replace(zone, wkb=shapely.to_wkb(left, include_srid=False))

    return change
