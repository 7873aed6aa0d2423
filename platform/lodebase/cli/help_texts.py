"""The help of commands in the language of the terminal: extracted from the declared commands, translated where it is shown."""

import gettext
import inspect
import os
from collections.abc import Iterable, Iterator
from typing import IO, Any

import click

from lodebase.cli.output import choose_terminal_language, chosen_language
from lodedata.messages import DOMAIN, ENGLISH, FOLDER, list_locales, load_translations

CLICK_TEXTS = (
    "Usage:",
    "Options",
    "Commands",
    "required",
    "default: {default}",
    "Show the version and exit.",
    "Show this message and exit.",
    "Error: {message}",
    "Try '{command} {option}' for help.",
    "Missing command.",
    "Missing argument",
    "Missing option",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "No such option {name!r}.",
    "No such command {name!r}.",
    "Option {name!r} does not take a value.",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.",
    "Repeat for confirmation",
    "Error: The two entered values do not match.",
)
"""What click itself says; it looks its texts up in the catalogue that ``speak`` names."""

_NARROW = 56


def extract(_file: IO[bytes], _names: object, _tags: object, options: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield the texts of help; pybabel calls this once (``tool.babel`` in pyproject.toml)."""
    from lodebase.cli.main import cli  # noqa: PLC0415 - importing it where commands are shown would be a circle

    for text in dict.fromkeys((*CLICK_TEXTS, *_list_texts(cli, click.Context(cli)))):
        if text:
            yield 1, None, text, []


def set_language(chosen: str | None) -> None:
    """Set the language of messages, and that of click's own texts with it."""
    chosen_language.set(chosen)
    gettext.bindtextdomain(DOMAIN, FOLDER)
    os.environ["LANGUAGE"] = list_locales().get(choose_terminal_language(), ENGLISH)


class CommandGroup(click.Group):
    """A group whose help has the first paragraph of each command."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names of the commands with their summaries."""
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl([(name, self.summary(ctx, name)) for name in self.list_commands(ctx)])

    def summary(self, ctx: click.Context, name: str) -> str:
        """Return the first paragraph of the help of a command."""
        command = self.get_command(ctx, name)
        return _take_first_paragraph(command.help) if command is not None and command.help else ""


class TranslatedHelp(click.HelpFormatter):
    """Writes help in the language of the terminal."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if choose_terminal_language() != ENGLISH:
            # lines are broken by the number of characters; one of Chinese takes two columns
            self.width = min(self.width, _NARROW)

    def write_text(self, text: str) -> None:
        """Write a description."""
        super().write_text("\n\n".join(map(_translate_text, text.split("\n\n"))))

    def write_dl(self, rows: Iterable[tuple[str, str]], *arguments: Any, **options: Any) -> None:
        """Write options or commands with their texts."""
        super().write_dl([(name, _translate_text(text)) for name, text in rows], *arguments, **options)


def _translate_text(text: str) -> str:
    # click puts what is required and what is the default behind the text of an option
    sentence, mark, extra = text.partition("  [")
    return (load_translations(choose_terminal_language()).gettext(sentence) if sentence else "") + mark + extra


def _take_first_paragraph(text: str) -> str:
    return inspect.cleandoc(text).partition("\n\n")[0]


def _list_texts(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and parameter.help:
            yield inspect.cleandoc(parameter.help)
    if command.help:
        yield from inspect.cleandoc(command.help).split("\n\n")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            subcommand = command.get_command(context, name)
            assert subcommand is not None
            yield command.summary(context, name) if isinstance(command, CommandGroup) else ""
            yield from _list_texts(subcommand, click.Context(subcommand, info_name=name, parent=context))
