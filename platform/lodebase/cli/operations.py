"""``lode run``: the declared operations as commands, with an option for each parameter."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import echo, echo_json
from lodebase.operations.formats import HTML, JSON, OperationFormat, convert_result_to_data
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import OperationParameter
from lodebase.statistics.figures import Known
from lodebase.topics.registry import find_declared_operations

AnyOperation = Operation[Any, Any]


class OperationGroup(CommandGroup):
    """A group with a command for each declared operation that has one, such as ``recycling.import_check``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the operations that are commands."""
        return sorted(name for name, operation in find_declared_operations().items() if operation.command)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of an operation, None if there is none."""
        operation = find_declared_operations().get(cmd_name)
        return None if operation is None or not operation.command else make_command(operation)


@click.group("run", cls=OperationGroup)
def run_() -> None:
    """Run a check or report, and print its result as JSON or as a table."""


def make_command(operation: AnyOperation) -> click.Command:
    """Return the command of an operation."""
    formats = [operation_format.name for operation_format in operation.formats if operation_format is not HTML]
    options: list[click.Parameter] = [_build_option(parameter) for parameter in operation.parameters.described()]
    options.append(click.Option(["--format", "chosen"], type=click.Choice(formats), default=JSON.name, help="The format."))
    options.append(click.Option(["--json", "chosen"], flag_value=JSON.name, help="Print JSON, which is the default."))
    return click.Command(operation.name, params=options, callback=_build_callback(operation), help=f"{operation.text}.")


def _build_option(operation_parameter: OperationParameter) -> click.Option:
    # a parameter that is missing gets the sentence of its type, as in a request
    return click.Option(
        [f"--{operation_parameter.name.replace('_', '-')}", operation_parameter.name],
        help=operation_parameter.text.template % operation_parameter.text.arguments,
    )


def _build_callback(operation: AnyOperation) -> Callable[..., None]:
    def run(chosen: str, **values: str | None) -> None:
        arguments = {name: value for name, value in values.items() if value is not None}
        parameters = operation.parameters.parse(arguments)
        with open_owner_engine() as engine:
            settings, today = settings_module.load(), datetime.now(UTC).date()
            result = operation.run(OperationServices.of_store(engine, Known(), settings, today), parameters)
        _print(operation, result, operation.format_of(chosen))

    return run


def _print(operation: AnyOperation, result: object, chosen: OperationFormat | None) -> None:
    if chosen is None or chosen.write_rows is None:
        echo_json(convert_result_to_data(result), indent=1)
        return
    assert operation.rows is not None and operation.row is not None
    echo(chosen.write_rows(operation.row, operation.rows(result)).decode("utf-8-sig").replace("\r\n", "\n"), nl=False)
