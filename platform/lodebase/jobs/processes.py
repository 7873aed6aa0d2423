"""The processes: what each takes and returns, and the function that runs it."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import BadQuery, NoSuchThing
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import MOST_CANDIDATES, Candidate, parse_candidate, parse_candidates
from lodebase.layout.reports.report import report
from lodebase.layout.rulebook import rulebook
from lodebase.lists.firm_results import find_firm_results, write_workbook
from lodebase.lists.list_evidence import BATCH, batch_evidence
from lodebase.lists.list_query import parse
from lodebase.lists.list_report import list_report
from lodebase.lists.list_table import CSV, MOST_BYTES, check_rows, rows_of
from lodebase.operations.formats import XLSX, result_data
from lodebase.operations.operation import Operation, OperationServices
from lodebase.settings import Settings
from lodebase.statistics.figures import Known
from lodebase.topics.registry import declared_operations
from lodedata.messages import Translatable, msg

Schema = Mapping[str, Any]
Inputs = Mapping[str, Any]
TEXT: Schema = {"type": "string", "maxLength": 500}
DAY: Schema = {"type": "string", "format": "date"}
LANGUAGE: Schema = {"type": "string", "enum": ["en", "zh"], "maxLength": 2}
JSON = "application/json"
MOST_VERSION = 999_999_999
VERSION: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_VERSION}


@dataclass(frozen=True, slots=True)
class ProcessValue:
    """An input or output of a process: its texts, its JSON Schema, and whether an input is required."""

    title: Translatable
    schema: Schema
    required: bool = False
    several: bool = False
    """Whether more than one value may be given."""


@dataclass(frozen=True, slots=True)
class ProcessServices:
    """What runs of processes read: the database, cached figures, and the settings with the rules."""

    engine: Engine
    figures: Known
    settings: Settings
    progress: Callable[[int, int], None] = lambda done, number: None
    """Called with the number of parts that are done and that of all."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process with one output; one without ``prepare`` runs in the site alone, at once.

    The result of a process of another media type than JSON is its text.
    """

    name: str
    title: Translatable
    description: Translatable
    inputs: Mapping[str, ProcessValue]
    output: str
    outputs: Mapping[str, ProcessValue]
    prepare: Callable[[Inputs, date], Callable[[ProcessServices], Any]] | None = None
    """Return the run for inputs on a day. Raises BadQuery or BadCandidate if an input is invalid."""
    media_type: str = JSON
    binary: bool = False
    """Whether the result is base64 of bytes, which a client gets as they are."""
    takes_long: bool = False
    """Whether it is run by a job alone, apart from the processes that serve requests."""
    signed_as: str | None = None
    """The subject of the signature that the site puts on its result when it is fetched, which is the text of JSON with the
    version of the data; None for a result that is not signed."""

    def require_known(self, inputs: Inputs) -> None:
        """Raise BadQuery for an input that is missing, unknown, or of another type than its schema has."""
        for name in inputs:
            if name not in self.inputs:
                raise BadQuery(
                    name[:40], "", msg("%(parameter)s is not an input here. Use %(choices)s.", choices=list(self.inputs))
                )
        for name, value in self.inputs.items():
            if value.required and name not in inputs:
                raise BadQuery(name, "", msg("The input %(parameter)s is missing."))
            if name in inputs and not isinstance(inputs[name], TYPES[value.schema["type"]]):
                right = value.schema["type"]
                raise BadQuery(
                    name, str(inputs[name])[:40], msg("The input %(parameter)s must be of type %(type)s.", type=right)
                )
            if isinstance(inputs.get(name), str) and len(inputs[name]) > value.schema.get("maxLength", 20):
                raise BadQuery(name, inputs[name][:40], msg("The input %(parameter)s is too long."))


TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "object": dict}


def _layout_check(inputs: Inputs, today: date) -> Callable[[ProcessServices], dict[str, Any]]:
    version = _version(inputs)
    read = _reader(inputs["candidate"], today, version)
    return lambda services: report(
        services.engine, services.figures, read(services), rulebook(services.settings), version
    ).as_data()


def _reader(feature: object, today: date, version: int | None) -> Callable[[ProcessServices], Candidate]:
    """Return what gives the planned plant of a feature: as parsed, or from the store if it names a place.

    Raises BadCandidate.
    """
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if isinstance(properties, Mapping) and properties.get("place") is not None:
        return lambda services: read_candidate(services.engine, feature, today, version)
    candidate = parse_candidate(feature, today)
    return lambda services: candidate


def _list_check(inputs: Inputs, today: date) -> Callable[[ProcessServices], dict[str, Any]]:
    query, version = parse({name: value for name, value in inputs.items() if name != "version"}, today), _version(inputs)
    return lambda services: list_report(services.engine, services.figures, query, version)


def _layout_checks(inputs: Inputs, today: date) -> Callable[[ProcessServices], dict[str, Any]]:
    version = _version(inputs)
    candidates = parse_candidates(inputs["candidates"], today, partial(_reader, version=version))

    def run(services: ProcessServices) -> dict[str, Any]:
        reports = []
        for number, read in enumerate(candidates):
            services.progress(number, len(candidates))
            reports.append(
                report(services.engine, services.figures, read(services), rulebook(services.settings), version).as_data()
            )
        return {"reports": reports}

    return run


def _list_checks(inputs: Inputs, today: date) -> Callable[[ProcessServices], str]:
    rows = rows_of(inputs["table"], {name: inputs[name] for name in ("date", "list") if name in inputs})
    version, language = _version(inputs), _language(inputs)
    return lambda services: check_rows(
        services.engine, services.figures, rows, today, language, version, progress=services.progress
    )


def _list_workbook(inputs: Inputs, today: date) -> Callable[[ProcessServices], str]:
    rows = rows_of(inputs["table"], {name: inputs[name] for name in ("date", "list") if name in inputs})
    version, language = _version(inputs), _language(inputs)

    def run(services: ProcessServices) -> str:
        found = find_firm_results(services.engine, services.figures, rows, today, version)
        return b64encode(write_workbook(found, language, every=False)).decode()

    return run


def _list_evidence(inputs: Inputs, today: date) -> Callable[[ProcessServices], str]:
    rows = rows_of(inputs["table"], {name: inputs[name] for name in ("date", "list") if name in inputs})
    version = _version(inputs)
    return lambda services: batch_evidence(find_firm_results(services.engine, services.figures, rows, today, version)).decode()


def _language(inputs: Inputs) -> str:
    language = str(inputs.get("language", "en"))
    if language not in LANGUAGE["enum"]:
        raise BadQuery("language", language, msg('"%(value)s" is not a language here. Use en or zh.'))
    return language


def _version(inputs: Inputs) -> int | None:
    version: int | None = inputs.get("version")
    if version is not None and (isinstance(version, bool) or not 1 <= version <= MOST_VERSION):
        raise BadQuery("version", str(version)[:40], msg('"%(value)s" is not a version of the data. See /api/versions.'))
    return version


_JSON: Schema = {"type": "object", "contentMediaType": JSON}


def declared_process(operation: Operation[Any, Any]) -> Process:
    """Return the process that runs a declared operation; its result is the data of the operation."""

    def prepare(inputs: Inputs, today: date) -> Callable[[ProcessServices], Any]:
        parameters = operation.parameters.parse(inputs)
        return lambda services: result_data(
            operation.run(OperationServices.of_store(services.engine, services.figures, services.settings, today), parameters)
        )

    return Process(
        operation.process_name,
        operation.title,
        operation.text,
        {one.name: ProcessValue(one.text, one.schema, one.required) for one in operation.parameters.described()},
        "result",
        {"result": ProcessValue(operation.title, _JSON)},
        prepare,
    )


_VERSION = ProcessValue(msg("A version of the data; by default the latest."), VERSION)
_DAY = ProcessValue(msg("The day; by default today."), DAY)
_LISTS = ProcessValue(msg("Codes of lists; by default all."), TEXT, several=True)
_TABLE_INPUTS: Mapping[str, ProcessValue] = {
    "table": ProcessValue(
        msg("A CSV with a column name, uscc or project; it may have province, date and list, too."),
        {"type": "string", "contentMediaType": CSV, "maxLength": MOST_BYTES},
        required=True,
    ),
    "date": _DAY,
    "list": _LISTS,
    "language": ProcessValue(msg("The language of the sentences; by default English."), LANGUAGE),
    "version": _VERSION,
}
PROCESSES: Mapping[str, Process] = MappingProxyType(
    {
        process.name: process
        for process in (
            Process(
                "layout-check",
                msg("Layout check"),
                msg("The figures around a planned plant, and the findings by the rules in force on its day."),
                {
                    "candidate": ProcessValue(
                        msg("The planned plant: a GeoJSON Feature with product and capacity_tpa."),
                        {"type": "object", "contentMediaType": "application/geo+json"},
                        required=True,
                    ),
                    "version": _VERSION,
                },
                "report",
                {"report": ProcessValue(msg("The report on the planned plant"), _JSON)},
                _layout_check,
            ),
            Process(
                "list-check",
                msg("Check of lists"),
                msg("Whether a firm is on condition lists on a day: listed, withdrawn, not listed or not known here."),
                {
                    "name": ProcessValue(msg("The full name of the firm."), TEXT),
                    "uscc": ProcessValue(msg("The unified social credit code of the firm."), TEXT),
                    "project": ProcessValue(msg("The id of a project, whose owners are checked."), TEXT),
                    "province": ProcessValue(msg("The province of the firm, by name or ISO 3166-2 code."), TEXT),
                    "date": _DAY,
                    "list": _LISTS,
                    "version": _VERSION,
                },
                "result",
                {"result": ProcessValue(msg("The result for each list"), _JSON)},
                _list_check,
            ),
            Process(
                "layout-checks",
                msg("Layout checks of several plants"),
                msg("The report of the layout check on each of several planned plants."),
                {
                    "candidates": ProcessValue(
                        msg("The planned plants: a GeoJSON FeatureCollection of up to %(most)s.", most=MOST_CANDIDATES),
                        {"type": "object", "contentMediaType": "application/geo+json"},
                        required=True,
                    ),
                    "version": _VERSION,
                },
                "reports",
                {"reports": ProcessValue(msg("The reports, in the order of the plants"), _JSON)},
                _layout_checks,
                takes_long=True,
            ),
            Process(
                "list-checks",
                msg("Check of a table of firms"),
                msg("Whether each firm of a table is on condition lists on a day: a row for each firm and list."),
                _TABLE_INPUTS,
                "table",
                {"table": ProcessValue(msg("The results as a CSV"), {"type": "string", "contentMediaType": CSV})},
                _list_checks,
                media_type=CSV,
                takes_long=True,
            ),
            Process(
                "list-checks-workbook",
                msg("Check of a table of firms as a workbook"),
                msg("The same as a workbook: one row for each firm, with the list that matters first."),
                _TABLE_INPUTS,
                "workbook",
                {
                    "workbook": ProcessValue(
                        msg("The results as a workbook"),
                        {"type": "string", "contentMediaType": XLSX.media_type, "contentEncoding": "base64"},
                    )
                },
                _list_workbook,
                media_type=XLSX.media_type,
                binary=True,
                takes_long=True,
            ),
            Process(
                "list-checks-evidence",
                msg("Check of a table of firms as a signed file"),
                msg("The same as a file that proves itself: query, result and act of each firm, signed when it is fetched."),
                _TABLE_INPUTS,
                "evidence",
                {"evidence": ProcessValue(msg("The signed file"), {"type": "string", "contentMediaType": JSON})},
                _list_evidence,
                takes_long=True,
                signed_as=BATCH,
            ),
            *(declared_process(operation) for operation in declared_operations().values() if operation.process),
        )
    }
)
"""The processes that jobs can run, by name."""


def find_process(name: str, processes: Mapping[str, Process] = PROCESSES) -> Process:
    """Return the process with this name. Raise NoSuchThing if there is none."""
    if name not in processes:
        raise NoSuchThing(msg("There is no process %(name)r. Choose one of %(choices)s.", name=name, choices=list(processes)))
    return processes[name]
