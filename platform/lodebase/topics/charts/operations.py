"""Operations of charts: grade against tonnage, contained metal by class, records by a figure; under the filters of items."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from lodebase.field_types import Choice, Commodity, Description
from lodebase.operations.formats import HTML, JSON, NOT_IN_DATA, ResultLink
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.row_parameters import CollectionRowParameters
from lodebase.query import Query
from lodebase.statistics import figures
from lodebase.statistics.distribution import SCALES, compute_distribution
from lodebase.statistics.figures import MAX_CHART_POINTS, Available
from lodedata.code_labels import label_estimate_class
from lodedata.messages import msg
from lodedata.vocab import label


class ChartParameters(CollectionRowParameters):
    """The filters of a collection, and the commodity of the chart."""

    needs_radius: ClassVar[bool] = True
    of: Annotated[
        Commodity | None,
        Description(msg("The commodity whose figures are returned; by default the one with the most estimates.")),
    ] = None


class DistributionParameters(CollectionRowParameters):
    """The filters of a collection, and the figure."""

    needs_radius: ClassVar[bool] = True
    figure: Annotated[str, Choice(tuple(SCALES), msg("The figure by which records are counted."))]


@dataclass(frozen=True, slots=True)
class ChartCommodity:
    """A commodity of the records with its numbers of estimates that have a grade and that have contained metal."""

    commodity: str
    label_en: str | None
    label_zh: str | None
    graded: int
    contained: int


@dataclass(frozen=True, slots=True)
class GradeTonnageChart:
    """Grade against tonnage of a commodity: of each record the largest single estimate that has both."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    of: str | None
    grade_basis: str
    most: int
    plottable: int | None
    commodities: tuple[ChartCommodity, ...]
    links: tuple[ResultLink, ...]
    points: bytes = field(metadata=NOT_IN_DATA)
    """The points as JSON, as the database writes it."""


@dataclass(frozen=True, slots=True)
class ChartClass:
    """The contained metal of a class in tonnes; ``total_t`` only if its figures may be added."""

    category: str
    label_en: str
    label_zh: str
    kind: str
    combined: bool
    records: int
    smallest_t: float
    median_t: float
    largest_t: float
    total_t: float | None
    not_counted: int


@dataclass(frozen=True, slots=True)
class ContainedChart:
    """Contained metal of a commodity by class."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    of: str | None
    commodities: tuple[ChartCommodity, ...]
    classes: tuple[ChartClass, ...]
    links: tuple[ResultLink, ...]


@dataclass(frozen=True, slots=True)
class ChartStep:
    """A step of a scale: its lower limit, and the number of records in it."""

    lower: float = field(metadata={"name": "from"})
    records: int


@dataclass(frozen=True, slots=True)
class DistributionChart:
    """The number of records in each step of the scale of a figure."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    figure: str
    steps: tuple[ChartStep, ...]
    links: tuple[ResultLink, ...]


def draw_grade_tonnage(services: OperationServices, parameters: ChartParameters) -> GradeTonnageChart:
    """Return grade against tonnage. Raises NotFound for a collection without estimates."""
    query = parameters.resolve_query(services.find_version)
    read = figures.read_grade_tonnage(services.engine, services.figures, query, parameters.of)
    return GradeTonnageChart(
        dataset_version=read.dataset_version,
        of=read.commodity,
        grade_basis=read.basis,
        most=MAX_CHART_POINTS,
        plottable=read.plottable,
        commodities=_describe_commodities(read.available),
        links=_link_items(query),
        points=read.points,
    )


def draw_contained(services: OperationServices, parameters: ChartParameters) -> ContainedChart:
    """Return contained metal by class, each class separately. Raises NotFound for a collection without estimates."""
    query = parameters.resolve_query(services.find_version)
    read = figures.sum_contained(services.engine, services.figures, query, parameters.of)
    classes = tuple(
        ChartClass(
            category=class_.category,
            label_en=label_estimate_class(class_.category).in_language("en"),
            label_zh=label_estimate_class(class_.category).in_language("zh"),
            kind=class_.kind,
            combined=class_.combined,
            records=class_.records,
            smallest_t=class_.smallest_t,
            median_t=class_.median_t,
            largest_t=class_.largest_t,
            total_t=class_.total_t,
            not_counted=class_.not_counted,
        )
        for class_ in read.classes
    )
    commodities = _describe_commodities(read.available)
    return ContainedChart(read.dataset_version, read.commodity, commodities, classes, _link_items(query))


def draw_distribution(services: OperationServices, parameters: DistributionParameters) -> DistributionChart:
    """Return the number of records by step of a figure. Raises NotFound for a collection without the figure."""
    query = parameters.resolve_query(services.find_version)
    read = compute_distribution(services.engine, services.figures, query, parameters.figure)
    steps = tuple(map(ChartStep, SCALES[read.figure], read.records))
    return DistributionChart(read.dataset_version, read.figure, steps, _link_items(query))


def _describe_commodities(available: tuple[Available, ...]) -> tuple[ChartCommodity, ...]:
    return tuple(
        ChartCommodity(
            available.commodity,
            (name := label("commodity", available.commodity)).en,
            name.zh,
            available.graded,
            available.contained,
        )
        for available in available
    )


def _link_items(query: Query) -> tuple[ResultLink, ...]:
    return (ResultLink(f"/api/collections/{query.collection}/items", "items", "application/geo+json"),)


GRADE_TONNAGE = Operation(
    "charts.grade_tonnage",
    "/api/collections/<name>/charts/grade-tonnage",
    msg("Grade and tonnage"),
    msg("Grade and tonnage: of each record the largest single estimate that has both"),
    ChartParameters,
    run=draw_grade_tonnage,
    result=GradeTonnageChart,
    formats=(JSON, HTML),
    varies_by=("version",),
)
CONTAINED = Operation(
    "charts.contained",
    "/api/collections/<name>/charts/contained",
    msg("Contained metal by class"),
    msg("Contained metal by class, each class separately"),
    ChartParameters,
    run=draw_contained,
    result=ContainedChart,
    formats=(JSON, HTML),
    varies_by=("version",),
)
DISTRIBUTION = Operation(
    "charts.distributed",
    "/api/collections/<name>/charts/distribution",
    msg("Records by amount"),
    msg("The number of records by interval of a figure"),
    DistributionParameters,
    run=draw_distribution,
    result=DistributionChart,
    formats=(JSON, HTML),
    varies_by=("version",),
)
OPERATIONS = (GRADE_TONNAGE, CONTAINED, DISTRIBUTION)
