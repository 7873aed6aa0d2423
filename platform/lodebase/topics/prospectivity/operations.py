"""Prospectivity of a region for a deposit type, with trials that show where it fails."""

from pathlib import Path
from typing import Annotated

import shapely
from pydantic import ConfigDict

from lodebase.errors import BadQuery
from lodebase.field_types import Choice, Code, Commodity, Description, FieldType, NamePart, Number
from lodebase.ground.packs import list_layers
from lodebase.operations.formats import CSV, HTML, JSON
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.settings import Settings
from lodebase.topics.models.operations import label_of
from lodebase.topics.prospectivity.result import (
    CELLS,
    METHOD_NAMES,
    ProspectCell,
    ProspectivityMap,
    TrialResult,
)
from lodebase.topics.tract.parameters import TRACT
from lodebase.topics.tract.store import NamedTract, find_tract
from lodedata.messages import Message, join_sentences, msg
from lodedata.vocab import load_vocabulary

EVIDENCE_KINDS = ("geology", "bedrock", "faults")
"""Kinds of layers of ground packs that are evidence."""
DEFAULT_YEAR = 1985
FIRST_YEAR, LAST_YEAR = 1800, 2100


def _parse_year(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not FIRST_YEAR <= int(value[:6]) <= LAST_YEAR:
        raise ValueError
    return int(value)


YEAR = FieldType(
    _parse_year,
    {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR, "default": DEFAULT_YEAR},
    msg('"%(value)s" is not a year from %(first)s to %(last)s.').filled(first=FIRST_YEAR, last=LAST_YEAR),
    msg("Enter a year such as %(year)s.", year=DEFAULT_YEAR),
    msg("The trial in time is trained on finds before this year and tested on those since; 1985 by default."),
)


class ProspectivityParameters(Parameters):
    """A deposit type, a region, a model, and the year that divides the finds of the trial in time."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    deposit_model: Annotated[
        Annotated[str, Code("deposit-model")], Description(msg("The type, by code or name; narrower types are part of it."))
    ]
    commodity: Annotated[Commodity | None, Description(msg("Only deposits of the type with this metal."))] = None
    place: Annotated[
        NamePart | None,
        Description(msg("The region: the name of a zone, or its reference such as country/CHL; by default all land.")),
    ] = None
    within: Annotated[shapely.Geometry, TRACT] | None = None
    method: Annotated[
        str, Choice(METHOD_NAMES, msg("The model that the cells show: logistic regression or weights of evidence."))
    ] = METHOD_NAMES[0]
    before: Annotated[int, YEAR] = DEFAULT_YEAR
    top: Annotated[
        float, Number(0.1, 100, msg("Only the cells of the most favourable so many per cent of the area; 100 by default."))
    ] = 100.0


def find_shared_folder(settings: Settings) -> Path:
    """Return the folder of analyses that the processes of a site share, next to the files of downloads."""
    return (settings.spool or settings.home / "spool").absolute() / "analyses"


def map_prospectivity(services: OperationServices, parameters: ProspectivityParameters) -> ProspectivityMap:
    """Return the favourability of the cells of a region. Raise BadQuery for a region or type without a model."""
    # scikit-learn takes a second and 100 MB, which only a process that computes this needs
    from lodebase.topics.prospectivity import analysis  # noqa: PLC0415

    if parameters.place is not None and parameters.within is not None:
        raise BadQuery("within", "", msg("Give the region either as a polygon (within) or by the name of a zone (place)."))
    models = load_vocabulary("deposit-model").within(parameters.deposit_model)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        named = find_tract(connection, parameters.place) if parameters.place is not None else None
    shape = parameters.within if named is None else named.shape
    query = analysis.AnalysisQuery(
        tuple(sorted(models)),
        parameters.commodity,
        None if shape is None else bytes(shapely.to_wkb(shape)),
        parameters.before,
        tuple(layer for layer in list_layers(services.settings) if layer.layer.kind in EVIDENCE_KINDS),
        services.settings.boundaries,
    )
    region = analysis.analyse_region(services.engine, version, query, find_shared_folder(services.settings))
    in_time = analysis.describe_trial(region.in_time, parameters.method)
    in_space = analysis.describe_trial(region.in_space, parameters.method)
    has_ground = len(region.evidence) > 1
    is_better = has_ground and all(_is_better(trial) for trial in (in_time, in_space))
    return ProspectivityMap(
        version,
        write_verdict(in_time, in_space, parameters.before, is_better=is_better, has_ground=has_ground),
        is_better,
        parameters.deposit_model,
        label_of("deposit-model", parameters.deposit_model),
        parameters.commodity,
        None if parameters.commodity is None else label_of("commodity", parameters.commodity),
        *_names(named),
        parameters.method,
        parameters.before,
        region.grid.resolution,
        len(region.grid.cells),
        round(float(region.grid.area_km2.sum())),
        len(region.known.lon),
        int((region.known.year == region.known.year).sum()),
        region.known.without_position,
        int((region.points.position >= 0).sum()),
        int(region.occupied.sum()),
        in_time,
        in_space,
        analysis.describe_evidence(region),
        region.unused,
        _write_notes(region.grid.resolution, float(region.grid.area_km2.mean())),
        analysis.list_cells(region, parameters.method, parameters.top),
    )


def _names(named: NamedTract | None) -> tuple[str | None, str | None, str | None]:
    return (None, None, None) if named is None else (named.reference, named.name_en, named.name_zh)


def _is_better(trial: TrialResult | None) -> bool:
    if trial is None or trial.shown.difference is None:
        return False
    return trial.shown.difference.is_better and trial.shown.best_tenth_pct >= trial.baseline.best_tenth_pct


def write_verdict(
    in_time: TrialResult | None, in_space: TrialResult | None, before: int, *, is_better: bool, has_ground: bool
) -> Message:
    """Return the first line of the page: whether the model is better than the distance to known deposits alone, and by what."""
    if is_better:
        first = msg("In both trials this model is better than the distance to known deposits alone.")
    elif has_ground:
        first = msg("This model is not shown to be better than the distance to known deposits alone.")
    else:
        first = msg(
            "No geology is held as evidence, so this model is the distance to known deposits and can't be better than it. An "
            "operator adds geology as a ground pack."
        )
    return join_sentences(first, _describe_time_trial(in_time, before), _describe_space_trial(in_space))


def _describe_time_trial(trial: TrialResult | None, before: int) -> Message:
    if trial is None:
        return msg(
            "In time it is not tested: too few cells have finds before %(year)s or a first find since then.", year=before
        )
    return msg(
        "In time, trained on finds before %(year)s: the most favourable tenth of the area has %(model)s %% of the "
        "%(number)s cells with a first find since, and %(baseline)s %% by distance alone (%(outcome)s).",
        year=before,
        **_collect_figures(trial),
    )


def _describe_space_trial(trial: TrialResult | None) -> Message:
    if trial is None:
        return msg("In space it is not tested: too few regions have enough deposits.")
    return msg(
        "In space, with %(regions)s regions withheld in turn: the most favourable tenth of their area has %(model)s %% "
        "of their %(number)s cells with deposits, and %(baseline)s %% by distance alone (%(outcome)s).",
        regions=len(trial.regions),
        **_collect_figures(trial),
    )


def _collect_figures(trial: TrialResult) -> dict[str, object]:
    difference = trial.shown.difference
    outcome = msg("no difference beyond chance")
    if _is_better(trial):
        outcome = msg("better")
    elif difference is not None and difference.is_better:
        outcome = msg("better in mean rank alone")
    elif difference is not None and difference.is_worse:
        outcome = msg("worse")
    return {
        "model": f"{trial.shown.best_tenth_pct:.0f}",
        "baseline": f"{trial.baseline.best_tenth_pct:.0f}",
        "number": trial.tested,
        "outcome": outcome,
    }


def _write_notes(resolution: int, cell_km2: float) -> tuple[Message, ...]:
    return (
        msg(
            "The rank of a cell says how far its evidence resembles that of cells with known deposits. It is computed by a "
            "program: it is no finding of ore, no advice, and no decision on any right."
        ),
        msg("Known deposits are where people have looked, so a model also repeats where exploration went."),
        msg(
            "A cell's own deposits are no evidence for it: its distance is that to the nearest deposit in another cell. In "
            "the trials only cells without a deposit of the training are ranked."
        ),
        msg(
            "Better or worse means that the interval of 95 %% of the difference of mean ranks, by 2,000 bootstrap samples, "
            "does not contain zero; a better model also has no fewer deposits in the most favourable tenth of the area."
        ),
        msg(
            "Cells of H3, resolution %(resolution)s, of %(area)s km² on average; shares are of area. Geology at 1:30 "
            "million is not finer.",
            resolution=resolution,
            area=f"{cell_km2:,.0f}",
        ),
    )


MAP = Operation(
    "prospectivity.map",
    "/api/prospectivity",
    msg("Prospectivity"),
    msg(
        "Where the evidence that is held resembles that of known deposits of a type, with trials in time and space against the "
        "distance to known deposits alone; cells as CSV and GeoJSON"
    ),
    ProspectivityParameters,
    run=map_prospectivity,
    result=ProspectivityMap,
    formats=(JSON, HTML, CSV, CELLS),
    rows=lambda result: result.cell_rows,
    row=ProspectCell,
    varies_by=None,
    cost="heavy",
    page="/prospectivity",
    command=True,
    process=True,
)
OPERATIONS = (MAP,)
