"""The estimate of undiscovered resources of a tract."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import shapely

from lodebase.errors import BadQuery
from lodebase.operations.formats import HTML, JSON, NOT_IN_DATA, PDF
from lodebase.operations.operation import Operation, OperationServices
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.models.operations import fit_or_refuse, label_of
from lodebase.topics.models.store import read_deposit_figures
from lodebase.topics.tract.filter_parameters import EstimateParameters, declare_filter
from lodebase.topics.tract.parameters import DEPOSITS, TractParameters
from lodebase.topics.tract.store import KnownDeposit, find_tract, read_known
from lodedata.messages import Label, Message, msg
from lodedata.topics.grade_tonnage.model import GradeTonnageModel
from lodedata.topics.undiscovered.simulation import MAX_DEPOSITS, SIMULATED_TRACTS, CutOff, Simulation, simulate_tract
from lodedata.topics.undiscovered.tract import measure_area_km2
from lodedata.vocab import load_vocabulary

DEFAULT_SEED = 1
MIN_AREA_KM2 = 0.01
DENSITY_AREA_KM2 = 100_000
AT_CHANCE = (90, 50, 10)


@dataclass(frozen=True, slots=True)
class TractEstimate:
    """What may be left in a tract, with all that it rests on: amounts in tonnes, the tract in square kilometres."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    place: str | None
    place_en: str | None
    place_zh: str | None
    area_km2: float
    outline: str
    """The tract as WKT in WGS 84."""
    deposit_model: str
    label: Label
    commodity: str
    commodity_label: Label
    source: str | None
    numbers: tuple[int, int, int]
    """Deposits of which there are at least so many with a chance of 90, 50 and 10 per cent."""
    densities: tuple[float, float, float] | None
    known: tuple[KnownDeposit, ...]
    simulation: Simulation
    model: GradeTonnageModel
    assumptions: tuple[Message, ...]


def estimate_tract(services: OperationServices, parameters: EstimateParameters) -> TractEstimate:
    """Return the estimate of a tract. Raise BadQuery if the tract, the numbers or the model are none."""
    _require_tract(parameters)
    economic = declare_filter(parameters)
    narrower = load_vocabulary("deposit-model").within(parameters.deposit_model)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        named = find_tract(connection, parameters.place) if parameters.place is not None else None
        shape = parameters.within if named is None else named.shape
        area = measure_area_km2(shape)
        numbers, densities = _read_deposit_numbers(parameters, area)
        figures = read_deposit_figures(connection, narrower, parameters.commodity, parameters.source)
        held_deposits = read_known(connection, shapely.to_wkb(shape), narrower, parameters.commodity)
    model = fit_or_refuse(figures, parameters.commodity, parameters.deposit_model)
    seed = DEFAULT_SEED if parameters.seed is None else parameters.seed
    observed = figures if parameters.draw == DEPOSITS else ()
    return TractEstimate(
        version,
        None if named is None else named.reference,
        None if named is None else named.name_en,
        None if named is None else named.name_zh,
        area,
        shapely.to_wkt(shape, rounding_precision=5, trim=True),
        parameters.deposit_model,
        label_of("deposit-model", parameters.deposit_model),
        parameters.commodity,
        label_of("commodity", parameters.commodity),
        parameters.source,
        numbers,
        densities,
        held_deposits,
        simulate_tract(numbers, model, seed, _read_cutoff(parameters), economic, observed),
        model,
        _describe_assumptions(model, seed, densities is not None, economic is not None, bool(observed)),
    )


def _read_cutoff(parameters: TractParameters) -> CutOff | None:
    if parameters.min_ore_t is None and parameters.min_grade_pct is None:
        return None
    return CutOff(parameters.min_ore_t or 0.0, parameters.min_grade_pct or 0.0)


def _require_tract(parameters: TractParameters) -> None:
    """Raise BadQuery if the tract is neither named nor drawn, or both, or is too small."""
    if (parameters.within is None) == (parameters.place is None):
        raise BadQuery("within", "", msg("Give the tract either as a polygon (within) or by the name of a zone (place)."))
    if parameters.within is not None and measure_area_km2(parameters.within) < MIN_AREA_KM2:
        raise BadQuery(
            "within", "", msg("The tract is smaller than %(least)s km². Draw a larger one.").filled(least=f"{MIN_AREA_KM2:g}")
        )


def _read_deposit_numbers(
    parameters: TractParameters, area: float
) -> tuple[tuple[int, int, int], tuple[float, float, float] | None]:
    """Return the numbers of deposits at the three chances, and the densities if they follow from those. Raise BadQuery."""
    numbers = (parameters.n90, parameters.n50, parameters.n10)
    densities = (parameters.d90, parameters.d50, parameters.d10)
    stated_numbers, dense = (
        [number for number in numbers if number is not None],
        [density for density in densities if density is not None],
    )
    if (len(stated_numbers), len(dense)) not in ((3, 0), (0, 3)):
        raise BadQuery(
            "n90",
            "",
            msg("Give either three numbers of deposits (n90, n50, n10) or three densities (d90, d50, d10), and not both."),
        )
    letter, values = ("n", stated_numbers) if stated_numbers else ("d", dense)
    _require_order(letter, values)
    if stated_numbers:
        return (stated_numbers[0], stated_numbers[1], stated_numbers[2]), None
    derived_numbers = [round(density * area / DENSITY_AREA_KM2) for density in dense]
    if derived_numbers[2] > MAX_DEPOSITS:
        raise BadQuery(
            "d10",
            f"{dense[2]:g}",
            msg(
                "With this area there are %(number)s deposits, more than the %(most)s that are simulated. Divide the tract.",
                number=f"{derived_numbers[2]:,}",
                most=MAX_DEPOSITS,
            ),
        )
    return (derived_numbers[0], derived_numbers[1], derived_numbers[2]), (dense[0], dense[1], dense[2])


def _require_order(letter: str, values: Sequence[float]) -> None:
    for (more, less), (low, high) in zip(pairwise(AT_CHANCE), pairwise(values), strict=True):
        if low > high:
            raise BadQuery(
                f"{letter}{less}",
                f"{high:g}",
                msg(
                    "The figure for a chance of %(less)s per cent (%(parameter)s) is %(value)s, that for %(more)s per cent "
                    "(%(other)s) is %(low)s. With a smaller chance there are at least as many deposits: enter a figure for "
                    "%(less)s per cent of %(low)s or more, or a smaller one for %(more)s per cent.",
                    other=f"{letter}{more}",
                    low=f"{low:g}",
                    less=less,
                    more=more,
                ),
            )


def _describe_assumptions(
    model: GradeTonnageModel, seed: int, of_densities: bool, is_filtered: bool, is_observed: bool
) -> tuple[Message, ...]:
    shown = {
        "number": model.deposits,
        "correlation": f"{model.correlation:.2f}",
        "seed": seed,
        "tracts": f"{SIMULATED_TRACTS:,}",
    }
    texts = (
        msg("The numbers of deposits are the user's judgement; this program does not know what is in the ground."),
        msg("The numbers follow from densities times the area of the tract, rounded.")
        if of_densities
        else msg("The numbers were given for the tract as a whole."),
        msg(
            "The chance of each number of deposits follows from the three numbers by the algorithm of Root, Menzie and Scott "
            "(1992); more than the last one are given no chance."
        ),
        msg(
            "Ore and grade of an undiscovered deposit are those of one of the %(number)s deposits of the model, drawn by "
            "chance; none is larger or richer than these."
        )
        if is_observed
        else msg(
            "Ore and grade of an undiscovered deposit are drawn from the lognormal model of the %(number)s deposits used, with "
            "their correlation %(correlation)s, and within their range."
        ),
        msg("Tonnages of the model are of whole deposits, of whatever class. Access to the ground is not considered.")
        if is_filtered
        else msg(
            "Tonnages of the model are of whole deposits, of whatever class; recovery, cost and access are not considered."
        ),
        msg("Deposits that are known in the tract are listed and not subtracted."),
        msg("%(tracts)s simulated tracts, seed %(seed)s."),
    )
    return tuple(text.filled(**shown) for text in texts)


ESTIMATE = Operation(
    "tract.estimate",
    "/api/tract/estimate",
    msg("Undiscovered resources of a tract"),
    msg(
        "Ore and metal that undiscovered deposits of a type may hold in a tract, by simulation, with the chance of none and "
        "every assumption"
    ),
    EstimateParameters,
    run=estimate_tract,
    result=TractEstimate,
    formats=(JSON, HTML, PDF),
    varies_by=("version",),
    cost="heavy",
    page="/tract",
    command=True,
    process=True,
    takes_body=True,
)
OPERATIONS = (ESTIMATE,)
