"""Intermediate files of a what-if run: the query, the snapshot of the store and the finished pieces."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
from pydantic import TypeAdapter

from lodebase.errors import WhatIfWrong
from lodebase.layout.grid.cells import Cells
from lodebase.layout.grid.snapshot import Points, Snapshot, ZoneSnapshot
from lodebase.layout.grid.what_if_query import StoredQuery
from lodebase.layout.planned.candidate import Candidate
from lodedata.messages import msg

PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class GridPlan:
    """What a what-if run computes: its query, the version of the data that it read, and the capacity of each plant."""

    digest: str
    query: StoredQuery
    data_version: int
    capacity_tpa: list[float]
    sized_by: list[str]
    kinds: list[str]


_PLANS = TypeAdapter(GridPlan)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one what-if run. Each file is written under a temporary name and then renamed, so it is complete."""

    path: Path

    @property
    def plan(self) -> GridPlan | None:
        """Return the query and the data version that was read, or None if the folder has no complete plan."""
        try:
            return _PLANS.validate_json((self.path / PLAN).read_bytes())
        except FileNotFoundError:
            return None

    def begin(self, plan: GridPlan, cells: Cells, read: Snapshot) -> None:
        """Save the snapshot, with the plan last: a folder without a plan counts as empty."""
        for old in self.path.iterdir():
            if old.name != "lock":
                old.unlink()
        np.savez(self.path / "cells.npz", names=np.array(cells.names, dtype=str), lon=cells.lon, lat=cells.lat)
        for name, points in read.sites.items():
            np.save(self.path / f"sites-{name}.npy", points)
            for kind, ore in zip(("deposits", "mines"), read.ore[name], strict=True):
                np.save(self.path / f"{kind}-{name}.npy", ore)
        zones = [{**asdict(zone), "wkb": zone.wkb.hex()} for zone in read.zones]
        self._put("zones.json", orjson.dumps(zones))
        self._put(PLAN, orjson.dumps(plan, option=orjson.OPT_INDENT_2))

    def cells(self) -> Cells:
        """Return the places."""
        with np.load(self.path / "cells.npz") as arrays:
            return Cells(tuple(arrays["names"].tolist()), arrays["lon"], arrays["lat"])

    def snapshot(self, plants: tuple[Candidate, ...], plan: GridPlan) -> Snapshot:
        """Return the snapshot; sites are mapped from their files and read when a piece needs them."""
        zones = [
            ZoneSnapshot(**{**zone, "wkb": bytes.fromhex(zone["wkb"])})
            for zone in orjson.loads((self.path / "zones.json").read_bytes())
        ]
        return Snapshot(
            plan.data_version,
            plants,
            tuple(plan.sized_by),
            {plant.product: self._read_points(f"sites-{plant.product}") for plant in plants},
            {
                plant.product: (self._read_points(f"deposits-{plant.product}"), self._read_points(f"mines-{plant.product}"))
                for plant in plants
            },
            tuple(zones),
            tuple(plan.kinds),
        )

    def _read_points(self, name: str) -> Points:
        arrays: Points = np.load(self.path / f"{name}.npy", mmap_mode="r")
        return arrays

    def has(self, number: int) -> bool:
        """Return whether a piece is finished."""
        return self._find_piece_path(number).exists()

    def save_piece(self, number: int, data: bytes) -> None:
        """Save a finished piece."""
        self._put(self._find_piece_path(number).name, data)

    def batches(self, count: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of all pieces in order, with one piece in memory at a time."""
        for number in range(count):
            with pa.OSFile(str(self._find_piece_path(number))) as file, pa.ipc.open_stream(file) as reader:
                yield from reader

    def drop(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.path)

    def _find_piece_path(self, number: int) -> Path:
        return self.path / f"{number:06}.arrow"

    def _put(self, name: str, data: bytes) -> None:
        part = self.path / f"{name}.part"
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self.path / name)


@contextmanager
def lock_run_folder(path: Path) -> Iterator[RunFolder]:
    """Yield the folder, locked for one what-if run. Raises WhatIfWrong if another run holds the lock."""
    path.mkdir(parents=True, exist_ok=True)
    with (path / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WhatIfWrong(msg("%(path)s is in use: another what-if writes the same file", path=path)) from None
        yield RunFolder(path)
