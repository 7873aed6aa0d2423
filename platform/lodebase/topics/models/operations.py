"""Grade and tonnage models: the list of types, and the model of one."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from sqlalchemy import Connection

from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS, Code, Commodity, Description
from lodebase.operations.formats import CSV, HTML, JSON, NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NoParameters, Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.models.source_name import SourceName
from lodebase.topics.models.store import MetalCount, count_graded_deposits, count_main_metals, read_deposit_figures
from lodedata.errors import ModelRefused
from lodedata.messages import Label, Message, msg
from lodedata.topics.grade_tonnage.model import MIN_DEPOSITS, DepositFigures, GradeTonnageModel, fit_model
from lodedata.vocab import load_vocabulary

METHOD = msg(
    "Of each deposit the largest single estimate with ore and metal counts, of whatever class; ore that was mined before is "
    "part of an undivided tonnage only. Grades are of metal. Logarithms of ore and grade are taken as normal (Cox and Singer "
    "1986); the test is that of Lilliefors."
)
DepositModel = Annotated[str, Code("deposit-model")]


class ModelParameters(Parameters):
    """A type, the metal, and a source if only its figures are to count."""

    deposit_model: Annotated[DepositModel, Description(msg("The type, by code or name; narrower types are part of it."))]
    commodity: Annotated[
        Commodity | None, Description(msg("The metal; by default the main metal of most deposits of the type."))
    ] = None
    source: SourceName | None = None


@dataclass(frozen=True, slots=True)
class ModelledType:
    """A type with the main metal of most of its deposits; numbers include those of narrower types.

    ``with_figures`` counts the deposits that the model of this metal uses, also those with another main metal.
    """

    deposit_model: str
    label: Label
    commodity: str
    commodity_label: Label
    deposits: int
    with_figures: int
    has_model: bool


@dataclass(frozen=True, slots=True)
class ModelledTypes:
    """The types with deposits in the store, those with the most figures first."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    least_deposits: int
    types: tuple[ModelledType, ...]


@dataclass(frozen=True, slots=True)
class UsedDeposit:
    """A deposit of a model: ore in tonnes, grade of the metal in per cent, metal in tonnes."""

    id: str
    name_en: str | None
    name_zh: str | None
    country: str | None
    source: str
    ore_t: float
    grade_pct: float
    metal_t: float


@dataclass(frozen=True, slots=True)
class TypeModel:
    """The model of a type for a metal, and the deposits that it was fitted to, the largest by metal first."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    deposit_model: str
    label: Label
    narrower: tuple[str, ...]
    commodity_label: Label
    source: str | None
    method: Message
    model: GradeTonnageModel
    used: tuple[UsedDeposit, ...]


def label_of(name: str, code: str) -> Label:
    """Return the label of a term."""
    term = load_vocabulary(name)[code]
    return Label(term.label_en, term.label_zh)


def list_types(services: OperationServices, _parameters: NoParameters) -> ModelledTypes:
    """Return the types with deposits in the store, broader ones included."""
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        return services.figures.at(version, "modelled-types", lambda: _read_types(connection, version))


def _read_types(connection: Connection, version: int) -> ModelledTypes:
    main, graded = _sum_by_type(count_main_metals(connection)), _sum_by_type(count_graded_deposits(connection))
    types = [
        ModelledType(
            code,
            label_of("deposit-model", code),
            metal,
            label_of("commodity", metal),
            metals.total(),
            graded[code][metal],
            graded[code][metal] >= MIN_DEPOSITS,
        )
        for code, metals in main.items()
        for metal in [_choose_usual_metal(metals)]
    ]
    types.sort(key=lambda type_: (-type_.with_figures, -type_.deposits, type_.deposit_model))
    return ModelledTypes(version, MIN_DEPOSITS, tuple(types))


def _sum_by_type(counts: Iterable[MetalCount]) -> dict[str, Counter[str]]:
    """Return the numbers of deposits by metal of each type, those of narrower types included."""
    terms = load_vocabulary("deposit-model")
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for count in counts:
        code: str | None = count.deposit_model
        while code is not None:
            totals[code][count.commodity] += count.deposits
            code = terms[code].broader
    return totals


def _choose_usual_metal(metals: Counter[str]) -> str:
    return max(metals, key=lambda metal: (metals[metal], metal))


def fit_type(services: OperationServices, parameters: ModelParameters) -> TypeModel:
    """Return the model of a type. Raise BadQuery if its deposits give none."""
    metal = parameters.commodity or _find_usual_metal(services, parameters.deposit_model)
    narrower = load_vocabulary("deposit-model").within(parameters.deposit_model)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        figures = read_deposit_figures(connection, narrower, metal, parameters.source)
    return TypeModel(
        version,
        parameters.deposit_model,
        label_of("deposit-model", parameters.deposit_model),
        tuple(sorted(narrower - {parameters.deposit_model})),
        label_of("commodity", metal),
        parameters.source,
        METHOD,
        fit_or_refuse(figures, metal, parameters.deposit_model),
        tuple(_build_used_deposit(figure, metal) for figure in figures),
    )


def fit_or_refuse(figures: tuple[DepositFigures, ...], metal: str, deposit_model: str) -> GradeTonnageModel:
    """Return the model of some deposits. Raise BadQuery if there is none."""
    try:
        return fit_model(figures, metal)
    except ModelRefused as refused:
        raise BadQuery("deposit_model", deposit_model[:MAX_QUOTED_CHARACTERS], refused.message) from None


def _find_usual_metal(services: OperationServices, deposit_model: str) -> str:
    with open_reading(services.engine) as connection:
        metals = _sum_by_type(count_main_metals(connection)).get(deposit_model)
    if metals is None:
        raise BadQuery(
            "deposit_model",
            deposit_model[:MAX_QUOTED_CHARACTERS],
            msg("No deposit of this type is in the store. Choose one of /api/models."),
        )
    return _choose_usual_metal(metals)


def _build_used_deposit(deposit_figures: DepositFigures, metal: str) -> UsedDeposit:
    grade = deposit_figures.grades_pct[metal]
    return UsedDeposit(
        deposit_figures.id,
        deposit_figures.name_en,
        deposit_figures.name_zh,
        deposit_figures.country,
        deposit_figures.source,
        deposit_figures.ore_t,
        grade,
        deposit_figures.ore_t * grade / 100,
    )


TYPES = Operation(
    "models.types",
    "/api/models",
    msg("Grade and tonnage models"),
    msg("The deposit types in the store, with the number of deposits from which a grade and tonnage model can be fitted"),
    NoParameters,
    run=list_types,
    result=ModelledTypes,
    formats=(JSON, HTML, CSV),
    rows=lambda result: result.types,
    row=ModelledType,
    varies_by=("version",),
    page="/models",
)
MODEL = Operation(
    "models.model",
    "/api/models/<deposit_model>",
    msg("Grade and tonnage model"),
    msg("The grade and tonnage model of a deposit type: percentiles, correlation, test of the fit, and the deposits used"),
    ModelParameters,
    run=fit_type,
    result=TypeModel,
    formats=(JSON, HTML, CSV),
    rows=lambda result: result.used,
    row=UsedDeposit,
    varies_by=("version",),
    cost="heavy",
    page="/models/<deposit_model>",
    command=True,
    process=True,
)
OPERATIONS = (TYPES, MODEL)
