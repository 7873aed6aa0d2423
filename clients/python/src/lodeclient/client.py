"""The client of a site."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from lodeclient.records import Collection
from lodeclient.transport import Transport

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion of the search: a record or a term, with its names and position."""

    kind: str
    id: str
    name_en: str | None
    name_zh: str | None
    commodities: tuple[str, ...]
    lon: float | None
    lat: float | None
    href: str


class Lode:
    """A Lode site.

    ``url`` is its address, such as https://lode.example; ``key`` an API key of its operator, which raises the limits;
    ``session`` one of requests with your own proxies or certificates. Methods raise LodeError with the site's sentence for
    what it refuses, and requests.RequestException if it can't be reached.
    """

    def __init__(
        self, url: str = "http://127.0.0.1:8000", key: str | None = None, session: requests.Session | None = None
    ) -> None:
        self.transport = Transport(url, key, session)

    def collections(self) -> list[str]:
        """Return the names of the collections."""
        return [one["id"] for one in self.transport.get_json("/api/collections")["collections"]]

    def collection(self, name: str, cql2: str | None = None, **filters: object) -> Collection:
        """Return the records of a collection that match filters.

        Filters are the parameters of the API by keyword (``commodity="copper"``, ``country=["CHL", "PER"]``,
        ``bbox=(-75, -30, -65, -18)``, ``limit=100``), and a condition in CQL2 (``"figure_capacity_tpa > 100000"``).
        """
        return Collection(self.transport, name, filters).where(cql2) if cql2 else Collection(self.transport, name, filters)

    def search(self, text: str, limit: int = 10, lang: str | None = None) -> list[Suggestion]:
        """Return records and terms by a name, or its beginning, in English, Chinese or pinyin, the best first."""
        body = self.transport.get_json("/api/search", {"q": text, "limit": limit, "lang": lang})
        names = Suggestion.__dataclass_fields__
        return [
            Suggestion(**{name: one[name] for name in names if name != "commodities"}, commodities=tuple(one["commodities"]))
            for one in body["suggestions"]
        ]

    def statistics(self, **filters: object) -> "pandas.DataFrame":
        """Return observations of statistics as a table: one row each, with period, value, unit, release and source.

        Filters are ``indicator``, ``commodity``, ``stage``, ``area``, ``source``, ``from_``, ``to`` (years), ``as_of`` (a day).
        """
        import pandas  # noqa: PLC0415 - an extra

        response = self.transport.get("/api/statistics/observations", filters)
        frame = pandas.DataFrame.from_records(response.body["observations"])
        frame.attrs |= {"site": self.transport.url, "dataset_version": response.version, "complete": response.body["complete"]}
        return frame

    def series(self, **filters: object) -> list[dict[str, Any]]:
        """Return the series of statistics that match."""
        found: list[dict[str, Any]] = self.transport.get_json("/api/statistics/series", filters)["series"]
        return found

    def sources(self) -> dict[str, dict[str, Any]]:
        """Return the sources of the records by name, each with its licence and citation."""
        return {one["name"]: one for one in self.transport.get_json("/api/sources")["sources"]}

    def check_layout(
        self, lon: float, lat: float, product: str, capacity_tpa: float | None = None, **more: object
    ) -> dict[str, Any]:
        """Return the report on a planned plant: what is near, what it duplicates, and the rules, with sources.

        ``lon`` and ``lat`` are degrees in WGS 84, ``capacity_tpa`` is in tonnes of product a year. ``more`` are further
        properties of the plant.
        """
        properties = {"product": product, "capacity_tpa": capacity_tpa, **more}
        candidate = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {name: value for name, value in properties.items() if value is not None},
        }
        found: dict[str, Any] = self.transport.get_json("/api/layout/check", {"candidate": json.dumps(candidate)})
        return found

    def check_list(
        self, name: str | None = None, uscc: str | None = None, project: str | None = None, date: str | None = None
    ) -> dict[str, Any]:
        """Return whether a firm is on a list of standard conditions on a day: yes, no or not known, with the announcement."""
        given = {"name": name, "uscc": uscc, "project": project, "date": date}
        found: dict[str, Any] = self.transport.get_json("/api/lists/check", given)
        return found

    def check_firms(self, firms: Iterable[Mapping[str, str]]) -> str:
        """Return the results for many firms as CSV; each is a mapping with ``name``, and ``uscc`` if it is known."""
        rows = list(firms)
        lines = [["name", "uscc"], *([one.get("name", ""), one.get("uscc", "")] for one in rows)]
        body = "".join(",".join(_cell(cell) for cell in line) + "\r\n" for line in lines)
        headers = {"Content-Type": "text/csv; charset=utf-8"}
        sent = self.transport.send("POST", "/api/lists/check", data=body.encode(), headers=headers)
        return sent.content.decode("utf-8-sig")

    def download(self, collection: str, path: str | Path, form: str = "geoparquet", **filters: object) -> Path:
        """Write all records of a collection that match to a file; see ``Collection.download``."""
        return self.collection(collection, None, **filters).download(path, form)


def _cell(text: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"'
