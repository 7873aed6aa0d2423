"""The tasks that people come with, each with its page, the further pages of its topic and the records behind it."""

from dataclasses import dataclass, field

from lodebase.operations.formats import HTML, JSON, NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NoParameters
from lodebase.query.reading import count_collection_rows, open_reading, read_dataset_version
from lodedata.messages import Label, Message, msg


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A page of this site."""

    title: Label
    href: str


@dataclass(frozen=True, slots=True)
class StartTask:
    """A task with its page; ``records`` is the number of records behind it, None where no collection is."""

    name: str
    title: Label
    text: Label
    href: str
    records: int | None
    further: tuple[TaskPage, ...]


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks in the order of the page."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    tasks: tuple[StartTask, ...]


@dataclass(frozen=True, slots=True)
class DeclaredTask:
    """A task as it is declared; ``collections`` are those whose records are counted."""

    name: str
    title: Message
    text: Message
    href: str
    collections: tuple[str, ...] = ()
    further: tuple[tuple[str, Message], ...] = ()


TASKS = (
    DeclaredTask(
        "deposits",
        msg("Find deposits"),
        msg("Search deposits, discoveries and projects on the map by name, place, mineral and status."),
        "/map",
        ("deposits", "discoveries", "projects"),
        (("/by-products", msg("Low-grade and co-occurring ores")), ("/compare", msg("Compare records"))),
    ),
    DeclaredTask(
        "download",
        msg("Download data"),
        msg("Tables and map files of each collection, with sources, licences and versions."),
        "/data",
        (),
        (("/api/sources?f=html", msg("Sources")), ("/quality", msg("Quality"))),
    ),
    DeclaredTask(
        "plant",
        msg("Check a planned plant"),
        msg("Does it repeat what is there? Plants around a place, feedstock, and the clauses in force, as a report."),
        "/layout",
        ("projects",),
        (("/layout/sites", msg("Compare sites")), ("/layout/pairs", msg("Clusters of plants"))),
    ),
    DeclaredTask(
        "firm",
        msg("Check a firm"),
        msg("Is it on a list of standard conditions on a day? One firm or fifty, with the announcement."),
        "/lists",
        ("list-entries",),
        (("/lists/batch", msg("Check many firms")), ("/organisations", msg("Firms and institutions"))),
    ),
    DeclaredTask(
        "statistics",
        msg("Read statistics"),
        msg("Output, reserves, consumption and prices by country and year, with their sources."),
        "/statistics",
        (),
        (
            ("/statistics/coverage", msg("Capacity and output of countries")),
            ("/china", msg("What is held of China, and what is not")),
            ("/statistics/areas/CHN", msg("China")),
        ),
    ),
    DeclaredTask(
        "rights",
        msg("Look up mining rights"),
        msg("What is on offer now, and registered rights by holder and validity."),
        "/rights",
        ("mining-rights", "right-sales"),
        (("/rights/candidates", msg("Deposits by rights over them")),),
    ),
    DeclaredTask(
        "schedule",
        msg("Follow the schedule"),
        msg("Which projects are late, what comes next, and how much capacity arrives in which quarter."),
        "/schedule",
        ("milestones",),
    ),
    DeclaredTask(
        "recovery",
        msg("Recovery and recycling"),
        msg("Rates of mining, processing and utilisation against their minima; recyclers, and imports of recycled material."),
        "/recycling",
        ("recovery-records", "plant-streams"),
        (("/recovery/check", msg("Check the three rates of a mine")), ("/recovery/gaps", msg("Metal below the minima"))),
    ),
)
"""The tasks in the order of the page."""


def list_tasks(services: OperationServices, parameters: NoParameters) -> Tasks:
    """Return the tasks with the numbers of records behind them."""
    numbers = count_collection_rows(services.engine)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    return Tasks(version, tuple(_build_task(task, numbers) for task in TASKS))


def _build_task(declared: DeclaredTask, numbers: dict[str, int]) -> StartTask:
    return StartTask(
        declared.name,
        _label(declared.title),
        _label(declared.text),
        declared.href,
        sum(numbers[name] for name in declared.collections) if declared.collections else None,
        tuple(TaskPage(_label(title), href) for href, title in declared.further),
    )


def _label(message: Message) -> Label:
    return Label(message.in_language("en"), message.in_language("zh"))


START = Operation(
    "start.tasks",
    "/api/start",
    msg("Public service platform for the basic data of strategic minerals"),
    msg("The tasks of this site, each with its page and the number of records behind it"),
    NoParameters,
    run=list_tasks,
    result=Tasks,
    formats=(JSON, HTML),
    varies_by=("version",),
    page="/start",
)
OPERATIONS = (START,)
