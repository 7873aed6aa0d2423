"""DuckDB and GeoPandas read files of the site in parts, as the page of the docs shows."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.clients.conftest import Site

BOX = "-75,-30,-60,-15"


def test_the_programs_of_the_page(
    site: "Site",
    run: Callable[..., str],
    blocks: Callable[[str, str], list[str]],
    features: Callable[..., list[dict[str, Any]]],
) -> None:
    with site.recorded_requests() as sent:
        shown = run(sys.executable, "-W", "error", "-", stdin="\n".join(blocks("open-in-your-tools.md", "python")))
    inside = f"{len(features('deposits', bbox=BOX))} deposits in the rectangle"
    assert shown.splitlines()[-2:] == [inside, inside]
    copper = len(features("deposits", filter="commodity_group = 'copper'"))
    assert any(line.split()[1:] == ["copper", str(copper)] for line in shown.splitlines()), shown
    for form in ("geoparquet", "fgb"):
        requests = [(one.method, one.status) for one in sent if one.path.endswith(f"/download/{form}")]
        # no request is for the complete file
        assert ("GET", 206) in requests and ("GET", 200) not in requests
