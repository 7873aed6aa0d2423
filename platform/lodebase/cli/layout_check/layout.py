"""``lode layout``: the layout check of a file of planned plants, and over a grid."""

import click

from lodebase.cli.lazy_group import Entry, LazyGroup

COMMANDS = {
    "file": Entry("lodebase.cli.layout_check.layout_file:file_", "Check the planned plants of a CSV or XLSX file."),
    "grid": Entry("lodebase.cli.layout_check.layout_grid:grid", "Check a plant of each product at every point of a grid."),
}


class _FileByDefault(LazyGroup):
    """Group that reads ``lode layout plants.csv`` as ``lode layout file plants.csv``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.entries and args[0] not in ctx.help_option_names:
            args = ["file", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_FileByDefault, entries=COMMANDS)
def layout() -> None:
    """Check planned plants: those of a file (`lode layout FILE`), or one of each product at every point of a grid."""
