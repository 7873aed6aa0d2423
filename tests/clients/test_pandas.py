"""pandas and GeoPandas as the page of the docs uses them."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Features = Callable[..., list[dict[str, Any]]]


def test_the_page_of_the_docs(
    site: "Site", run: Callable[..., str], blocks: Callable[[str, str], list[str]], features: Features
) -> None:
    with site.recorded_requests() as sent:
        result = run(sys.executable, "-W", "error", "-", stdin="\n".join(blocks("pandas.md", "python"))).splitlines()
    assert result[0] == f"{len(features('deposits'))} deposits"
    (first,) = (
        feature for feature in features("deposits", country="CHL,PER", size_class="large", sortby="-size_basis_value_t")[:1]
    )
    assert any(first["properties"]["name_en"] in line and first["properties"]["name_zh"] in line for line in result)
    rich = features("deposits", filter="size_basis_value_t > 1e7 AND main_commodity = 'copper'")
    assert f"{len(rich)} copper deposits above 10 Mt" in result
    assert any(line.startswith("Large 大型") for line in result)
    assert f"{len(features('deposits', bbox='-75,-30,-60,-15'))} deposits in the rectangle" in result
    nearest = features("deposits", nearest="-69.07,-24.27", limit="5")
    assert all(feature["properties"]["name_en"] in line for feature, line in zip(nearest, result[-5:], strict=True))
    assert site.items(sent, "deposits")[0] == {"limit": "10000"}


def test_pages_are_followed_to_the_end(
    site: "Site", run: Callable[..., str], blocks: Callable[[str, str], list[str]], features: Features
) -> None:
    """The function of the page, with pages so small that there are several."""
    first = blocks("pandas.md", "python")[0].split("\ndeposits =")[0]
    with site.recorded_requests() as sent:
        result = run(sys.executable, "-W", "error", "-", stdin=f"{first}\nprint(*read('deposits', limit=100)['id'])").split()
    assert sorted(result) == sorted(feature["id"] for feature in features("deposits"))
    assert len(site.items(sent, "deposits")) == -(-len(result) // 100)
