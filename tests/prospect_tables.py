"""Deposits and a ground pack for the tests of prospectivity: a belt in Canada, and deposits without order."""

import json
from pathlib import Path
from typing import Any

import numpy as np

MAPPING = """
name: own-finds
title_en: Own finds
title_zh: 自有发现
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: name
    country: country
    position: {lon: lon, lat: lat, accuracy_m: 100}
    commodities: [metal]
    deposit_model: [model]
    discovery_year: year
"""
VMS = "Volcanogenic massive sulfide (VMS)"
BELT_BOX = "POLYGON((-110 45,-70 45,-70 60,-110 60,-110 45))"


def write_belt_rows() -> str:
    """Return 300 deposits in a belt of Canada found from 1950 to 2009, every seventh without a year, and two laterites."""
    random = np.random.default_rng(4)
    places = zip(random.uniform(-109, -71, 300), random.uniform(51.1, 52.9, 300), strict=True)
    lines = ["id,name,country,lon,lat,metal,model,year"]
    for n, (lon, lat) in enumerate(places):
        lines.append(f"{n},Find {n},CAN,{lon:.4f},{lat:.4f},copper,{VMS},{'' if n % 7 == 0 else 1950 + n // 5}")
    lines += [f"l{n},Laterite {n},IDN,{121 + n},-3,nickel,laterite-nickel,1990" for n in (1, 2)]
    return "\n".join(lines) + "\n"


def write_scattered_rows() -> str:
    """Return 200 deposits of sediment-hosted copper found from 1950 to 2009, at random over the whole box of the belt."""
    random = np.random.default_rng(11)
    places = zip(random.uniform(-110, -70, 200), random.uniform(45, 60, 200), strict=True)
    lines = ["id,name,country,lon,lat,metal,model,year"]
    lines += [
        f"s{n},Scattered {n},CAN,{lon:.4f},{lat:.4f},copper,sediment-hosted-copper-co,{1950 + n * 3 // 10}"
        for n, (lon, lat) in enumerate(places)
    ]
    return "\n".join(lines) + "\n"


def write_pack(folder: Path) -> Path:
    """Return a ground pack with two provinces and a fault along the belt."""

    def feature(geometry: dict[str, Any], **properties: str) -> dict[str, Any]:
        return {"type": "Feature", "properties": properties, "geometry": geometry}

    def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    provinces = [
        feature(box(-112, 51, -68, 53), prov_type="volcanic arc"),
        feature(box(-112, 53, -68, 62), prov_type="Shield <b>of the tests</b>"),
    ]
    faults = [feature({"type": "LineString", "coordinates": [[-112, 52], [-68, 52]]})]
    folder.mkdir()
    for name, features in (("provinces", provinces), ("faults", faults)):
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    layers = [
        {
            "name": name,
            "kind": kind,
            "title_en": title,
            "title_zh": zh,
            "path": f"{name}.geojson",
            "attribution": "The tests",
            "licence": "CC0-1.0",
        }
        for name, kind, title, zh in (
            ("provinces", "geology", "Provinces", "地质构造单元"),
            ("faults", "faults", "Faults", "断裂"),
        )
    ]
    (folder / "ground.yml").write_text(json.dumps({"name": "mine", "title_en": "", "title_zh": "", "layers": layers}))
    return folder
