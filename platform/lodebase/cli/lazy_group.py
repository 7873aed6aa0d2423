"""A group of commands that imports a command's module when the command is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from lodebase.cli.help_texts import CommandGroup


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of a group: where it is defined, as ``module:function``, and its line in the group's help."""

    target: str
    help: str

    def load(self) -> click.Command:
        """Return the command, importing its module."""
        module, _, function = self.target.partition(":")
        command = getattr(import_module(module), function)
        assert isinstance(command, click.Command)
        return command


class LazyGroup(CommandGroup):
    """A group whose commands stand in a table, so that its help is printed without importing any of them."""

    def __init__(self, *arguments: Any, entries: Mapping[str, Entry], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in alphabetical order."""
        return sorted(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, importing its module, or None if there is none of this name."""
        entry = self.entries.get(cmd_name)
        return None if entry is None else entry.load()

    def summary(self, ctx: click.Context, name: str) -> str:
        """Return the line of a command in the table."""
        return self.entries[name].help
