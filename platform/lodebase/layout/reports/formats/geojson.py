"""Reports as map layers: the planned plant, its radii, and the sites and places of ore around it."""

from collections.abc import Iterator, Mapping

import numpy as np
import orjson
import shapely

from lodebase.layout.parts.feedstock import OrePlace
from lodebase.layout.parts.sites import NeighbourSite
from lodebase.layout.reports.report import LayoutReport
from lodedata.layout.measures import GEOD

CORNERS = 96
OF_SITE = ("id", "name_en", "name_zh", "distance_km", "accuracy_m", "groups", "likely_same_as")
OF_PLACE = ("id", "kind", "name_en", "name_zh", "distance_km", "size_class")
Feature = Mapping[str, object]
"""A feature or geometry of GeoJSON."""


def write(report: LayoutReport, _language: str, _issuing_body: str | None = None) -> bytes:
    """Return a GeoJSON FeatureCollection; each feature names its layer."""
    return orjson.dumps({"type": "FeatureCollection", "features": list(_build_features(report)), "checksum": report.checksum})


def _build_features(report: LayoutReport) -> Iterator[Feature]:
    inputs = report.inputs
    geometry = shapely.geometry.mapping(shapely.from_wkt(inputs.wkt))
    yield _build_feature(
        "candidate", geometry, {"name": inputs.name, "product": inputs.product, "capacity_tpa": inputs.capacity_tpa}
    )
    for km in inputs.radii_km if not inputs.place else ():
        yield _build_feature("radius", build_geodesic_circle(inputs.lon, inputs.lat, km), {"km": km})
    for site in report.neighbours.sites:
        properties = {name: getattr(site, name) for name in OF_SITE}
        yield _build_feature("site", _build_point(site), properties)
    for place in report.feedstock.places:
        properties = {name: getattr(place, name) for name in OF_PLACE}
        yield _build_feature("ore", _build_point(place), properties)


def build_geodesic_circle(lon: float, lat: float, km: float) -> Feature:
    """Return the geodesic circle around a point as a polygon; longitudes continue past 180 at the antimeridian."""
    bearings = np.linspace(0, 360, CORNERS)
    lons, lats, _ = GEOD.fwd(np.full(CORNERS, lon), np.full(CORNERS, lat), bearings, np.full(CORNERS, km * 1000))
    ring = np.column_stack([lon + (np.asarray(lons) - lon + 180) % 360 - 180, lats]).round(5)
    return {"type": "Polygon", "coordinates": [ring[::-1].tolist()]}


def _build_point(row: NeighbourSite | OrePlace) -> Feature:
    return {"type": "Point", "coordinates": [row.lon, row.lat]}


def _build_feature(layer: str, geometry: Feature, properties: Feature) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **properties}}
