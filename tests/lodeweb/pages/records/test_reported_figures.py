"""Figures in other units than their fields: stored in the unit of the field, and shown as the source has them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.mapped_rows import load_rows

from lodebase.db.store import Store

MAPPING = """
name: own-dams
title_en: Own dams
title_zh: 自有尾矿库
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: tailings_facility}
    name_en: name
    mass_t: {column: mass, unit: Mt}
    volume_m3: {column: volume, unit_column: unit}
"""
ROWS = "id,name,mass,volume,unit\na,Upper Dam,12.5,3,million-m3\nb,Lower Dam,1,5,Mt\n"
ITEMS = "/api/collections/tailings-facilities/items"


@pytest.fixture(scope="module")
def visitor(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """A visitor of a site with one dam, and a row that was refused for its unit."""
    with own_store("reported_figures") as store:
        summary = load_rows(store, tmp_path_factory.mktemp("dams"), MAPPING, ROWS)
        assert (summary.loaded, summary.quarantined) == (1, 1)
        assert "'Mt' is not a unit that converts to the m3" in str(summary.refused[0])
        with app_of(store) as app:
            yield app.test_client(use_cookies=False)


def test_a_converted_figure_is_served_with_the_reported_one(visitor: FlaskClient) -> None:
    (feature,) = visitor.get(f"{ITEMS}?f=json").get_json(force=True)["features"]
    properties = feature["properties"]
    assert (properties["mass_t"], properties["volume_m3"]) == (12_500_000, 3_000_000)
    assert properties["figures_reported"] == ["volume_m3: 3 million-m3", "mass_t: 12.5 Mt"]


def test_the_page_of_a_record_shows_the_reported_figure_by_its_title(visitor: FlaskClient) -> None:
    (feature,) = visitor.get(f"{ITEMS}?f=json").get_json(force=True)["features"]
    for lang, shown in (("en", "Mass in tonnes: 12.5 Mt"), ("zh", "现有尾矿量(吨)：12.5 Mt")):
        page = visitor.get(f"/records/{feature['id']}?lang={lang}").get_data(as_text=True)
        assert shown in page


def test_a_file_of_records_has_the_reported_figures(visitor: FlaskClient) -> None:
    header, row = visitor.get("/api/collections/tailings-facilities/download/csv").get_data(as_text=True).splitlines()[:2]
    assert "figures_reported" in header and "mass_t: 12.5 Mt" in row
