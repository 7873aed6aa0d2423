"""Real prices: nominal ones divided by a deflator that is stored and named; a period without a deflator has none."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from flask import Flask
from tests.price_tables import load_consumer_prices, load_prices

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata import sources
from lodedata.geography.boundaries import Boundaries

PRICES = "copper,2020-01,6000\ncopper,2020-02,5600\ncopper,2026-04,12000\ncopper,2026-05,13500\n"
# values of series CPIAUCSL, U.S. Bureau of Labor Statistics; the year 2020 is made of two months here
CONSUMER_PRICES = "2020-01-01,259.127\n2020-02-01,259.25\n2026-05-01,333.979\n"


def test_notes_of_series_that_lode_wrote_are_translated(
    store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]], tmp_path: Path
) -> None:
    load_prices(store, "May", "2026-06-02", PRICES, tmp_path, note="unit and specification not stated")
    load_prices(store, "June", "2026-07-02", "tin,2026-06,50000\n", tmp_path, note="LME cash, 99.85 %")
    with app_of(store) as app:
        html = app.test_client().get("/statistics/prices?lang=zh").get_data(as_text=True)
    assert "计量单位与规格未说明" in html and "unit and specification" not in html and "LME cash, 99.85 %" in html


def test_a_price_without_a_unit_says_so_next_to_the_amount(
    store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]], tmp_path: Path
) -> None:
    rows = "lithium,2025-05,90000\nlithium,2026-05,135000\n"
    load_prices(store, "May", "2026-06-02", rows, tmp_path, note="", unit="usd-unstated")
    texts = {
        "en": '<dd>135,000 US dollars <span class="second">unit and specification not stated, 2026-05, +50 % on',
        "zh": '<dd>135,000 美元 <span class="second">计量单位与规格未说明，2026-05，同比 +50 %',
    }
    with app_of(store) as app:
        for lang, text in texts.items():
            html = app.test_client().get(f"/statistics/lithium?lang={lang}").get_data(as_text=True).replace("\u00a0", " ")
            assert text in html, html[html.index("head-figures") :][:900]


def test_a_real_price_is_in_money_of_a_year_by_a_named_deflator(
    store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]], tmp_path: Path
) -> None:
    load_prices(store, "May", "2026-06-02", PRICES, tmp_path)
    load_consumer_prices(store, CONSUMER_PRICES, tmp_path)
    with app_of(store) as app:
        client = app.test_client()
        found = client.get("/api/statistics/prices?commodity=copper&real=2020").get_json()
        (series,) = found["series"]
        real = {point["period"]: point["real"] for point in series["points"]}
        money_of_2020 = (259.127 + 259.25) / 2
        assert abs(real["2026-05"] - 13500 * money_of_2020 / 333.979) < 1e-6
        assert abs(real["2020-01"] - 6000 * money_of_2020 / 259.127) < 1e-6
        assert real["2026-04"] is None
        assert series["deflator"]["en"].startswith("United States consumer price index")
        assert "real" in client.get("/api/statistics/prices?real=2020&f=csv").get_data(as_text=True).splitlines()[0]
        for lang, texts in (
            ("en", ("real, money of 2020: 10,477", "Deflator: United States consumer price index")),
            ("zh", ("按 2020 年价格计的实际价格：10,477", "美国居民消费价格指数")),
        ):
            html = client.get(f"/statistics/prices?real=2020&lang={lang}").get_data(as_text=True)
            assert [text for text in texts if text not in html] == []


def test_the_deflator_that_ships_gives_real_prices_of_months_and_none_of_a_year_without_an_average(
    store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]], tmp_path: Path
) -> None:
    source, folder = sources.load_source("us-cpi-annual"), sources.find_shipped_folder("us-cpi-annual")
    assert folder is not None
    assert run(store.importer, ImportJob(source, folder, lambda tally: (), Boundaries(()))).loaded == 66
    load_prices(store, "May", "2026-06-02", "copper,2024-05,10000\ncopper,2026-05,13500\n", tmp_path)
    with app_of(store) as app:
        client = app.test_client()
        (series,) = client.get("/api/statistics/prices?commodity=copper&real=2020").get_json()["series"]
        html = client.get("/statistics/prices?real=2020").get_data(as_text=True)
    # annual averages of CUUR0000SA0, U.S. Bureau of Labor Statistics
    assert abs(series["points"][0]["real"] - 10000 * 258.811 / 313.689) < 1e-9
    assert series["points"][1]["real"] is None
    assert "real, money of 2020: 8,250.6 (2024-05)" in html and "real: no deflator of 2026-05" in html
