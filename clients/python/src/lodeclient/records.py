"""Records of a collection that match filters, page by page, and as tables."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lodeclient.download import download
from lodeclient.transport import Transport, parameter_texts

if TYPE_CHECKING:
    import geopandas
    import pandas

PAGE = 1_000
"""Records of a request."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The records of a collection that match filters; nothing is requested until they are read."""

    transport: Transport
    name: str
    parameters: Mapping[str, object]

    def where(self, cql2: str | None = None, **filters: object) -> "Collection":
        """Return the records that match further filters: keywords such as ``country="CHL"``, and a condition in CQL2."""
        earlier = self.parameters.get("filter")
        condition = f"({earlier}) AND ({cql2})" if earlier and cql2 else cql2 or earlier
        return replace(self, parameters={**self.parameters, **filters, **({"filter": condition} if condition else {})})

    def as_of(self, version: int | str) -> "Collection":
        """Return the records as they were at a version of the data, or on a day such as 2026-01-31."""
        return replace(self, parameters={**self.parameters, "as_of": version})

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the records as GeoJSON features, all of the same version. Raises LodeError."""
        limited = self.parameters.get("limit")
        left = None if limited is None else int(str(limited))
        address: str | None = self._path("items")
        parameters: Mapping[str, object] | None = {**self.parameters, "limit": min(PAGE, left or PAGE)}
        while address is not None and left != 0:
            page = self.transport.get_json(address, parameters)
            yield from page["features"][:left]
            left = None if left is None else left - len(page["features"][:left])
            # the link has all parameters
            address, parameters = next((link["href"] for link in page["links"] if link["rel"] == "next"), None), None

    def __len__(self) -> int:
        """Return the number of records that match. Raises LodeError."""
        page = self.transport.get_json(self._path("items"), {**self.parameters, "limit": 1})
        return int(page["numberMatched"])

    def facets(self) -> dict[str, dict[str, int]]:
        """Return the number of records by value of each field that is counted. Raises LodeError."""
        filters = {name: value for name, value in self.parameters.items() if name != "limit"}
        facets = self.transport.get_json(self._path("facets"), filters)["facets"]
        return {facet["field"]: {value["value"]: value["count"] for value in facet["values"]} for facet in facets}

    def record(self, identity: str) -> dict[str, Any]:
        """Return one record with all its figures, and each value with its source. Raises LodeError."""
        found: dict[str, Any] = self.transport.get_json(self._path(f"items/{quote(identity, safe='')}"), {"profile": "full"})
        return found

    def to_dataframe(self) -> "pandas.DataFrame":
        """Return the records as a table, one row each, indexed by id, with longitude and latitude of points. Raises LodeError.

        ``attrs`` has the address and the version of the data, to cite.
        """
        import pandas  # noqa: PLC0415 - an extra

        features = list(self)
        rows = [_row(feature) for feature in features]
        frame = pandas.DataFrame.from_records(rows, columns=None if rows else ["id"])
        described: pandas.DataFrame = self._described(frame.set_index("id"))
        return described

    def to_geodataframe(self) -> "geopandas.GeoDataFrame":
        """Return the records as a table with geometries in WGS 84 (longitude, latitude), indexed by id. Raises LodeError.

        A record without position has the geometry None.
        """
        import geopandas  # noqa: PLC0415 - an extra
        from shapely.geometry import shape  # noqa: PLC0415 - an extra

        features = list(self)
        rows = [{"id": feature["id"], **feature["properties"]} for feature in features]
        geometries = [None if feature["geometry"] is None else shape(feature["geometry"]) for feature in features]
        frame = geopandas.GeoDataFrame(rows or {"id": []}, geometry=geometries, crs="OGC:CRS84")
        return self._described(frame.set_index("id"))

    def download(self, path: str | Path, form: str = "geoparquet") -> Path:
        """Write all records that match to a file and return its path; an interrupted download is resumed by another call.

        ``form`` is a format of the site, such as csv, gpkg or geoparquet. The file is checked by the digest that the site
        states. Raises LodeError, DownloadDamaged, requests.RequestException.
        """
        parameters = {name: value for name, value in self.parameters.items() if name != "limit"}
        return download(self.transport, self._path(f"download/{form}"), parameter_texts(parameters), Path(path))

    def _path(self, rest: str) -> str:
        return f"/api/collections/{quote(self.name, safe='')}/{rest}"

    def _described(self, frame: Any) -> Any:
        parameters = {**self.parameters, "limit": 1}
        response = self.transport.get(self._path("items"), parameters)
        frame.attrs |= {
            "site": self.transport.url,
            "dataset_version": response.version,
            "retrieved": time.strftime("%Y-%m-%d", time.gmtime()),
        }
        return frame


def _row(feature: Mapping[str, Any]) -> dict[str, Any]:
    geometry = feature["geometry"]
    lon, lat = geometry["coordinates"][:2] if geometry is not None and geometry["type"] == "Point" else (None, None)
    return {"id": feature["id"], **feature["properties"], "lon": lon, "lat": lat}
