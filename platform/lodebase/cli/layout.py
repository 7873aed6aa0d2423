"""``lode layout``: the layout check of a file of planned plants, and over a grid."""

import click

from lodebase.cli.layout_file import file_
from lodebase.cli.layout_grid import grid


class _FileFirst(click.Group):
    """A group whose subcommand ``file`` needs no word: ``lode layout plants.csv``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["file", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_FileFirst)
def layout() -> None:
    """Check planned plants: those of a file (`lode layout FILE`), or one of each product at every place of a grid."""


layout.add_command(file_)
layout.add_command(grid)
