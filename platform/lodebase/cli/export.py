"""``lode export``: files for other programs and hosts, from the store of this machine."""

from pathlib import Path

import click

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import owner_engine
from lodebase.cli.output import echo_json, json_option, say
from lodebase.export.files import export_file
from lodedata.messages import languages, msg

site_option = click.option("--site", help="Address of the site that the files cite; by default that of `lode serve` here.")


def root(site: str | None) -> str:
    """Return the address of the site without a slash at its end."""
    settings = settings_module.load()
    return (site or f"http://{settings.host}:{settings.port}").rstrip("/")


@click.group()
def export() -> None:
    """Write files for other programs and hosts."""


@export.command()
@click.argument("collection")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", type=click.Choice(languages()), help="Language of titles; by default each.")
@site_option
@json_option
def pmtiles(collection: str, path: Path, lang: str | None, site: str | None, as_json: bool) -> None:
    """Write the vector tiles of COLLECTION to FILE, for a web map on a host without Lode.

    The tiles reach the zoom at which each record is seen. The file names its fields, sources and licences.
    """
    with owner_engine() as engine:
        rows = export_file(engine, collection, "pmtiles", path, root(site), lang)
    if as_json:
        echo_json({"path": str(path), "rows": rows, "bytes": path.stat().st_size})
        return
    say(msg("%(path)s: %(n)s records, %(size)s MB", path=path, n=rows, size=round(path.stat().st_size / 1e6, 1)))
