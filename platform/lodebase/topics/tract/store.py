"""The polygon of a named tract, and the deposits of a type in a tract."""

from collections.abc import Collection
from dataclasses import dataclass

import shapely
from sqlalchemy import Connection, text

from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS
from lodedata.messages import msg

MAX_REFERENCES = 6
"""References that a refusal names."""
ZONES = text("""
SELECT zone_kind || '/' || code AS reference, name_en, name_zh, ST_AsBinary(geom) AS geom FROM lode.zone
WHERE geom IS NOT NULL AND (zone_kind || '/' || code = :name OR lower(name_en) = lower(:name) OR name_zh = :name)
ORDER BY zone_kind || '/' || code <> :name, valid_to IS NOT NULL, zone_kind, code, id LIMIT 50
""")
INSIDE = text("""
SELECT id, name_en, name_zh, discovery_year FROM lode.deposit
WHERE deposit_model = ANY(:models) AND :commodity = ANY(commodities) AND geom IS NOT NULL
  AND ST_Covers(ST_SetSRID(ST_GeomFromWKB(:tract), 4326), geom)
ORDER BY coalesce(name_en, name_zh), id
""")


@dataclass(frozen=True, slots=True)
class NamedTract:
    """A zone as a tract: its reference such as ``country/CHL``, its names and its polygon in WGS 84."""

    reference: str
    name_en: str
    name_zh: str | None
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class KnownDeposit:
    """A deposit of the type whose position lies in the tract."""

    id: str
    name_en: str | None
    name_zh: str | None
    discovery_year: int | None


def find_tract(connection: Connection, name: str) -> NamedTract:
    """Return the zone that a name or a reference means. Raise BadQuery if none or several do."""
    rows = connection.execute(ZONES, {"name": name}).all()
    exact = [row for row in rows if row.reference == name]
    zones = {row.reference: row for row in reversed(exact or rows)}
    if len(zones) == 1:
        row = next(iter(zones.values()))
        return NamedTract(row.reference, row.name_en, row.name_zh, shapely.from_wkb(bytes(row.geom)))
    quoted = name[:MAX_QUOTED_CHARACTERS]
    if not zones:
        raise BadQuery(
            "place",
            quoted,
            msg(
                'No zone is named "%(value)s". Enter the name of a country, division or other zone, or a reference such as '
                "country/CHL; see /api/collections/zones/items."
            ),
        )
    raise BadQuery(
        "place",
        quoted,
        msg('"%(value)s" is the name of several zones. Enter one of %(choices)s.', choices=sorted(zones)[:MAX_REFERENCES]),
    )


def read_known(connection: Connection, tract: bytes, models: Collection[str], commodity: str) -> tuple[KnownDeposit, ...]:
    """Return the deposits of some types and a metal that lie in a tract, which is WKB in WGS 84."""
    rows = connection.execute(INSIDE, {"models": list(models), "commodity": commodity, "tract": tract})
    return tuple(KnownDeposit(*row) for row in rows)
