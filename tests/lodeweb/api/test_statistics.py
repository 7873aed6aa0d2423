"""Series and observations: filters, releases, formats, entity tags, derived figures, and sentences for bad input."""

import csv
import io
import json
import zipfile
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

ROOT = "/api/statistics"
CHINA = f"{ROOT}/observations?commodity=copper&stage=refinery&area=CHN&indicator=production"


def body(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json(force=True)
    return found


def test_the_latest_release_is_returned_and_an_earlier_one_on_its_day(statistics: FlaskClient) -> None:
    now = body(statistics, CHINA)["observations"]
    assert [
        (observation["period"], observation["value"], observation["release"], observation["base_value"]) for observation in now
    ] == [
        ("2020", 9000, "2022", 9e6),
        ("2021", 10500, "2023", 10.5e6),
    ]
    then = body(statistics, f"{CHINA}&as_of=2022-12-31")["observations"]
    assert [observation["value"] for observation in then] == [9000, 10000]
    assert body(statistics, f"{CHINA}&as_of=2021-12-31")["observations"] == []
    # the releases are of 31 January: a day, month or year counts to its end
    for day in ("2022-01-31", "2022-01", "2022"):
        assert body(statistics, f"{CHINA}&as_of={day}")["observations"] == then, day
    assert body(statistics, f"{CHINA}&as_of=2022-01-30")["observations"] == []
    both = body(statistics, f"{CHINA}&releases=all&from=2021&to=2021")["observations"]
    assert [(observation["release"], observation["value"]) for observation in both] == [("2023", 10500), ("2022", 10000)]


def test_flags_are_stored_and_given_with_labels(statistics: FlaskClient) -> None:
    (one,) = body(statistics, f"{ROOT}/observations?commodity=copper&stage=refinery&area=USA")["observations"]
    assert (one["value"], one["value_raw"], one["obs_status"], one["conf_status"]) == (None, "W", "Q", "C")
    assert one["flags_en"] == "Missing value; suppressed; Confidential (withheld)"
    assert one["flags_zh"] == "缺失值(不予公布)；保密"


def test_terms_are_found_by_their_labels_in_both_languages(statistics: FlaskClient) -> None:
    observations = body(statistics, f"{ROOT}/observations?commodity=铜&stage=精炼&area=中国&indicator=产量")["observations"]
    assert [observation["value"] for observation in observations] == [9000, 10500]


def test_series_have_facets_and_can_be_searched(statistics: FlaskClient) -> None:
    found = body(statistics, f"{ROOT}/series")
    assert found["numberMatched"] == found["numberReturned"] == 15
    commodities = {one["value"]: one["count"] for one in found["facets"]["commodity"]}
    assert commodities == {"copper": 8, "tin": 3, "aluminium": 1, "ten-metals": 2, "four-recycled-metals": 1}
    assert {one["key"] for one in body(statistics, f"{ROOT}/series?q=再生")["series"]} == {
        "output.production.aluminium.secondary.gross.CHN.A.level.t.3",
        "output.production.four-recycled-metals.secondary.gross.CHN.A.level.t.4",
    }
    (china,) = body(statistics, f"{ROOT}/series?commodity=copper&area=CHN")["series"]
    assert (china["first"], china["last"], china["observations"]) == ("2020", "2021", 3)


def test_a_file_has_the_same_values_and_guards_formulas(statistics: FlaskClient) -> None:
    text = statistics.get(f"{CHINA}&f=csv&as_of=2022-12-31").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["period"], row["value"]) for row in rows] == [("2020", "9000.0"), ("2021", "10000.0")]
    assert rows[1]["note"] == "'=1+1"
    sdmx = list(csv.DictReader(io.StringIO(statistics.get(f"{CHINA}&f=sdmx-csv").get_data(as_text=True))))
    assert list(sdmx[0])[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    last = sdmx[1]
    assert [last[name] for name in ("REF_AREA", "TIME_PERIOD", "OBS_VALUE", "UNIT_MULT")] == ["CHN", "2021", "10500.0", "3"]
    table = pq.read_table(io.BytesIO(statistics.get(f"{CHINA}&f=parquet").get_data()))
    assert table.column("value").to_pylist() == [9000, 10500]
    assert statistics.get(f"{CHINA}&f=xlsx").get_data()[:2] == b"PK"


def test_a_response_has_an_entity_tag_for_its_day_of_release(statistics: FlaskClient) -> None:
    for address in (CHINA, f"{CHINA}&as_of=2022-12-31", f"{ROOT}/series", f"{ROOT}/targets"):
        tag = statistics.get(address).headers["ETag"]
        assert statistics.get(address, headers={"If-None-Match": tag}).status_code == 304, address


def test_shares_and_concentration_of_a_year(statistics: FlaskClient) -> None:
    years = body(statistics, f"{ROOT}/concentration?commodity=copper&stage=refinery&source=output")["years"]
    assert [year["year"] for year in years] == ["2020", "2021"]
    shares = {area["area"]: round(area["share_percent"], 3) for area in years[0]["areas"]}
    assert shares == {"CHN": 60, "CHL": 13.333}
    assert (years[0]["hhi_low"], years[0]["hhi_high"]) == (pytest.approx(3777.8, abs=0.1), pytest.approx(4488.9, abs=0.1))
    assert (years[1]["withheld"], years[1]["printed_total"]) == (["USA"], 16e6)


def test_reserves_have_a_ratio_that_is_a_bound_where_reserves_are(statistics: FlaskClient) -> None:
    found = body(statistics, f"{ROOT}/reserves?commodity=copper")
    ((area, ratio, at_least),) = [(reserve["area"], reserve["ratio"], reserve["at_least"]) for reserve in found["reserves"]]
    assert (area, ratio, at_least) == ("CHL", 40, True)
    assert "no lifetime" in found["formula"]["en"]


def test_targets_have_a_state_and_a_reason(statistics: FlaskClient) -> None:
    found = {target["id"]: target for target in body(statistics, f"{ROOT}/targets")["targets"]}
    assert (found["recycled-metals-20mt"]["state"], found["recycled-metals-20mt"]["latest"]) == ("on-track", 19.15e6)
    assert found["ten-metals-growth"]["state"] == "met"
    assert found["value-added-growth"]["state"] == "no-data"
    assert found["recycled-metals-20mt"]["state_label_zh"] == "进度正常，尚未达到"


def test_a_stage_without_a_product_has_no_coverage(statistics: FlaskClient) -> None:
    (one,) = body(statistics, f"{ROOT}/coverage?commodity=copper&stage=refinery&area=CHN")["areas"]
    assert (one["year"], one["output_t"], one["operating_tpa"], one["coverage_percent"]) == ("2021", 10.5e6, 0, None)
    assert body(statistics, f"{ROOT}/coverage?commodity=ten-metals&stage=all")["areas"] == []


@pytest.mark.parametrize(
    ("query", "sentence", "chinese"),
    [
        ("observations?commodity=unobtainium", '"unobtainium" is not a known commodity.', "不是已知的"),
        ("observations?area=Atlantis", '"Atlantis" is not a known area.', "不是已知的"),
        ("observations?from=2021-24", '"2021-24" is not a period. Write 2024', "不是时期"),
        ("observations?as_of=soon", '"soon" is not a day. Write it as 2026-01-31.', "不是日期"),
        ("observations?f=doc", '"doc" is not a format here. Use one of', "此处没有格式"),
        ("observations?releases=old", 'releases must be latest or all, not "old".', "latest"),
        ("observations?limit=0", "limit must be a whole number", "limit"),
        ("observations?country=CHN", "country", "country"),
        ("concentration?commodity=copper", "Give one stage", "请指定一个"),
        ("reserves", "Give one commodity", "请指定一个"),
    ],
)
def test_bad_input_has_a_sentence_in_each_language(statistics: FlaskClient, query: str, sentence: str, chinese: str) -> None:
    response = statistics.get(f"{ROOT}/{query}")
    assert response.status_code == 400
    assert sentence in response.get_json(force=True)["detail"]
    other = statistics.get(f"{ROOT}/{query}{'&' if '?' in query else '?'}lang=zh")
    assert chinese in other.get_json(force=True)["detail"]


def test_consumption_follows_from_output_and_trade_and_names_what_is_missing(statistics: FlaskClient) -> None:
    years = body(statistics, f"{ROOT}/consumption?commodity=tin&stage=refinery&area=CHN")["years"]
    first, second = years
    assert (first["year"], first["consumption"], first["stocks_known"]) == ("2020", 185_000, False)
    assert round(first["net_import_reliance_percent"], 2) == 8.11
    assert (second["consumption"], second["net_import_reliance_percent"]) == (None, None)
    assert second["reason"]["en"] == "Production, imports or exports are missing."
    assert statistics.get(f"{ROOT}/consumption?commodity=tin&stage=refinery").status_code == 400
    page = statistics.get("/statistics/tin?area=CHN&lang=zh").get_data(as_text=True)
    assert "185,000" in page and "8.11 %" in page


def test_the_package_has_all_observations_with_their_licences(statistics: FlaskClient) -> None:
    with zipfile.ZipFile(io.BytesIO(statistics.get(f"{ROOT}/package").get_data())) as archive:
        described = json.loads(archive.read("datapackage.json"))
        tables = {
            resource["name"]: list(csv.DictReader(io.StringIO(archive.read(resource["path"]).decode("utf-8-sig"))))
            for resource in described["resources"]
        }
        sizes = [archive.getinfo(resource["path"]).file_size for resource in described["resources"]]
    assert all(set(rows[0]) == {field["name"] for field in resource["schema"]["fields"]}
               for resource, rows in zip(described["resources"], tables.values(), strict=True))  # fmt: skip
    series = {row["source"] + row["commodity"] + row["indicator"] + row["stage"] + row["area"] for row in tables["series"]}
    assert len(tables["series"]) == 15 and len(series) <= 15
    assert len(tables["observations"]) == len(body(statistics, f"{ROOT}/observations")["observations"])
    assert {row["name"] for row in tables["sources"]} == {"output-2022", "output-2023"}
    assert all(resource["bytes"] == size for resource, size in zip(described["resources"], sizes, strict=True))
    chosen = zipfile.ZipFile(io.BytesIO(statistics.get(f"{ROOT}/package?commodity=tin").get_data()))
    assert chosen.read("observations.csv").count(b"\r\n") == 6


def test_the_package_is_sent_while_it_is_written(statistics: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lodebase.series.package.ROWS_AT_ONCE", 5)
    response = statistics.get(f"{ROOT}/package")
    parts = list(response.response)
    assert "Content-Length" not in response.headers and response.headers["Lode-Dataset-Version"]
    with zipfile.ZipFile(io.BytesIO(b"".join(part for part in parts if isinstance(part, bytes)))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == "datapackage.json"


def test_changes_have_the_releases_after_a_version_and_the_values_that_they_revise(statistics: FlaskClient) -> None:
    first = body(statistics, f"{ROOT}/changes?since=0")
    releases = {release["release"]: release for release in first["releases"] if release["source"].startswith("output")}
    assert {name: release["change"] for name, release in releases.items()} == {"2022": "added", "2023": "added"}
    later = body(statistics, f"{ROOT}/changes?since={releases['2022']['version']}")
    assert [release["release"] for release in later["releases"] if release["source"].startswith("output")] == ["2023"]
    (revised,) = later["observations"]
    assert (revised["value_raw"], revised["previous_raw"], revised["previous_release"]) == ("10500", "10000", "2022")
    prices = body(statistics, f"{ROOT}/changes?since=0&indicator=price")
    assert [(observation["commodity"], observation["value_raw"]) for observation in prices["observations"]] == [
        ("copper", "10162")
    ]
    assert body(statistics, f"{ROOT}/changes?since={later['observations'][0]['version']}")["observations"] == []
    assert statistics.get(f"{ROOT}/changes?since=99999").status_code == 400


def change_lines(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    """The changes of a query, page by page to the last one."""
    lines: list[dict[str, Any]] = []
    address = f"/api/changes?{query}"
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.get_data(as_text=True)
        lines += [json.loads(line) for line in response.get_data(as_text=True).splitlines()]
        address = response.headers.get("Link", "").partition(">")[0].removeprefix("<http://localhost")
    return lines


def test_changes_of_a_version_that_only_loaded_statistics_are_not_empty(statistics: FlaskClient) -> None:
    assert change_lines(statistics, "since=0&limit=1") == change_lines(statistics, "since=0")
    found = {line["id"]: line for line in change_lines(statistics, "since=0&collection=statistics")}
    assert found == {line["id"]: line for line in change_lines(statistics, "since=0") if line["collection"] == "statistics"}
    assert set(found) == {"output-2022/2022", "output-2023/2023"}
    first = found["output-2022/2022"]
    assert (first["change"], first["matched"], first["matches"], first["fields"]) == ("added", False, True, {})
    counts = {
        (observation["indicator"], observation["commodity"]): observation["added"]
        for observation in first["statistics"]["observations"]
    }
    assert counts["price", "copper"] == 1 and all(
        observation["corrected"] == 0 for observation in first["statistics"]["observations"]
    )
    (second,) = change_lines(statistics, f"since={first['version']}&collection=statistics")
    assert second["id"] == "output-2023/2023"
    assert change_lines(statistics, f"since={second['version']}&collection=statistics") == []
    listed = body(statistics, f"{ROOT}/changes?since=0")["releases"]
    assert [release for release in listed if release["source"] == "output-2023"] == [second["statistics"]]
    assert body(statistics, second["statistics"]["values"])["observations"][0]["previous_raw"] == "10000"


def test_observations_of_a_version_are_listed_page_by_page(statistics: FlaskClient) -> None:
    everything = body(statistics, f"{ROOT}/changes?since=0&source=output-2022")
    assert everything["next"] is None and everything["observations_matched"] == len(everything["observations"]) > 10
    found, address = [], f"{ROOT}/changes?since=0&source=output-2022&limit=4"
    while address:
        page = body(statistics, address)
        found += page["observations"]
        address = page["next"]
    assert found == everything["observations"]
    counted = sum(observation["added"] for observation in everything["releases"][0]["observations"])
    assert counted == len(found)
    assert body(statistics, f"{ROOT}/changes?since=0&until=0")["releases"] == []


def test_pages_and_feeds_of_changes_say_what_a_release_loaded(statistics: FlaskClient) -> None:
    for lang, texts in (("en", ("Statistics · added", "Price · Copper: 1 added")), ("zh", ("统计数据", "价格 · 铜"))):
        page = statistics.get(f"/api/changes?since=0&collection=statistics&f=html&lang={lang}").get_data(as_text=True)
        assert all(text in page for text in texts), page
        feed = statistics.get(f"/api/changes?collection=statistics&f=atom&lang={lang}").get_data(as_text=True)
        assert feed.count("<entry>") == 2 and texts[1] in feed
    refused = statistics.get("/api/changes?collection=statistics,deposits&country=CHL&since=0")
    assert refused.status_code == 400 and "leave statistics out" in refused.get_json()["detail"]


def test_prices_have_specification_unit_currency_and_an_index(statistics: FlaskClient) -> None:
    found = body(statistics, f"{ROOT}/prices?commodity=copper,tin&index=2021")
    (series,) = found["series"]
    assert (series["unit"], series["currency"], series["basis"], found["deflators"]) == ("usd-t", "USD", "nominal", [])
    assert (series["points"][0]["real"], series["deflator"]) == (None, None)
    assert series["specification"]["en"] == "specification not stated"
    assert [(point["period"], point["price"], point["index"]) for point in series["points"]] == [("2021-05", 10162, 100)]
    assert body(statistics, f"{ROOT}/prices?begin=2022")["series"][0]["points"] == []
    assert body(statistics, f"{ROOT}/prices?index=1990")["series"][0]["points"][0]["index"] is None
    for lang, text in (("en", "No deflator is stored"), ("zh", "未存有价格平减指数")):
        page = statistics.get(f"/statistics/prices?index=2021&lang={lang}").get_data(as_text=True)
        assert text in page and "10,162" in page and 'data-chart="index"' in page
    refused = statistics.get(f"{ROOT}/prices?commodity=copper,gold-plated").get_json(force=True)
    assert refused["parameter"] == "commodity"
