"""The processes: what each takes and returns, and the function that runs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import BadQuery, NoSuchThing
from lodebase.layout.planned.candidate import parse_candidate
from lodebase.layout.reports.report import report
from lodebase.lists.list_query import parse
from lodebase.lists.list_report import list_report
from lodebase.statistics.figures import Known
from lodedata.messages import Translatable, msg
from lodedata.rules import RuleSet

Schema = Mapping[str, Any]
Inputs = Mapping[str, Any]
TEXT: Schema = {"type": "string", "maxLength": 500}
DAY: Schema = {"type": "string", "format": "date"}
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
    """What runs of processes read: the database, cached figures and the rules."""

    engine: Engine
    figures: Known
    rules: Callable[[], RuleSet]


@dataclass(frozen=True, slots=True)
class Process:
    """A process with one output; one without ``prepare`` runs in the site alone, at once."""

    name: str
    title: Translatable
    description: Translatable
    inputs: Mapping[str, ProcessValue]
    output: str
    outputs: Mapping[str, ProcessValue]
    prepare: Callable[[Inputs, date], Callable[[ProcessServices], dict[str, Any]]] | None = None
    """Return the run for inputs on a day. Raises BadQuery or BadCandidate if an input is invalid."""

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


TYPES: Mapping[str, type] = {"string": str, "integer": int, "object": dict}


def _layout_check(inputs: Inputs, today: date) -> Callable[[ProcessServices], dict[str, Any]]:
    candidate, version = parse_candidate(inputs["candidate"], today), _version(inputs)
    return lambda services: report(services.engine, services.figures, candidate, services.rules(), version).as_data()


def _list_check(inputs: Inputs, today: date) -> Callable[[ProcessServices], dict[str, Any]]:
    query, version = parse({name: value for name, value in inputs.items() if name != "version"}, today), _version(inputs)
    return lambda services: list_report(services.engine, services.figures, query, version)


def _version(inputs: Inputs) -> int | None:
    version: int | None = inputs.get("version")
    if version is not None and (isinstance(version, bool) or not 1 <= version <= MOST_VERSION):
        raise BadQuery("version", str(version)[:40], msg('"%(value)s" is not a version of the data. See /api/versions.'))
    return version


_VERSION = ProcessValue(msg("A version of the data; by default the latest."), VERSION)
_JSON: Schema = {"type": "object", "contentMediaType": "application/json"}
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
                    "date": ProcessValue(msg("The day; by default today."), DAY),
                    "list": ProcessValue(msg("Codes of lists; by default all."), TEXT, several=True),
                    "version": _VERSION,
                },
                "result",
                {"result": ProcessValue(msg("The result for each list"), _JSON)},
                _list_check,
            ),
        )
    }
)
"""The processes that jobs can run, by name."""


def find_process(name: str, processes: Mapping[str, Process] = PROCESSES) -> Process:
    """Return the process with this name. Raise NoSuchThing if there is none."""
    if name not in processes:
        raise NoSuchThing(msg("There is no process %(name)r. Choose one of %(choices)s.", name=name, choices=list(processes)))
    return processes[name]
