"""Gauss-Krüger systems of China: the EPSG code of a zone whose number is the prefix of the easting, such as 39."""

from lodedata.geography import crs

CGCS2000, XIAN80, BEIJING54 = "EPSG:4490", "EPSG:4610", "EPSG:4214"
THREE_DEGREE = {CGCS2000: 4513, XIAN80: 2349, BEIJING54: 2401}
"""EPSG code of zone 25, the first one of 3 degrees, by datum."""
SIX_DEGREE = {CGCS2000: 4491, XIAN80: 2327, BEIJING54: 21413}
"""EPSG code of zone 13, the first one of 6 degrees, by datum."""
FIRST_OF_THREE, LAST_OF_THREE = 25, 45
FIRST_OF_SIX, LAST_OF_SIX = 13, 23
ZONE_M = 1_000_000
"""The zone number is the easting's millions."""


def parse_zone_number(easting: float) -> int | None:
    """Return the zone number in front of an easting, None if there is none of China's."""
    zone = int(abs(easting) // ZONE_M)
    return zone if FIRST_OF_THREE <= zone <= LAST_OF_THREE or FIRST_OF_SIX <= zone <= LAST_OF_SIX else None


def choose_zone_system(datum: str, zone: int) -> str:
    """Return the EPSG code of a zone: of 3 degrees from 25 on, of 6 degrees below."""
    if zone >= FIRST_OF_THREE:
        return f"EPSG:{THREE_DEGREE[datum] + zone - FIRST_OF_THREE}"
    return f"EPSG:{SIX_DEGREE[datum] + zone - FIRST_OF_SIX}"


def compute_longitude_zone(lon: float) -> int:
    """Return the number of the 3-degree zone of a longitude."""
    return round(lon / 3)


def get_uncertainty_m(system: str) -> float | None:
    """Return the least uncertainty in metres of positions in a system, None for modern datums."""
    return crs.estimate_uncertainty_m(system) or None
