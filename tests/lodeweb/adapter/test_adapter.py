"""What a declaration decides about requests: formats, caching by its parts, limit, database, page and description."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.field_types import Day, Stream
from lodebase.operations.formats import CSV, HTML, JSON, NOT_IN_DATA, write_csv
from lodebase.operations.operation import Cost, Operation, OperationServices, Part
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.registry import find_declared_operations
from lodedata.messages import Label, msg
from lodeweb.adapter import routes
from lodeweb.adapter.api_description import describe, describe_view
from lodeweb.api.processes import jobs
from lodeweb.http import read_replica
from lodeweb.http.access.rate_limits import find_request_kind
from lodeweb.http.declared import find_request_operation
from lodeweb.http.representation import conditional_requests


class OnDay(Parameters):
    """A stream and a day."""

    stream: Stream
    date: Day | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a text of data."""

    name: str
    label: Label
    first_day: date
    amount: float | None


@dataclass(frozen=True, slots=True)
class Made:
    """A result with a version."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    stream: str
    rows: tuple[Row, ...]


def make_result(services: OperationServices, parameters: OnDay) -> Made:
    """Return a result of the parameters."""
    day = parameters.date or services.today
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    return Made(
        version, parameters.stream, (Row("=1+1", Label("one", "一"), day, 1.5), Row("b", Label("two", "二"), day, None))
    )


def operation(
    name: str, varies_by: tuple[Part, ...] | None, cost: Cost = "light", primary: bool = False
) -> Operation[OnDay, Made]:
    return Operation(
        f"made.{name}",
        f"/api/made/{name}",
        msg("Made"),
        msg("A result that is made"),
        OnDay,
        run=make_result,
        result=Made,
        formats=(JSON, HTML, CSV),
        rows=lambda result: result.rows,
        row=Row,
        varies_by=varies_by,
        cost=cost,
        primary=primary,
        page=f"/made/{name}",
    )


MADE = (
    operation("of_program", ()),
    operation("of_day", ("day",)),
    operation("of_version", ("version",)),
    operation("uncached", None),
    operation("heavy", None, "heavy"),
    operation("of_primary", None, primary=True),
)


@pytest.fixture(scope="module")
def made(app_of_routes: Flask) -> Flask:
    routes.register(app_of_routes, MADE, {}, jobs.accept_job)
    return app_of_routes


@pytest.fixture
def visitor(made: Flask) -> FlaskClient:
    return made.test_client(use_cookies=False)


QUERY = "?stream=black-mass&date=2026-03-31"


def test_a_result_is_data_a_table_or_a_page(visitor: FlaskClient) -> None:
    data = visitor.get(f"/api/made/of_day{QUERY}")
    assert data.get_json(force=True)["rows"][0] == {
        "name": "=1+1",
        "label": {"en": "one", "zh": "一"},
        "first_day": "2026-03-31",
        "amount": 1.5,
    }
    assert "dataset_version" not in data.get_json(force=True) and data.headers["Lode-Dataset-Version"].isdigit()
    table = visitor.get(f"/api/made/of_day{QUERY}&f=csv")
    # a text that a spreadsheet would read as a formula is guarded
    assert table.get_data().decode("utf-8-sig").splitlines() == [
        "name,label_en,label_zh,first_day,amount",
        "'=1+1,one,一,2026-03-31,1.5",
        "b,two,二,2026-03-31,",
    ]
    page = visitor.get(f"/api/made/of_day{QUERY}", headers={"Accept": "text/html"})
    assert page.mimetype == "text/html" and "<h1>Made</h1>" in page.get_data(as_text=True)
    assert visitor.get("/made/of_day").status_code == 200
    assert visitor.get(f"/made/of_day{QUERY}").status_code == 200
    assert visitor.get("/made/of_day?stream=dust").status_code == 400
    unknown = visitor.get(f"/api/made/of_day{QUERY}&f=pdf").get_json(force=True)
    assert (unknown["parameter"], unknown["status"]) == ("f", 400) and "json, html, csv" in unknown["detail"]


def test_a_table_without_rows_has_its_header() -> None:
    assert write_csv(Row, ()).decode("utf-8-sig").strip() == "name,label_en,label_zh,first_day,amount"


@pytest.mark.parametrize(
    ("name", "cached", "on_another_day"),
    [("of_program", 304, 304), ("of_day", 304, 200), ("of_version", 304, 304), ("uncached", 200, 200)],
)
def test_a_copy_is_confirmed_while_what_the_operation_varies_by_is_the_same(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, cached: int, on_another_day: int
) -> None:
    address = f"/api/made/{name}?stream=black-mass"
    first = visitor.get(address)
    assert ("ETag" in first.headers) == (cached == 304)
    shown = {"If-None-Match": first.headers.get("ETag", 'W/"none"')}
    assert visitor.get(address, headers=shown).status_code == cached
    monkeypatch.setattr(conditional_requests, "today", lambda: datetime.now(UTC).date() + timedelta(days=1))
    assert visitor.get(address, headers=shown).status_code == on_another_day


def test_the_check_of_an_import_is_not_confirmed_on_another_day(
    statistics: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/api/recycling/import-check?stream=black-mass-ncm"
    shown = {"If-None-Match": statistics.get(address).headers["ETag"]}
    assert statistics.get(address, headers=shown).status_code == 304
    monkeypatch.setattr(conditional_requests, "today", lambda: datetime.now(UTC).date() + timedelta(days=1))
    assert statistics.get(address, headers=shown).status_code == 200


@pytest.mark.parametrize(
    ("name", "kind", "replica"), [("of_day", "general", True), ("heavy", "layout", True), ("of_primary", "general", False)]
)
def test_the_declaration_selects_limit_and_database(made: Flask, name: str, kind: str, replica: bool) -> None:
    with made.test_request_context(f"/api/made/{name}{QUERY}"):
        request_operation = find_request_operation()
        assert request_operation is not None and request_operation.short_name == name
        assert find_request_kind() == kind
        assert read_replica._may_read_replica() == replica


@pytest.mark.parametrize(
    ("method", "path", "kind", "replica"),
    [
        ("GET", "/api/collections/deposits/items", "general", True),
        ("GET", "/api/collections/deposits/download/csv", "downloads", True),
        ("HEAD", "/api/collections/deposits/download/csv", "general", True),
        ("GET", "/api/tileMatrixSets", "tiles", True),
        ("GET", "/layout", "layout", True),
        ("GET", "/api/jobs", "general", False),
        ("POST", "/api/processes/layout-check/execution", "layout", False),
        ("GET", "/reports", "general", False),
        ("GET", "/subscribe", "general", False),
        ("GET", "/nothing", "general", True),
    ],
)
def test_a_blueprint_selects_limit_and_database(app: Flask, method: str, path: str, kind: str, replica: bool) -> None:
    with app.test_request_context(path, method=method):
        assert find_request_kind() == kind
        assert read_replica._may_read_replica() == replica


def test_a_value_of_the_path_is_no_parameter(client: FlaskClient) -> None:
    response = client.get("/api/collections/deposits/charts/contained?name=zones")
    assert response.status_code == 400 and "name is not a parameter here" in response.get_json()["detail"]


def test_the_description_names_formats_and_parameters() -> None:
    described = describe(MADE[0])
    assert list(described.responses) == ["application/json", "text/html", "text/csv"]
    assert [one.name for one in described.own] == ["f", "stream", "date"] and described.needs == ("stream",)


def test_each_route_of_the_api_is_an_operation_or_describes_itself(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            assert str(describe_view(app.view_functions[rule.endpoint]).text), rule.rule


def test_a_route_that_nothing_describes_is_refused_with_what_to_do() -> None:
    def view() -> str:
        """Return a text."""
        return ""

    with pytest.raises(LookupError, match=r"view: Declare an Operation in lodebase/topics/NAME/operations\.py; if a standard"):
        describe_view(view)


def test_each_operation_is_complete() -> None:
    for name, one in find_declared_operations().items():
        assert name == f"{one.topic}.{one.short_name}" and one.path.startswith(("/api/", "/.well-known/", "/lists")), name
        assert str(one.text) and str(one.title) and one.text.in_language("zh") != one.text.in_language("en"), name
        assert (
            (one.rows is None)
            == (one.row is None)
            == all(operation_format.write_rows is None or operation_format in one.writers for operation_format in one.formats)
        ), name
        fields: dict[str, Any] = getattr(one.result, "__dataclass_fields__", {})
        assert fields and ("version" not in (one.varies_by or ()) or "dataset_version" in fields), name
