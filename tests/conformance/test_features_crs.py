"""OGC API Features, Part 2 (18-058r1), annex A: the listed systems are accepted, reported, and transformed to correctly.

Positions are checked against PROJ by pyproj, in the order of axes of each system's authority.
"""

import json
import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import shapely
from pyproj import CRS, Transformer
from shapely.geometry import shape
from tests.quick import mostly_slow

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
URI = re.compile(r"http://www\.opengis\.net/def/crs/[A-Za-z]+/[\w.]+/\w+")
UNKNOWN = (f"{EPSG}0", f"{EPSG}4327", "EPSG:4326", "4326", "http://www.opengis.net/def/crs/OGC/0/does_not_exist", "", "x")
SUITE_SYSTEMS = 20
WHERE = {
    4326: (-180.0, -90.0, 180.0, 90.0),
    4490: (73.0, 16.0, 136.0, 54.0),
    3857: (-180.0, -80.0, 180.0, 80.0),
    32650: (114.0, 10.0, 120.0, 54.0),
    32719: (-72.0, -60.0, -66.0, -5.0),
    32717: (-84.0, -30.0, -78.0, 0.0),
    4508: (108.0, 18.0, 114.0, 54.0),
    4498: (114.0, 18.0, 120.0, 54.0),
    4547: (112.5, 18.0, 115.5, 54.0),
}
"""A system of each kind with a box in degrees of its own area, longitude first."""


def uri(code: int) -> str:
    return f"{EPSG}{code}"


def content_crs(crs: str) -> str:
    return f"<{crs}>"


@lru_cache(maxsize=64)
def of_authority(code: int) -> Transformer:
    """From longitude and latitude to a system with the axes as its authority has them."""
    return Transformer.from_crs("OGC:CRS84", CRS.from_epsg(code))


def brought(geometry: dict[str, Any], code: int) -> shapely.Geometry:
    """A geometry of CRS84 in another system, by pyproj."""
    transformer = of_authority(code)
    return shapely.transform(shape(geometry), lambda x, y: transformer.transform(x, y), interleaved=False)


def box_text(degrees: Iterable[float], code: int) -> str:
    """A box of degrees as a client writes it in another system, in that one's order of axes."""
    west, south, east, north = degrees
    if code in (4326, 4490):
        return f"{south},{west},{north},{east}"
    corners = of_authority(code).transform([west, east, west, east], [south, south, north, north])
    return f"{min(corners[0])},{min(corners[1])},{max(corners[0])},{max(corners[1])}"


def no_number(text: str) -> None:
    """Raise AssertionError for Infinity and NaN, which JSON does not have: a position outside a system."""
    raise AssertionError(f"{text} is no JSON (RFC 8259, 6)")


def test_a_system_is_named_by_its_uri(api: "Api", name: str) -> None:
    """/conf/crs/crs-uri; the last one points at the list of all collections (requirement 5 B)."""
    *own, pointer = api.get(f"/collections/{name}")["crs"]
    assert own and all(URI.fullmatch(one) for one in (*own, *api.get("/collections")["crs"]))
    assert pointer == "#/crs"


def test_the_default_is_in_the_list(api: "Api", name: str) -> None:
    """/conf/crs/default-crs."""
    assert CRS84 in api.get(f"/collections/{name}")["crs"]
    assert {*api.get(f"/collections/{name}")["crs"]} - {"#/crs"} <= {*api.get("/collections")["crs"]}


def test_the_system_of_the_store_is_in_the_list(api: "Api", name: str) -> None:
    """/conf/crs/storageCrs."""
    body = api.get(f"/collections/{name}")
    assert URI.fullmatch(body["storageCrs"]) and body["storageCrs"] in body["crs"]


def test_the_first_systems_are_all_answered(api: "Api", name: str) -> None:
    """/conf/crs/crs-parameter: 200 and Content-Crs for each system that is listed; the suite takes the first 20."""
    (identity, *_) = api.features(name, limit="1")
    refused = []
    # "#/crs" points at the list of all systems, most of them for a part of the earth only (docs/decisions/019)
    for crs in [uri for uri in api.get(f"/collections/{name}")["crs"] if uri != "#/crs"][:SUITE_SYSTEMS]:
        for path in (f"/collections/{name}/items", f"/collections/{name}/items/{identity}"):
            response = api.request(path, {"crs": crs})
            json.loads(response.data, parse_constant=no_number)
            if response.status_code != 200 or response.headers["Content-Crs"] != content_crs(crs):
                refused.append((path, crs, response.status_code, response.get_data(as_text=True)[:120]))
    assert refused == []


@pytest.mark.parametrize("code", WHERE)
def test_every_kind_of_system_is_answered(api: "Api", name: str, code: int) -> None:
    """/conf/crs/crs-parameter: with Content-Crs, for the list and for one feature."""
    found = api.features(name, bbox=",".join(map(str, WHERE[code])), crs=uri(code))
    response = api.request(f"/collections/{name}/items", {"crs": uri(code), "bbox": ",".join(map(str, WHERE[code]))})
    assert (response.status_code, response.headers["Content-Crs"]) == (200, content_crs(uri(code)))
    for identity in list(found)[:3]:
        one = api.request(f"/collections/{name}/items/{quote(identity, safe='')}", {"crs": uri(code)})
        assert (one.status_code, one.headers["Content-Crs"]) == (200, content_crs(uri(code)))


def test_without_a_system_the_default_counts(api: "Api", name: str) -> None:
    """/conf/crs/crs-parameter-default: the same bytes as when it is named, but for the time and the links."""
    (identity, *_) = api.features(name, limit="1")
    for path in (f"/collections/{name}/items", f"/collections/{name}/items/{identity}"):
        silent, named = api.request(path), api.request(path, {"crs": CRS84})
        assert silent.headers["Content-Crs"] == named.headers["Content-Crs"] == content_crs(CRS84)
        one, other = (response.get_json(force=True) | {"links": None, "timeStamp": None} for response in (silent, named))
        assert one == other


@pytest.mark.parametrize("crs", UNKNOWN)
def test_a_system_that_is_not_listed_is_refused(api: "Api", name: str, crs: str) -> None:
    """/conf/crs/crs-parameter-invalid: 400 for the list and for one feature."""
    (identity, *_) = api.features(name, limit="1")
    for path in (f"/collections/{name}/items", f"/collections/{name}/items/{identity}"):
        response = api.request(path, {"crs": crs})
        assert response.status_code == 400
        assert response.get_json(force=True)["parameter"] == "crs"


@pytest.mark.parametrize("code", mostly_slow(WHERE, quick=(4326, 32719)))
def test_positions_are_transformed(api: "Api", name: str, code: int) -> None:
    """/conf/crs/crs-transform: as pyproj has them, axes as the authority orders them, within a centimetre."""
    box = ",".join(map(str, WHERE[code]))
    plain, brought_there = api.features(name, bbox=box), api.features(name, bbox=box, crs=uri(code))
    assert list(plain) == list(brought_there)
    compared = 0
    tolerance = 1e-7 if code in (4326, 4490) else 0.01
    for identity, feature in plain.items():
        transformed = brought_there[identity]
        assert transformed["properties"] == feature["properties"]
        if feature["geometry"] is None:
            assert transformed["geometry"] is None
            continue
        wanted = brought(feature["geometry"], code)
        if not all(map(math.isfinite, wanted.bounds)):
            continue
        coordinates = shapely.get_coordinates(shape(transformed["geometry"]))
        assert abs(coordinates - shapely.get_coordinates(wanted)).max() < tolerance
        one = (
            api.get(f"/collections/{name}/items/{quote(identity, safe='')}", {"crs": uri(code)})
            if compared < 3
            else transformed
        )
        assert one["geometry"] == transformed["geometry"]
        compared += 1
    if name == "deposits":
        assert compared > 0


def test_the_axes_come_as_the_authority_orders_them(api: "Api") -> None:
    """/conf/crs/crs-transform: latitude first in EPSG:4326 and 4490, easting first in UTM, northing first in Gauss-Krüger."""
    query = {"bbox": "117.5,28.9,117.8,29.1", "limit": "1"}

    def position(crs: str) -> list[float]:
        (feature,) = api.get("/collections/deposits/items", {**query, "crs": crs})["features"]
        return list(feature["geometry"]["coordinates"])

    lon, lat = position(CRS84)
    assert position(uri(4326)) == [lat, lon]
    assert position(uri(4490)) == pytest.approx([lat, lon], abs=1e-7)
    assert position(uri(3857))[0] == pytest.approx(lon * 20_037_508.342789244 / 180, abs=0.01)
    easting, northing = position(uri(32650))
    assert 100_000 < easting < 1_000_000 < 3_000_000 < northing < 3_400_000
    northing, easting = position(uri(4509))
    assert 3_000_000 < northing < 3_400_000


@pytest.mark.parametrize("code", WHERE)
def test_a_box_may_be_given_in_every_kind_of_system(api: "Api", name: str, code: int) -> None:
    """/conf/crs/bbox-crs-parameter: what lies in the box by its own system, as pyproj has it, and nothing else."""
    box = box_text(WHERE[code], code)
    response = api.request(f"/collections/{name}/items", {"bbox": box, "bbox-crs": uri(code)})
    assert (response.status_code, response.headers["Content-Crs"]) == (200, content_crs(CRS84))
    found = {identity for identity, f in api.features(name, bbox=box, bbox_crs=uri(code)).items() if f["geometry"] is not None}
    plain = api.features(name, bbox=",".join(map(str, WHERE[code])))
    if code in (4326, 4490):
        assert found == {identity for identity, feature in plain.items() if feature["geometry"] is not None}
        return
    low_x, low_y, high_x, high_y = map(float, box.split(","))
    inside = set()
    for identity, feature in api.features(name).items():
        if feature["geometry"] is not None and feature["geometry"]["type"] == "Point":
            x, y = of_authority(code).transform(*feature["geometry"]["coordinates"])
            # on the other side of the earth a transverse projection repeats the coordinates of this one
            if low_x <= x <= high_x and low_y <= y <= high_y and (identity in found or identity in plain):
                inside.add(identity)
    if name == "zones":
        assert set(plain) <= found
    else:
        assert found == inside


def test_the_default_system_of_a_box_may_be_named(api: "Api", name: str) -> None:
    """/conf/crs/bbox-crs-parameter-default."""
    box = ",".join(map(str, api.get(f"/collections/{name}")["extent"]["spatial"]["bbox"][0]))
    assert api.features(name, bbox=box, bbox_crs=CRS84) == api.features(name, bbox=box)


@pytest.mark.parametrize("crs", UNKNOWN)
def test_a_box_in_a_system_that_is_not_listed_is_refused(api: "Api", name: str, crs: str) -> None:
    """/conf/crs/bbox-crs-parameter-invalid."""
    response = api.request(f"/collections/{name}/items", {"bbox": "0,0,1,1", "bbox-crs": crs})
    assert response.status_code == 400
    assert response.get_json(force=True)["parameter"] == "bbox-crs"


def test_next_link_keeps_the_crs(api: "Api") -> None:
    """/req/crs/crs-action with /conf/core/fc-links: the next page is in the system of the first."""
    first = api.get("/collections/deposits/items", {"crs": uri(4326), "limit": 2})
    (following,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
    response = api.request(following)
    assert response.headers["Content-Crs"] == content_crs(uri(4326))


def test_the_parameters_are_in_the_definition(api: "Api", name: str) -> None:
    """/req/crs/fc-crs-definition, /req/crs/fc-bbox-crs-definition: texts of the format uri, form, not exploded."""
    described = api.get("/openapi.json")
    listed = {part.get("$ref") for part in described["paths"][f"/collections/{name}/items"]["get"]["parameters"]}
    for wanted in ("crs", "bbox-crs"):
        assert f"#/components/parameters/{wanted}" in listed
        part = described["components"]["parameters"][wanted]
        assert (part["in"], part["style"], part["explode"]) == ("query", "form", False)
        assert (part["schema"]["type"], part["schema"]["format"]) == ("string", "uri")
