"""Each template workbook from its public address, filled, imported without a mapping, and its record read by the API."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from tests.lodedata.mapping.test_templates import fill
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token
from tests.lodeweb.desk.test_imports import OPTIONS, mapping_on, uploaded

from lodebase.db.store import Store
from lodebase.ingest.jobs import requested
from lodedata.kinds import KINDS
from lodedata.mapping.templates import TEMPLATES
from lodeweb.app import create_app


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("template_workbooks") as store:
        add_accounts(store, "administrator")
        yield store


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses))
    yield made
    closed(made)


@pytest.mark.parametrize(("name", "lang"), [(name, ("zh", "en")[at % 2]) for at, name in enumerate(TEMPLATES)])
def test_template_is_downloaded_filled_imported_and_read_by_the_api(store: Store, app: Flask, name: str, lang: str) -> None:
    client = signed_in(app, "administrator")
    address = f"/api/templates/workbook?template={name}&f=xlsx"
    assert f'href="{address.replace("&", "&amp;")}&amp;lang=en"' in client.get("/desk/imports").get_data(as_text=True)
    stream = io.BytesIO()
    fill(client.get(f"{address}&lang={lang}").get_data(), lang).save(stream)
    path = uploaded(client, stream.getvalue(), f"填报 {name}.xlsx")
    mapping = mapping_on(client.get(path).get_data(as_text=True))
    form = {"csrf_token": token(client, path), "action": "check", "mapping": mapping}
    client.post(path, data=form)
    assert requested.run_next(store.importer, OPTIONS)
    assert re.findall(r'role="alert">([^<]+)', client.get(path).get_data(as_text=True)) == []
    assert "<dt>New rows</dt><dd>1</dd>" in client.get(f"{path}/confirm").get_data(as_text=True)
    client.post(f"{path}/confirm", data={"csrf_token": form["csrf_token"]})
    assert requested.run_next(store.importer, OPTIONS)
    items = client.get(f"/api/collections/{KINDS[TEMPLATES[name].kind].collection}/items").get_json()
    assert items["numberMatched"] == 1


def test_columns_of_a_template_are_data_and_an_unknown_one_is_refused(app: Flask) -> None:
    client = app.test_client()
    found = client.get("/api/templates/workbook?template=plants").get_json()
    assert found["columns"][0]["label"] == {"en": "Number", "zh": "编号"}
    assert [template["name"] for template in client.get("/api/templates").get_json()["templates"]] == list(TEMPLATES)
    refused = client.get("/api/templates/workbook?template=mines")
    assert refused.status_code == 400 and "plants" in refused.get_data(as_text=True)
