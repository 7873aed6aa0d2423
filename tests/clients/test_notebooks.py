"""The notebooks of the docs: cells run in order on a site, results are not stored, both languages have the same code."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.clients.conftest import Site

FOLDER = Path(__file__).parents[2] / "docs/notebooks"
NAMES = ("porphyry-grade-tonnage", "smelters-and-mines", "concentration")
Features = Callable[..., list[dict[str, Any]]]


def code(name: str) -> list[str]:
    """Return the code of a notebook (nbformat 4), whose results have been removed."""
    book = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert book["nbformat"] == 4 and len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    return ["".join(cell["source"]) for cell in cells]


def test_the_folder_has_each_notebook_in_both_languages_with_the_same_code() -> None:
    assert {path.name for path in FOLDER.glob("*.ipynb")} == {
        f"{name}{end}" for name in NAMES for end in (".ipynb", ".zh.ipynb")
    }
    assert all(code(f"{name}.ipynb") == code(f"{name}.zh.ipynb") for name in NAMES)


def test_cells_of_each_notebook_run_without_errors(site: "Site", run: Callable[..., str], features: Features) -> None:
    """In one process for all, as the libraries take longer to load than the cells to run."""
    cells = [f"print('#', {name!r})\n" + "\n".join(code(f"{name}.ipynb")) for name in NAMES]
    program = "\n".join(cells).replace("http://127.0.0.1:8000", site.url)
    output = run(sys.executable, "-", stdin=program, MPLBACKEND="Agg")
    porphyry, smelters, concentration = output.split("# ")[1:]
    copper = features("deposits", commodity_group="copper")
    models = [one["properties"] for one in copper if (one["properties"]["deposit_model"] or "").startswith("porphyry")]
    stated = [
        model
        for model in models
        if model["figure_commodity"] == "copper" and model["figure_ore_t"] and model["figure_grade_pct"]
    ]
    assert f"{len(stated)} of {len(models)} porphyry deposits" in porphyry
    lithium = [feature["properties"] for feature in features("deposits", commodity="lithium")]
    tonnes: dict[str, float] = {}
    for one in lithium:
        if one["figure_commodity"] == "lithium" and one["figure_contained_t"] is not None:
            tonnes[one["country"]] = tonnes.get(one["country"], 0) + one["figure_contained_t"]
    index = 10_000 * sum((value / sum(tonnes.values())) ** 2 for value in tonnes.values())
    assert f"index {index:.0f}" in concentration
    distances = [float(km) for km in re.findall(r"(\d+\.\d)$", smelters, re.MULTILINE)][-5:]
    assert distances == sorted(distances) and 0 <= distances[0] < 1_000
