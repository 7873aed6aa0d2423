"""The Python client against a site: search, pages, tables, statistics, checks, downloads and the cache."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from lodeclient import DownloadDamaged, Lode, LodeError
from lodeclient import records as client_records


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The address of the site, served by werkzeug."""
    serving = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.port}"
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.fixture
def lode(address: str) -> Iterator[Lode]:
    made = Lode(address)
    yield made
    made.transport.session.close()


def test_client_reads_search_and_collections(lode: Lode) -> None:
    assert "deposits" in lode.collections()
    best = lode.search("德兴", limit=3)[0]
    assert (best.kind, best.name_zh, best.commodities) == ("deposit", "德兴铜矿", ("copper",))


def test_pages_follow_each_other_and_hold_every_record_once(lode: Lode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_records, "PAGE", 7)
    chile = lode.collection("deposits", country="CHL")
    ids = [one["id"] for one in chile]
    assert len(ids) == len(set(ids)) == len(chile) == 40
    assert len(list(lode.collection("deposits", country="CHL", limit=10))) == 10


def test_keywords_lists_and_cql2_are_combined(lode: Lode) -> None:
    deposits = lode.collection("deposits", country=["CHL", "FJI"], bbox=(-80, -40, 180, 40))
    assert len(deposits) == 41
    tin = deposits.where(commodity="tin")
    assert len(tin) == 10
    named = tin.where("name_en = 'Field 3'").where("country = 'CHL'")
    assert [one["properties"]["name_en"] for one in named] == ["Field 3"]
    # a facet ignores the filter of its own field
    assert (tin.facets()["country"]["CHL"], tin.facets()["main_commodity"]["tin"]) == (10, 10)


def test_tables_have_units_of_the_api_and_the_version(lode: Lode) -> None:
    frame = lode.collection("deposits", commodity="tin").to_geodataframe()
    assert isinstance(frame, geopandas.GeoDataFrame) and frame.crs.to_string() == "OGC:CRS84" and len(frame) == 10
    assert frame.attrs["dataset_version"] == 1 and frame.geometry.notna().all()
    plain = lode.collection("deposits", "name_en = 'Nowhere stated'").to_dataframe()
    assert plain.lon.isna().all() and plain.name_en.tolist() == ["Nowhere stated"]
    assert lode.collection("deposits", country="NZL").to_dataframe().empty
    assert lode.collection("deposits", country="NZL").to_geodataframe().empty


def test_one_record_with_the_source_of_each_value(lode: Lode) -> None:
    identity = lode.search("Field 3")[0].id
    properties = lode.collection("deposits").record(identity)["properties"]
    assert properties["name_en"] == "Field 3"
    assert lode.sources()[properties["sources"][0]]["citation"] == "The tests, made up"


def test_client_reads_statistics_and_checks(lode: Lode) -> None:
    assert isinstance(lode.statistics(indicator="production", commodity="copper", from_=2020), pandas.DataFrame)
    assert lode.series(commodity="copper") == []
    report = lode.check_layout(108.35, 21.6, "alumina", 2_000_000)
    assert report["data_version"] == 1
    assert lode.check_list(name="Northern Copper", date="2026-03-01")["date"] == "2026-03-01"
    # one row for each list; the store has none
    assert "name,uscc,project" in lode.check_firms([{"name": "Northern, Copper"}])


def test_what_has_not_changed_is_not_sent_again(lode: Lode) -> None:
    first = len(lode.collection("deposits"))
    assert lode.transport.hits == 0
    assert len(lode.collection("deposits")) == first and lode.transport.hits == 1


def test_a_file_is_resumed_and_checked(lode: Lode, tmp_path: Path) -> None:
    deposits = lode.collection("deposits", country="CHL")
    whole = deposits.download(tmp_path / "whole.parquet")
    assert len(geopandas.read_parquet(whole)) == 40
    content = whole.read_bytes()
    part, tag = tmp_path / "again.parquet.part", tmp_path / "again.parquet.part.tag"
    head = lode.transport.send("HEAD", "/api/collections/deposits/download/geoparquet", params={"country": "CHL"})
    part.write_bytes(content[:1000])
    tag.write_text(head.headers["ETag"])
    assert deposits.download(tmp_path / "again.parquet").read_bytes() == content
    part.write_bytes(b"x" * 1000)
    tag.write_text(head.headers["ETag"])
    with pytest.raises(DownloadDamaged):
        deposits.download(tmp_path / "again.parquet")
    assert not part.exists() and not tag.exists()
    assert deposits.download(tmp_path / "list.csv", "csv").read_text("utf-8-sig").count("\n") == 41


@pytest.mark.parametrize(
    ("collection", "filters", "sentence"), [("deposits", {"country": "Atlantis"}, "Atlantis"), ("nosuch", {}, "nosuch")]
)
def test_what_the_site_refuses_is_an_error_with_its_sentence(
    lode: Lode, collection: str, filters: dict[str, str], sentence: str
) -> None:
    with pytest.raises(LodeError, match=sentence) as error:
        list(lode.collection(collection, **filters))
    assert error.value.status in (400, 404)
