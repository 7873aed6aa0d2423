"""The modules that a page of features passes between the route and its bytes, which docs/architecture.md draws."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from flask.testing import FlaskClient

import lodebase
import lodedata
import lodeweb

ROOTS = tuple(Path(str(package.__file__)).parent.parent for package in (lodebase, lodedata, lodeweb))
ROUTE = "lodeweb/api/features/items.py"
METHOD = (
    ROUTE,
    "lodeweb/api/features/query_parameters.py",
    "lodebase/query/parameters/query_parser.py",
    "lodebase/query/query.py",
    "lodebase/query/pages.py",
    "lodebase/query/plan.py",
    "lodebase/query/expression.py",
    "lodeweb/http/representation/links.py",
)
"""Each takes what the one before made of the request and makes the next of it."""
DECLARATIONS = {
    *("lodebase/query/parameters/declarations.py", "lodebase/query/crs.py", "lodebase/query/collections_.py"),
    *("lodedata/kinds/", "lodedata/vocab/", "lodedata/messages.py"),
}
"""Tables that are looked into."""
VALUES = {
    *("lodebase/query/parameters/arguments.py", "lodebase/query/filters/spatial/box.py", "lodedata/cells.py"),
    *("lodebase/query/filters/", "lodebase/query/conditions/", "lodedata/figures/compounds.py"),
    *("lodebase/query/cql2/", "lodebase/query/morton.py", "lodebase/query/bbox.py", "lodebase/query/literals.py"),
}
"""Each reads the value of one parameter, or makes the SQL or the cells of one, and knows nothing of pages."""
OF_EVERY_REQUEST = {
    *("lodeweb/app.py", "lodeweb/i18n/language.py", "lodeweb/http/"),
    *("lodebase/db/engine.py", "lodebase/db/failures.py", "lodebase/query/reading.py"),
}
"""What requests of all routes have in common: the application, the language, the log, the connection."""


@pytest.mark.parametrize(
    "requested",
    [
        "",
        "?bbox=-80,-40,-60,-10&limit=3",
        "?bbox=-80,-40,-60,-10&commodity=copper",
        "?commodity=copper&country=CHL",
        "?filter=country='CHL'&sortby=name_en",
    ],
)
def test_a_page_of_features_passes_eight_modules_at_most(client: FlaskClient, requested: str) -> None:
    path = f"/api/collections/deposits/items{requested}"
    # the SQL of a query's shape is built once
    assert client.get(path).status_code == 200
    with called() as modules:
        assert client.get(path).status_code == 200
    others = DECLARATIONS | VALUES | OF_EVERY_REQUEST
    passed = {module for module in modules if module in METHOD or not module.startswith(tuple(others))}
    assert passed == {*METHOD}
    assert len(passed) <= 8


@contextmanager
def called() -> Iterator[set[str]]:
    """The product's modules of which a function is called while the view of the route runs."""
    found: set[str] = set()
    view: list[FrameType] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        module = _module(frame.f_code.co_filename)
        if event == "call" and module == ROUTE and not view:
            view.append(frame)
        if event == "call" and view and module is not None:
            found.add(module)
        if event == "return" and view and frame is view[0]:
            view.clear()

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)


def _module(file: str) -> str | None:
    return next((str(Path(file).relative_to(root)) for root in ROOTS if Path(file).is_relative_to(root)), None)
