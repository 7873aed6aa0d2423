"""The pages of settings and commands."""

import re
from collections.abc import Iterator

import click
from pydantic.fields import FieldInfo

from lodebase import errors
from lodebase.cli import main as command
from lodebase.cli.help_texts import set_language
from lodebase.settings import Settings, list_secret_variables
from lodedata.messages import ENGLISH
from reference_pages.texts import ReferenceTexts, TextError, code, table

HELP_WIDTH = 100


def settings_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield a row for each setting."""
    rows = []
    for field in Settings.model_fields.values():
        variable = str(field.validation_alias)
        name = f"{code(variable)} *or a file*" if variable in list_secret_variables() else code(variable)
        rows.append((name, _default(field, texts.get("settings", variable)), field.description))
    yield from table(("variable", "default", "meaning"), rows)


def _default(field: FieldInfo, described: str | None) -> str:
    if described is not None:
        return described
    if field.default_factory is not None:
        raise TextError(f"the default of {field.validation_alias} is computed and has no text")
    return "none" if field.default is None else code(field.default)


def commands_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield the help of each command, then the exit statuses and the errors that cause them."""
    set_language(ENGLISH)
    for path, context in commands():
        yield from (f"## {path}", "", "```text", context.command.get_help(context).rstrip(), "```", "")
    yield from ("## Exit status", "")
    statuses = re.search(r"Exit status: (.+?)\.\n", f"{command.__doc__}\n")
    assert statuses is not None
    yield from table(("status", "meaning"), (part.strip().split(" ", 1) for part in statuses[1].split(";")))
    yield from ("Errors that end a command with a message:", "")
    yield from table(("error", "status", "meaning"), ((code(e.__name__), e.exit_status, e.__doc__) for e in known_errors()))


def commands() -> Iterator[tuple[str, click.Context]]:
    """Yield every command with its full name and a context to show its help in, the root first."""
    root = click.Context(
        command.cli, info_name="lode", terminal_width=HELP_WIDTH, max_content_width=HELP_WIDTH, **command.cli.context_settings
    )
    yield from _within(root)


def _within(context: click.Context) -> Iterator[tuple[str, click.Context]]:
    yield context.command_path, context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            subcommand = context.command.get_command(context, name)
            assert subcommand is not None
            yield from _within(click.Context(subcommand, info_name=name, parent=context))


def known_errors() -> list[type[errors.LodeError]]:
    """Return the classes of errors that have a message, in the order of their file."""
    return [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.LodeError)]
