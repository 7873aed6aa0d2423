"""``lode layout grid``: what if a plant of each product stood at every place of a grid."""

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
from lodebase.cli.layout_file import importer_engine, planned
from lodebase.cli.output import echo, echo_json, json_option, say, ticking
from lodebase.errors import BadCandidate, WhatIfWrong
from lodebase.layout.candidate import Candidate
from lodebase.layout.flat import feature
from lodebase.layout.grid.run import GridJob, GridProgress, folder_of, run
from lodebase.layout.grid.what_if_query import WhatIfQuery, template, usual
from lodebase.layout.grid.workers import Workers, of_scheduler, processes
from lodebase.layout.rulebook import rulebook
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg
from lodedata.outline import outline
from lodedata.vocab import vocabulary

OF_A_PLACE = ("accuracy_m", "division")
FINEST = 7


@click.command()
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .csv, .gpkg or .parquet (GeoParquet)."
)
@click.option("--country", default="CHN", show_default=True, help="A country as the store bounds it.")
@click.option(
    "--within", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file of polygons in place of a country."
)
@click.option("--product", multiple=True, type=click.Choice([*PRODUCTS]), help="May be said again; all where none is named.")
@click.option(
    "--plants", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV or XLSX in place of --product."
)
@click.option(
    "--step-km", type=click.FloatRange(1, 1_000), help="How far places are apart; 30 where neither this nor --h3 is said."
)
@click.option("--h3", type=click.IntRange(0, FINEST), help="Cells of H3 at a resolution in place of a step.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day whose rules count, today where none is named.")
@click.option("--workers", type=click.IntRange(1, 1_000), help="Processes; as many as there are cores where it is not said.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler whose workers do it, such as tcp://10.0.0.5:8786.")
@click.option("--fresh", is_flag=True, help="Begin anew where an earlier run left pieces.")
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
    """Set a plant of each product at every place of a grid and write what the layout check finds, as counts.

    A row for each place and product: how many rules that count are met, not met, lack data or do not apply; sites of the
    product and their capacity by radius; places of ore. Counts are findings and never a verdict. A plant is as large as half
    of those that operate in the area are at most, or as a row of --plants says (product, capacity_tpa, material, equity_pct …).

    A run that was stopped goes on when the same command is given again. The file is the same whoever worked it out.
    """
    if step_km is not None and h3 is not None:
        raise WhatIfWrong(msg("say --step-km or --h3, not both"))
    if plants is not None and product:
        raise WhatIfWrong(msg("say --product or --plants, not both"))
    day = datetime.now(UTC).date() if on is None else on.date()
    query = WhatIfQuery(
        _country(country),
        None if within is None else shapely.to_wkb(shapely.from_wkt(outline(within.read_bytes(), within.name).wkt)),
        30.0 if step_km is None and h3 is None else step_km,
        h3,
        usual(product, day) if plants is None else tuple(_plants(plants, day)),
        day,
    )
    if fresh:
        shutil.rmtree(folder_of(out), ignore_errors=True)
    progress = GridProgress()
    job = GridJob(query, rulebook(settings_module.load()), out, on is not None)
    with importer_engine() as engine, ticking(lambda: f"what-if: {progress.line()}"):
        done = run(engine, job, _workers(workers, scheduler), progress)
    if as_json:
        echo_json({"file": str(done.path), "resumed_pieces": done.resumed, **done.about})
        return
    if done.resumed:
        say(f"{done.resumed:,} pieces were there from an earlier run, at version {done.about['data_version']} of the data")
    echo(str(done.path))


def _workers(count: int | None, scheduler: str | None) -> AbstractContextManager[Workers]:
    if scheduler is not None:
        if count is not None:
            raise WhatIfWrong(msg("say --workers or --scheduler, not both: a scheduler has its own workers"))
        return of_scheduler(scheduler)
    return processes(count or len(os.sched_getaffinity(0)))


def _country(name: str) -> str:
    found = vocabulary("country").find(name)
    if found is None:
        codes = {term.extra["alpha2"]: term.code for term in vocabulary("country").terms.values()}
        if name.upper() not in codes:
            raise WhatIfWrong(msg("--country %(word)r is no term of the vocabulary country; write such as CHN", word=name[:40]))
        return codes[name.upper()]
    return found.code


def _plants(path: Path, day: date) -> Iterable[Candidate]:
    """The plants of a table. Raises FileRefused and WhatIfWrong for those that can't be set at a place."""
    products: set[str] = set()
    for number, given in planned(path, ("product",)):
        properties: dict[str, Any] = {**feature(given)["properties"], "on": None}
        made = _plant(path, number, {k: v for k, v in properties.items() if v is not None and k not in OF_A_PLACE}, day)
        if made.product in products:
            raise WhatIfWrong(
                msg(
                    "%(file)s, row %(number)s: there is a plant of %(product)s already; a what-if sets one of each",
                    file=path.name,
                    number=number,
                    product=made.product,
                )
            )
        products.add(made.product)
        yield made


def _plant(path: Path, number: int, properties: dict[str, Any], day: date) -> Candidate:
    try:
        return template(properties, day)
    except BadCandidate as refused:
        raise WhatIfWrong(
            msg("%(file)s, row %(number)s: %(sentence)s", file=path.name, number=number, sentence=refused.message)
        ) from None
