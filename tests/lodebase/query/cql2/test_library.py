"""Our reader of CQL2 text compared with the ``cql2`` package: what both read means the same."""

from typing import Any

import pytest
from cql2 import ParseError
from cql2 import parse_text as library

from lodebase.query.cql2 import Malformed
from lodebase.query.cql2.text import parse

TEXTS = (
    "country = 'CHL'",
    "country <> 'CHL' AND discovery_year >= 1980",
    "country = 'CHL' OR country = 'PER' AND NOT size_class = 'large'",
    "NOT (country = 'CHL' OR discovery_year < 1980)",
    "name_en = 'O''Brien'",
    "name_zh = '德兴'",
    "\"name_en\" = 'x'",
    "name_en LIKE 'Esc%'",
    "name_en NOT LIKE '_sc%'",
    "discovery_year BETWEEN 1950 AND 2000",
    "discovery_year NOT BETWEEN 1950 AND 2000",
    "country IN ('CHL', 'PER')",
    "country NOT IN ('CHL')",
    "size_class IS NULL",
    "size_class IS NOT NULL",
    "size_basis_value_t > 1.5e6",
    "discovery_year + 2 * 3 > 1990 - 1",
    "(discovery_year + 2) * 3 > 4 / 2",
    "discovery_year = -5",
    "CASEI(name_en) = CASEI('Dexing')",
    "ACCENTI(name_en) LIKE 'r%'",
    "mine_status_date > DATE('2020-01-01')",
    "T_AFTER(mine_status_date, DATE('2020-01-01'))",
    "T_DURING(mine_status_date, INTERVAL('2020-01-01', '..'))",
    "A_CONTAINS(commodities, ('copper', 'gold'))",
    "A_OVERLAPS(commodities, ('copper', 'tin'))",
    "S_INTERSECTS(geometry, POINT(117.5 29))",
    "S_WITHIN(geometry, POLYGON((100 20, 120 20, 120 40, 100 40, 100 20)))",
    "S_INTERSECTS(geometry, BBOX(100, 20, 120, 40))",
    "S_DISJOINT(geometry, MULTIPOINT((0 0), (1 1)))",
    "discovery_year > 1990 AND (country = 'CHN' OR S_CROSSES(geometry, LINESTRING(0 0, 1 1)))",
)
REFUSED = ("country =", "country = 'CHL", "AND country = 'CHL'", "(TRUE")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_has_the_same_json_form(text: str) -> None:
    assert normal(parse(text)) == normal(library(text).to_json())


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_library_refuses_is_refused(text: str) -> None:
    with pytest.raises((ParseError, ValueError)):
        library(text)
    with pytest.raises(Malformed):
        parse(text)


def normal(node: Any) -> Any:
    """Return the node with every number a float."""
    if isinstance(node, bool) or node is None or isinstance(node, str):
        return node
    if isinstance(node, int | float):
        return float(node)
    if isinstance(node, dict):
        return {name: normal(value) for name, value in node.items()}
    return [normal(one) for one in node]
