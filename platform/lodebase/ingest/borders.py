"""The boundaries that positions are checked against: those of the store, else a file of countries."""

from pathlib import Path

import psycopg
import pyogrio
import shapely

from lodedata.boundaries import Area, Boundaries
from lodedata.vocab import vocabulary

ZONES = """
SELECT zone_kind, code, coalesce(country, code), ST_AsBinary(geom), coalesce(accuracy_m, 5000)
FROM zone WHERE zone_kind IN ('country', 'division') AND valid_to IS NULL
"""


def boundaries(address: str, fallback: Path | None) -> Boundaries:
    """Countries and divisions of the store; where it has none, the countries of a TopoJSON file, else none."""
    with psycopg.connect(address) as connection:
        rows = connection.execute(ZONES).fetchall()
    if rows:
        return Boundaries(
            [Area(code, country, kind == "division", shapely.from_wkb(wkb), float(m)) for kind, code, country, wkb, m in rows]
        )
    return of_file(fallback) if fallback is not None and fallback.is_file() else Boundaries(())


def of_file(path: Path) -> Boundaries:
    """The countries of a TopoJSON file whose ids are ISO 3166-1 numeric codes."""
    by_number = {term.extra["m49"]: term.code for term in vocabulary("country")}
    frame = pyogrio.read_dataframe(path, layer="countries")
    areas = [
        Area(by_number[str(number).zfill(3)], by_number[str(number).zfill(3)], False, shapely.make_valid(shape))
        for number, shape in zip(frame["id"], frame.geometry, strict=True)
        if str(number).zfill(3) in by_number and shape is not None
    ]
    return Boundaries(areas)
