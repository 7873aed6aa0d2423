"""The processes: what each takes and returns, and the function that runs it."""

import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import BadQuery, NotFound
from lodebase.operations.formats import convert_result_to_data
from lodebase.operations.operation import Operation, OperationProcess, OperationServices
from lodebase.settings import Settings
from lodebase.statistics.figures import Known
from lodebase.topics.registry import find_declared_operations
from lodedata.messages import Translatable, msg

Schema = Mapping[str, Any]
Inputs = Mapping[str, Any]
LANGUAGE: Schema = {"type": "string", "enum": ["en", "zh"], "maxLength": 2}
JSON = "application/json"


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
class UnsignedDocument:
    """A document that the site signs when it is fetched: the version of the data, and the base64 of its zlib stream.

    A tagged PDF has many uncompressed objects; as base64 they would not be compressed any more.
    """

    data_version: int
    document: str


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
    """The subject of the signature that the site puts on its result when it is fetched; None for a result that is not signed.

    The result is the text of JSON with the version of the data, or for another media type an UnsignedDocument."""

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


def _choose_language(inputs: Inputs) -> str:
    language = str(inputs.get("language", "en"))
    if language not in LANGUAGE["enum"]:
        raise BadQuery("language", language, msg('"%(value)s" is not a language here. Use en or zh.'))
    return language


_JSON: Schema = {"type": "object", "contentMediaType": JSON}


def build_declared_processes(operation: Operation[Any, Any]) -> Iterator[Process]:
    """Yield the processes of a declared operation: that of its own name, and those that it declares."""
    if operation.process:
        own = OperationProcess(operation.process_name, operation.title, operation.text, operation.title)
        yield _build_declared_process(operation, own)
    for declared in operation.processes:
        yield _build_declared_process(operation, declared)


def _build_declared_process(operation: Operation[Any, Any], declared: OperationProcess) -> Process:
    """Return the process that runs an operation; its result is the data of the operation, or a file as text."""
    form, write = declared.format, operation.writers.get(declared.format)
    model, run_declared = declared.parameters or operation.parameters, declared.run or operation.run
    is_binary = write is not None and not form.media_type.startswith("text/") and form.media_type != JSON
    inputs = {
        parameter.name: ProcessValue(parameter.text, parameter.schema, parameter.required, parameter.field_type.several)
        for parameter in model.described()
    }

    def prepare(entered_inputs: Inputs, today: date) -> Callable[[ProcessServices], Any]:
        language = _choose_language(entered_inputs)
        parameters = model.parse({name: value for name, value in entered_inputs.items() if name in inputs})
        parameters.require_day(today)

        def run(services: ProcessServices) -> Any:
            own = OperationServices.of_store(services.engine, services.figures, services.settings, today)
            result = run_declared(replace(own, progress=services.progress), parameters)
            if write is None:
                return convert_result_to_data(result)
            content = write(result, language)
            if is_binary and declared.signed_as is not None:
                return UnsignedDocument(result.dataset_version, b64encode(zlib.compress(content)).decode())
            return b64encode(content).decode() if is_binary else content.decode()

        return run

    schema: Schema = _JSON
    if write is not None:
        encoding = {"contentEncoding": "base64"} if is_binary else {}
        schema = {"type": "string", "contentMediaType": form.media_type, **encoding}
    return Process(
        declared.name,
        declared.title,
        declared.text,
        inputs if write is None else {**inputs, "language": _LANGUAGE},
        declared.output,
        {declared.output: ProcessValue(declared.output_title, schema)},
        prepare,
        media_type=form.media_type,
        binary=is_binary,
        takes_long=declared.takes_long,
        signed_as=declared.signed_as,
    )


_LANGUAGE = ProcessValue(msg("The language of the sentences; by default English."), LANGUAGE)
PROCESSES: Mapping[str, Process] = MappingProxyType(
    {
        process.name: process
        for operation in find_declared_operations().values()
        for process in build_declared_processes(operation)
    }
)
"""The processes that jobs can run, by name."""


def find_process(name: str, processes: Mapping[str, Process] = PROCESSES) -> Process:
    """Return the process with this name. Raise NotFound if there is none."""
    if name not in processes:
        raise NotFound(msg("There is no process %(name)r. Choose one of %(choices)s.", name=name, choices=list(processes)))
    return processes[name]
