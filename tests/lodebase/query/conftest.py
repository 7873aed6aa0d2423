"""What the tests of the query share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine
from tests.lodebase.query.site_engine import engine_of

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    """The site's engine, as it is served: a role that only reads."""
    with engine_of(own_table.store.addresses.site, statement_timeout_s=20) as made:
        yield made
