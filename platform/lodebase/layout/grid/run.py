"""What-if runs: read the store once, process the pieces, resume a run that was interrupted, and write one file."""

import time
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import Engine

from lodebase.errors import WhatIfWrong, WorkersLost
from lodebase.layout.findings import DISCLAIMER
from lodebase.layout.grid.cells import Cells, place_cells
from lodebase.layout.grid.piece import Piece, build_piece_schema, compute_piece_stream
from lodebase.layout.grid.run_folder import GridPlan, RunFolder, lock_run_folder
from lodebase.layout.grid.site_counts import may_matter
from lodebase.layout.grid.snapshot import Points, Snapshot, ZoneSnapshot, read_grid_snapshot, read_query_area
from lodebase.layout.grid.what_if_query import WhatIfQuery, compute_query_digest
from lodebase.layout.grid.workers import Workers
from lodebase.layout.measures.zones import AROUND_DEG
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import state
from lodebase.layout.statement_parameters import WIDEST_M
from lodebase.query.bbox import Bbox
from lodedata.messages import Message, msg, put_in_each_language
from lodedata.rules import RuleSet

PLACES = 128
"""Number of places in a piece."""
AHEAD = 2
"""Pieces submitted at a time for each worker, which bounds the memory used."""
MAX_LOSSES = 5


@dataclass(slots=True)
class GridProgress:
    """Progress of a what-if run."""

    pieces: int = 0
    finished: int = 0
    resumed: int = 0
    """Number of pieces that an earlier run finished."""
    began: float = field(default_factory=time.monotonic)

    def line(self) -> Message:
        """Return the progress as text."""
        here = self.finished - self.resumed
        took = time.monotonic() - self.began
        finished = msg("what-if: %(finished)s of %(pieces)s pieces", finished=f"{self.finished:,}", pieces=f"{self.pieces:,}")
        if not here:
            return finished
        left = f"{took / here * (self.pieces - self.finished):,.0f}"
        return msg("%(finished)s, about %(left)s s left", finished=finished, left=left)


@dataclass(frozen=True, slots=True)
class Done:
    """Result of a what-if run."""

    path: Path
    about: Mapping[str, object]
    """What the run computed: the query, its plants with their capacities, the version of the data and the rules."""
    resumed: int
    """Number of pieces that an earlier run finished."""


def find_run_folder(out: Path) -> Path:
    """Return the folder of the intermediate files of a what-if run."""
    return out.with_name(f"{out.name}.parts")


@dataclass(frozen=True, slots=True)
class GridJob:
    """A what-if run: query, rules and output file; ``day_given`` is true if the user named the day."""

    query: WhatIfQuery
    rules: RuleSet
    out: Path
    day_given: bool = True
    places: int = PLACES


def run(engine: Engine, job: GridJob, workers: AbstractContextManager[Workers], progress: GridProgress) -> Done:
    """Start or resume a what-if run. Raises WhatIfWrong if the folder has pieces of another query, WorkersLost if workers can't
    be replaced, and the errors of reading.
    """
    from lodebase.layout.grid import file  # noqa: PLC0415  it loads GDAL, which a grid that is shown does without

    file.require_known(job.out)
    with lock_run_folder(find_run_folder(job.out)) as folder:
        job, plan = _plan(engine, job, folder)
        where, read = folder.cells(), folder.snapshot(_add_capacities(job.query, plan), plan)
        progress.pieces = -(-len(where) // job.places)
        todo = [number for number in range(progress.pieces) if not folder.has(number)]
        progress.resumed = progress.finished = progress.pieces - len(todo)
        resumed = progress.resumed
        if todo:
            with workers as some:
                _Work(folder, where, read, job, some, progress).all(todo)
        run_description = _describe_run(plan, job.rules, len(where))
        file.write(
            job.out, build_piece_schema(read.plants), folder.batches(progress.pieces), run_description, job.query.h3 is not None
        )
        folder.drop()
    return Done(job.out, run_description, resumed)


def _plan(engine: Engine, job: GridJob, folder: RunFolder) -> tuple[GridJob, GridPlan]:
    """Return the stored plan if it belongs to this query; otherwise read the store and save a new plan."""
    plan = folder.plan
    if plan is not None:
        if not job.day_given:
            job = replace(job, query=job.query.on_day(type(job.query.on).fromisoformat(plan.query.on)))
        if plan.digest != _compute_digest(job):
            raise WhatIfWrong(
                msg("%(path)s has pieces of another what-if; give another file, or --fresh to start again", path=folder.path)
            )
        return job, plan
    with state(engine) as seen:
        polygons = read_query_area(seen, job.query)
        where = place_cells(polygons, job.query.step_km, job.query.h3)
        if not len(where):
            raise WhatIfWrong(msg("there is no point in the area; use a shorter distance or a finer resolution"))
        read = read_grid_snapshot(seen, job.query, polygons)
    plan = GridPlan(
        digest=_compute_digest(job),
        query=job.query.stored(),
        data_version=read.version,
        capacity_tpa=[plant.capacity_tpa for plant in read.plants],
        sized_by=list(read.sized_by),
        kinds=list(read.kinds),
    )
    folder.begin(plan, where, read)
    return job, plan


def _compute_digest(job: GridJob) -> str:
    return compute_query_digest({**asdict(job.query.stored()), "rules": job.rules.sha256, "places": job.places})


def _add_capacities(query: WhatIfQuery, plan: GridPlan) -> tuple[Candidate, ...]:
    return tuple(replace(plant, capacity_tpa=tpa) for plant, tpa in zip(query.plants, plan.capacity_tpa, strict=True))


def _describe_run(plan: GridPlan, rules: RuleSet, places: int) -> dict[str, object]:
    plants = [
        {**properties, "capacity_tpa": tpa, "capacity_from": by}
        for properties, tpa, by in zip(plan.query.plants, plan.capacity_tpa, plan.sized_by, strict=True)
    ]
    return {
        **asdict(plan.query),
        "plants": plants,
        "places": places,
        "data_version": plan.data_version,
        "rules_sha256": rules.sha256,
        **put_in_each_language("disclaimer", DISCLAIMER),
    }


class _Work:
    """Submits pieces to workers, a few at a time, and saves their results."""

    def __init__(
        self, folder: RunFolder, where: Cells, read: Snapshot, job: GridJob, workers: Workers, progress: GridProgress
    ) -> None:
        self.folder, self.where, self.read, self.job = folder, where, read, job
        self.workers, self.progress = workers, progress
        self.losses = 0

    def all(self, numbers: Iterable[int]) -> None:
        """Process the pieces with these numbers; a piece whose worker was lost is submitted again."""
        todo, numbers_by_future = deque(numbers), dict[Future[bytes], int]()
        while todo or numbers_by_future:
            try:
                while todo and len(numbers_by_future) < AHEAD * self.workers.count:
                    numbers_by_future[self.workers.executor().submit(compute_piece_stream, self.piece(todo[0]))] = todo[0]
                    todo.popleft()
                done, _ = wait(numbers_by_future, return_when=FIRST_COMPLETED)
                for future in done:
                    self.folder.save_piece(numbers_by_future[future], future.result())
                    del numbers_by_future[future]
                    self.progress.finished += 1
            except (BrokenProcessPool, CancelledError) as error:
                self._handle_loss(error)
                todo.extendleft(sorted(numbers_by_future.values(), reverse=True))
                numbers_by_future.clear()

    def piece(self, number: int) -> Piece:
        """Return a piece with its surroundings."""
        mine = self.where.part(number * self.job.places, (number + 1) * self.job.places)
        return cut_piece(mine, self.read, self.job.rules)

    def _handle_loss(self, error: BaseException) -> None:
        self.losses += 1
        if not self.workers.lost() or self.losses > MAX_LOSSES:
            raise WorkersLost(
                msg(
                    "workers were lost (%(reason)s); the same command resumes from the %(finished)s of "
                    "%(pieces)s pieces that are saved",
                    reason=type(error).__name__,
                    finished=self.progress.finished,
                    pieces=self.progress.pieces,
                )
            ) from None


def cut_piece(mine: Cells, read: Snapshot, rules: RuleSet) -> Piece:
    """Return some places with the sites, ore and zones that may matter to them."""
    reach = {plant.product: plant.radii_km[-1] * 1000 for plant in read.plants}
    return Piece(
        mine,
        read.plants,
        {name: _select_near_points(mine, points, reach[name]) for name, points in read.sites.items()},
        {
            name: (_select_near_points(mine, ore[0], reach[name]), _select_near_points(mine, ore[1], reach[name]))
            for name, ore in read.ore.items()
        },
        tuple(zone for zone in read.zones if _may_touch(mine, zone)),
        read.kinds,
        rules,
    )


def _select_near_points(mine: Cells, points: Points, reach_m: float) -> Points:
    """Return the points that may matter to some places, in their order; filtered first by bounding box, as that is cheapest."""
    box = Bbox(*(float(edge) for edge in (mine.lon.min(), mine.lat.min(), mine.lon.max(), mine.lat.max())))
    near = np.zeros(len(points), dtype=bool)
    for part in box.wider(reach_m + WIDEST_M).parts():
        near |= (points["lon"] >= part.west) & (points["lon"] <= part.east)
        near &= (points["lat"] >= part.south) & (points["lat"] <= part.north)
    some = np.asarray(points[near])
    return some[may_matter(mine, some, reach_m)] if len(some) else some


def _may_touch(mine: Cells, zone: ZoneSnapshot) -> bool:
    west, south, east, north = shapely.from_wkb(zone.wkb).bounds
    wide = AROUND_DEG / max(float(np.cos(np.radians(np.abs(mine.lat).max()))), 0.05)
    across = west <= mine.lon.max() + wide and east >= mine.lon.min() - wide
    return bool(across and south <= mine.lat.max() + AROUND_DEG and north >= mine.lat.min() - AROUND_DEG)
