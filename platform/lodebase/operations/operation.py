"""The declaration of an operation. Route, formats, limits, caching, description, command and process are derived from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal, Self, TypeVar

from sqlalchemy import Engine

from lodebase.history.versions import resolve_version
from lodebase.operations.formats import HTML, JSON, OperationFormat
from lodebase.operations.parameters import Parameters
from lodebase.query import Counts
from lodebase.settings import Settings
from lodebase.statistics.figures import Known
from lodedata.messages import Message

P = TypeVar("P", bound=Parameters)
R = TypeVar("R")
Cost = Literal["light", "heavy", "tile", "file"]
"""What a run costs: it selects the rate limit that counts the request."""
Part = Literal["version", "day", "rules", "ground"]
"""What a result depends on besides the program and the parameters: the data, today, the rules of the layout check, and the
ground of the map."""


@dataclass(frozen=True, slots=True)
class OperationCaller:
    """The API key that sent a request: the owner of what it stores, and what an operation of an owner writes with."""

    owner: str
    engine: Engine
    """The database as the desk writes to it."""
    secret: str = field(repr=False)
    """The site's secret."""


@dataclass(frozen=True, slots=True)
class OperationVisitor:
    """Whoever sends a request without a key: the client as limits count it, and the database that its reports are stored in."""

    client: str
    engine: Engine
    """The database as the desk writes to it."""


@dataclass(frozen=True, slots=True)
class OperationServices:
    """What runs of operations read: the database, the cached figures, the settings, and the day that counts as today."""

    engine: Engine
    figures: Known
    settings: Settings
    today: date
    find_version: Callable[[str], int]
    """Return the version of the data that a text such as a number, a day or a time names. Raises BadQuery."""
    caller: OperationCaller | None = None
    """Who calls, for operations with ``needs_key``."""
    visitor: OperationVisitor | None = None
    """Who calls, for operations with ``for_visitors``."""
    counts: Counts = field(default_factory=Counts)
    """The cached numbers of records that match a query."""
    progress: Callable[[int, int], None] = lambda done, number: None
    """Called with the number of parts that are done and that of all."""

    def require_caller(self) -> OperationCaller:
        """Return who calls an operation with ``needs_key``."""
        assert self.caller is not None, "the adapter refuses requests without a key"
        return self.caller

    def require_visitor(self) -> OperationVisitor:
        """Return who calls an operation with ``for_visitors``."""
        assert self.visitor is not None, "an operation for visitors runs in a request"
        return self.visitor

    @classmethod
    def of_store(cls, engine: Engine, figures: Known, settings: Settings, today: date) -> Self:
        """Return the services of a run outside of a request."""
        return cls(engine, figures, settings, today, lambda text: resolve_version(engine, text).number)


@dataclass(frozen=True, slots=True)
class OperationProcess:
    """A process that an operation is besides the one of its own name: in a format, with texts and an output of its own."""

    name: str
    title: Message
    text: Message
    output_title: Message
    output: str = "result"
    format: OperationFormat = JSON
    takes_long: bool = False
    """Whether it is run by a job alone, apart from the processes that serve requests."""
    signed_as: str | None = None
    """The subject of the signature that the site puts on its result when it is fetched."""
    parameters: type[Parameters] | None = None
    """Its inputs where they are not the parameters of the operation, such as data in place of a text or a file."""
    run: Callable[[OperationServices, Any], Any] | None = None
    """Its function, for inputs of its own."""


@dataclass(frozen=True, slots=True)
class JobOrder:
    """A job to run in place of a request that takes long: the process and its inputs, without the language."""

    process: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Generic[P, R]):
    """A check, a series, a comparison, a report: whatever Lode returns besides records.

    The name is that of the topic and a verb or noun, such as ``recycling.import_check``; its template is of the same name.
    """

    name: str
    path: str
    title: Message
    """The heading of its page."""
    text: Message
    """What it returns, for descriptions."""
    parameters: type[P]
    run: Callable[[OperationServices, P], R]
    result: type[R]
    """A dataclass, whose fields are those of the JSON. One with ``dataset_version`` names the version that it read."""
    formats: tuple[OperationFormat, ...] = (JSON, HTML)
    """The first is the one of a client that names none."""
    rows: Callable[[R], Sequence[Any]] | None = None
    """Return the rows of the formats that are tables: dataclasses of one type."""
    row: type[Any] | None = None
    """The dataclass of a row."""
    writers: Mapping[OperationFormat, Callable[[R, str], bytes]] = field(default_factory=dict)
    """Write a result in a format and a language, for formats that no general writer has."""
    varies_by: tuple[Part, ...] | None = None
    """What the result depends on, none for the program alone. None if a client may not cache it."""
    cost: Cost = "light"
    count: Callable[[Mapping[str, str]], int] | None = None
    """Return how many runs a request with these parameters is; None if each is one."""
    primary: bool = False
    """Whether it reads from the primary only."""
    needs_database: bool = True
    """Whether it waits for a place at the database."""
    page: str | None = None
    """The address of its page, which has the form alone until a required parameter is given."""
    command: bool = False
    """Whether ``lode run`` has it."""
    process: bool = False
    """Whether it is a process of OGC API Processes."""
    processes: tuple[OperationProcess, ...] = ()
    """Processes under other names, or with files as results."""
    job: Callable[[OperationServices, P, OperationFormat], JobOrder | None] | None = None
    """Return the job to run in place of a request, None to run it at once. Raises BadQuery."""
    file_parameter: str | None = None
    """The parameter that is the body of a POST, a file; the others are in the address."""
    file_field: str = ""
    """The field of a form that has the file as text, where no file is chosen."""
    takes_body: bool = False
    """Whether its parameters may be sent by POST as a JSON object, for values that are too long for an address."""
    method: Literal["GET", "POST", "DELETE"] = "GET"
    """The method; parameters of POST that are not in the path are sent as a JSON object, unless one is a file."""
    needs_key: bool = False
    """Whether it reads or writes what belongs to an API key, which must be sent. What is not GET needs one, if it writes."""
    for_visitors: str | None = None
    """Why anybody may read and write what it stores, such as under an address that can't be guessed; None if it does not."""
    address_of: Callable[[R], str] | None = None
    """Return the address of what it stored: the response has status 201 and names it."""
    aliases: tuple[str, ...] = ()
    """Further addresses with the same responses."""
    file_name: str | None = None
    """The name of its files without a suffix; by default that of the operation."""

    @property
    def topic(self) -> str:
        """The topic that declares it."""
        return self.name.partition(".")[0]

    @property
    def short_name(self) -> str:
        """Its name within the topic."""
        return self.name.partition(".")[2]

    @property
    def process_name(self) -> str:
        """Its name as a process, such as ``recycling-import-check``."""
        return self.name.replace(".", "-").replace("_", "-")

    def format_of(self, name: str) -> OperationFormat | None:
        """Return its format of a name, None if there is none."""
        named = next((form for form in self.formats if name == form.name), None)
        return named or next((form for form in self.formats if name in form.aliases), None)
