"""Files of geometries of a kind that is not merged, where a record has none: a mining right without corners."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pyogrio
import pytest
from flask import Flask
from tests.mapped_rows import load_rows

from lodebase.db.store import Store

RIGHTS = """
name: own-rights
title_en: Own rights
title_zh: 自有矿业权
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: mining_right}
    name_en: name
    country: {const: CHL}
    position: {wkt: shape}
    fields: {right_no: id, right_kind: {const: mining}}
"""
ROWS = 'id,name,shape\nC-1,North,"POLYGON((-69.2 -24.3,-69.1 -24.3,-69.1 -24.2,-69.2 -24.3))"\nC-2,South,\n'


@pytest.mark.parametrize("form", ["fgb", "gpkg"])
def test_each_right_is_in_a_file_of_geometries(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path: Path,
    form: str,
) -> None:
    with own_store(f"download-without-geometry-{form}") as store:
        assert load_rows(store, tmp_path, RIGHTS, ROWS).loaded == 2
        with app_of(store) as app:
            response = app.test_client().get(f"/api/collections/mining-rights/download/{form}")
            assert response.status_code == 200, response.get_data(as_text=True)
            path = tmp_path / f"rights.{form}"
            path.write_bytes(response.get_data())
    frame = pyogrio.read_dataframe(path, layer=0)
    assert sorted(frame["right_no"]) == ["C-1", "C-2"]
    assert list(frame.set_index("right_no").geometry.isna()[["C-1", "C-2"]]) == [False, True]
