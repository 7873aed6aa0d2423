"""Trials of prospectivity on the real deposits and geology; docs/measurements/prospectivity.md has the figures."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
import yaml

from lodebase.db.boundaries import read_boundary_file
from lodebase.ground import packs
from lodebase.ground.packs import ServedLayer
from lodebase.settings import Settings
from lodebase.topics.prospectivity.ground_layers import read_evidence
from lodedata.ground.manifest import read_folder_manifest
from lodedata.mapping import Tally
from lodedata.records import Deposit
from lodedata.sources import load_source, readers
from lodedata.topics.prospectivity.grid import CellGrid, choose_resolution, cover_region
from lodedata.topics.prospectivity.trials import DepositPoints, Trial, try_in_space, try_in_time
from lodedata.topics.undiscovered.tract import measure_area_km2
from lodedata.vocab import load_vocabulary

pytestmark = pytest.mark.slow
LAYERS = ("geology", "cratons", "faults", "plates")
VMS, PORPHYRY = ("usgs-vms-minmod",), ("usgs-porphyry-copper-2008", "usgs-copper-assessment-sir20105090z")
MEASURED: dict[tuple[str, str], dict[str, dict[str, int] | None]] = {
    ("volcanogenic-massive-sulfide-vms", ""): {"time": None, "space": {"weights": 18, "logistic": 24, "distance": 26}},
    ("volcanogenic-massive-sulfide-vms", "CAN"): {"time": None, "space": {"weights": 36, "logistic": 35, "distance": 42}},
    ("porphyry-copper", ""): {
        "time": {"weights": 50, "logistic": 61, "distance": 39},
        "space": {"weights": 18, "logistic": 23, "distance": 27},
    },
}
"""The share of cells with deposits, in per cent, in the most favourable tenth of the area; None without a trial."""


def cover(country: str) -> CellGrid:
    """Return the cells of a country, or of all land but Antarctica."""
    areas = [
        area
        for area in read_boundary_file(Settings().boundaries).areas
        if area.code == country or (country == "" and area.code != "ATA")
    ]
    parts = [part for area in areas for part in shapely.get_parts(area.polygon) if part.geom_type == "Polygon"]
    region = shapely.multipolygons(parts)
    return cover_region(region, choose_resolution(measure_area_km2(region)))


@pytest.fixture(scope="module")
def geology(real_data: Path) -> Iterator[tuple[ServedLayer, ...]]:
    """The layers of geology of the real ground pack."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings.model_construct(home=folder / "home", ground=folder / "default", worldview="international")
        pack = folder / "pack"
        pack.mkdir()
        described = read_folder_manifest(real_data / "ground")
        layers = [layer.model_dump() for layer in described.layers if layer.name in LAYERS]
        for layer in layers:
            # only files inside a pack are read
            path = pack / Path(str(layer["path"])).name
            path.write_bytes((real_data / "ground" / str(layer["path"])).read_bytes())
            layer["path"] = path.name
        text = yaml.safe_dump(described.model_dump() | {"layers": layers}, allow_unicode=True)
        (pack / "ground.yml").write_text(text, encoding="utf-8")
        packs.add(settings, pack)
        yield tuple(packs.list_layers(settings))


def read_points(real_data: Path, names: tuple[str, ...], kind: str, grid: CellGrid) -> DepositPoints:
    """Return the deposits of a type in sources, those of one cell of about a kilometre once, with the first year."""
    types = load_vocabulary("deposit-model").within(kind)
    found: dict[tuple[float, float], float] = {}
    for name in names:
        readings = readers.get_source_reader(name)(load_source(name), real_data / name, Tally())
        for record in (record for reading in readings for record in reading.records):
            if isinstance(record, Deposit) and record.deposit_model in types and record.position is not None:
                key = (round(record.position.lon, 2), round(record.position.lat, 2))
                year = float(record.discovery_year) if record.discovery_year else np.nan
                found[key] = float(np.fmin(found.get(key, np.nan), year))
    rows = np.array([(lon, lat, year) for (lon, lat), year in found.items()])
    return DepositPoints.on_grid(rows[:, 0], rows[:, 1], rows[:, 2], grid)


def best_tenth(trial: Trial | None) -> dict[str, int] | None:
    return None if trial is None else {gain.method: round(gain.curve.found_pct[7]) for gain in trial.gains}


@pytest.mark.parametrize(
    ("names", "kind", "country"),
    [
        (VMS, "volcanogenic-massive-sulfide-vms", ""),
        (VMS, "volcanogenic-massive-sulfide-vms", "CAN"),
        (PORPHYRY, "porphyry-copper", ""),
    ],
)
def test_trials_have_the_figures_of_the_measurements(
    real_data: Path, geology: tuple[ServedLayer, ...], names: tuple[str, ...], kind: str, country: str
) -> None:
    grid = cover(country)
    evidence, unused = read_evidence(geology, grid)
    assert len(evidence) + len(unused) in (6, 7)
    points = read_points(real_data, names, kind, grid)
    trials = {"time": try_in_time(evidence, points, grid, 1985), "space": try_in_space(evidence, points, grid)}
    found = {name: best_tenth(trial) for name, trial in trials.items()}
    assert found == MEASURED[kind, country]
