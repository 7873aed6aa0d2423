"""The README of the Python client: ten lines to the copper smelters of a country, as a table and a plot."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.clients.conftest import Site

FOLDER = Path(__file__).parents[2] / "clients/python"


def read_block(page: str) -> str:
    """Return the one block of Python of a page."""
    (block,) = re.findall(r"^```python\n(.*?)^```$", (FOLDER / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return str(block)


def test_ten_lines_list_and_plot_copper_smelters(
    site: "Site", run: Callable[..., str], features: Callable[..., list[dict[str, Any]]], tmp_path: Path
) -> None:
    block = read_block("README.md")
    assert block == read_block("README.zh.md") and len([line for line in block.splitlines() if line]) <= 10
    output = run(
        sys.executable,
        "-",
        stdin=block.replace("http://127.0.0.1:8000", site.url),
        MPLBACKEND="Agg",
        PYTHONPATH=str(FOLDER / "src"),
    )
    smelters = [one["properties"] for one in features("projects", facility_types="copper-smelter", country="CHN")]
    largest = sorted((one["figure_capacity_tpa"] for one in smelters if one["figure_capacity_tpa"]), reverse=True)
    # below the titles of columns and index
    table = output.splitlines()[2 : 2 + min(len(smelters), 20)]
    assert len(largest) > 2 and [float(line.split()[-1]) for line in table][: len(largest)] == largest[:20]
    (plot,) = tmp_path.rglob("smelters.png")
    assert plot.read_bytes().startswith(b"\x89PNG")
