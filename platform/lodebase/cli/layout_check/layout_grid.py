"""``lode layout grid``: the layout check of a plant of each product at every point of a grid."""

import os
import shutil
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import shapely

from lodebase import settings as settings_module
from lodebase.cli.layout_check.layout_file import open_importer_engine, read_planned_rows
from lodebase.cli.output import echo, echo_json, json_option, say, show_ticking_line
from lodebase.errors import BadCandidate, WhatIfWrong
from lodebase.layout.grid.run import GridJob, GridProgress, find_run_folder, run
from lodebase.layout.grid.what_if_query import WhatIfQuery, build_usual_plants, parse_plant_template
from lodebase.layout.grid.workers import Workers, connect_scheduler_workers, start_worker_processes
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.planned.flat import build_flat_feature
from lodebase.layout.rulebook import load_rulebook
from lodedata.geography.outline import read_outline
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

OF_A_PLACE = ("accuracy_m", "division")
FINEST = 7


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Output file: .csv, .gpkg or .parquet (GeoParquet).",
)
@click.option("--country", default="CHN", show_default=True, help="Country, with the boundary in the store.")
@click.option(
    "--within", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File of polygons instead of a country."
)
@click.option("--product", multiple=True, type=click.Choice([*PRODUCTS]), help="Can be repeated; default: all products.")
@click.option(
    "--plants", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV or XLSX of plants instead of --product."
)
@click.option("--step-km", type=click.FloatRange(1, 1_000), help="Distance between points in km; default: 30.")
@click.option("--h3", type=click.IntRange(0, FINEST), help="Resolution of H3 cells instead of a distance.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Date of the rules; default: today.")
@click.option("--workers", type=click.IntRange(1, 1_000), help="Number of processes; default: number of cores.")
@click.option("--scheduler", metavar="ADDRESS", help="Address of a Dask scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--fresh", is_flag=True, help="Start again instead of resuming an earlier run.")
@json_option
def grid(
    out: Path,
    country: str,
    within: Path | None,
    product: tuple[str, ...],
    plants: Path | None,
    step_km: float | None,
    h3: int | None,
    on: datetime | None,
    workers: int | None,
    scheduler: str | None,
    fresh: bool,
    as_json: bool,
) -> None:
    """Place a plant of each product at every point of a grid and write the results of the layout check as counts.

    The output has a row for each point and product: the numbers of rules that are met, not met, lack data or do not apply;
    the sites of the product and their capacity by radius; ore deposits and mines. Counts are findings, not a verdict. The
    capacity is the median of the operating plants in the area, or that of a row of --plants (product, capacity_tpa, material,
    equity_pct …).

    The same command resumes a run that was interrupted. The output does not depend on the number of workers.
    """
    if step_km is not None and h3 is not None:
        raise WhatIfWrong(msg("give either --step-km or --h3, not both"))
    if plants is not None and product:
        raise WhatIfWrong(msg("give either --product or --plants, not both"))
    day = datetime.now(UTC).date() if on is None else on.date()
    query = WhatIfQuery(
        _resolve_country(country),
        None if within is None else shapely.to_wkb(shapely.from_wkt(read_outline(within.read_bytes(), within.name).wkt)),
        30.0 if step_km is None and h3 is None else step_km,
        h3,
        build_usual_plants(product, day) if plants is None else tuple(_read_plants(plants, day)),
        day,
    )
    if fresh:
        shutil.rmtree(find_run_folder(out), ignore_errors=True)
    progress = GridProgress()
    job = GridJob(query, load_rulebook(settings_module.load()), out, on is not None)
    with open_importer_engine() as engine, show_ticking_line(progress.line):
        done = run(engine, job, _start_workers(workers, scheduler), progress)
    if as_json:
        echo_json({"file": str(done.path), "resumed_pieces": done.resumed, **done.about})
        return
    if done.resumed:
        say(
            msg(
                "%(count)s pieces are from an earlier run, at version %(version)s of the data",
                count=f"{done.resumed:,}",
                version=done.about["data_version"],
            )
        )
    echo(str(done.path))


def _start_workers(count: int | None, scheduler: str | None) -> AbstractContextManager[Workers]:
    if scheduler is not None:
        if count is not None:
            raise WhatIfWrong(msg("give either --workers or --scheduler, not both: a scheduler has its own workers"))
        return connect_scheduler_workers(scheduler)
    return start_worker_processes(count or len(os.sched_getaffinity(0)))


def _resolve_country(name: str) -> str:
    country = load_vocabulary("country").find(name)
    if country is None:
        codes = {term.extra["alpha2"]: term.code for term in load_vocabulary("country").terms.values()}
        if name.upper() not in codes:
            raise WhatIfWrong(
                msg("--country %(name)r is not a term of the vocabulary country; use a code such as CHN", name=name[:40])
            )
        return codes[name.upper()]
    return country.code


def _read_plants(path: Path, day: date) -> Iterable[Candidate]:
    """Yield the plants of a table. Raises FileRefused and WhatIfWrong for invalid rows."""
    products: set[str] = set()
    for number, cells in read_planned_rows(path, ("product",)):
        properties: dict[str, Any] = {**build_flat_feature(cells)["properties"], "on": None}
        plant = _build_plant(path, number, {k: v for k, v in properties.items() if v is not None and k not in OF_A_PLACE}, day)
        if plant.product in products:
            raise WhatIfWrong(
                msg(
                    "%(file)s, row %(number)s: a plant of %(product)s is listed already; list one for each product",
                    file=path.name,
                    number=number,
                    product=plant.product,
                )
            )
        products.add(plant.product)
        yield plant


def _build_plant(path: Path, number: int, properties: dict[str, Any], day: date) -> Candidate:
    try:
        return parse_plant_template(properties, day)
    except BadCandidate as refused:
        raise WhatIfWrong(
            msg("%(file)s, row %(number)s: %(sentence)s", file=path.name, number=number, sentence=refused.message)
        ) from None
