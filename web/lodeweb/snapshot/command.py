"""``lode export site``: the static snapshot of the store."""

from pathlib import Path

import click

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.output import echo_json, json_option, say
from lodebase.export import snapshots
from lodebase.history import dataset_state
from lodebase.query.collections_ import find_collection
from lodedata.messages import msg
from lodeweb.snapshot.folder import write


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--collection", "names", multiple=True, help="A collection to export; by default all that have records.")
@click.option("--site", help="Address of the site that the files cite; by default that of `lode serve` here.")
@click.option("--replace", is_flag=True, help="Replace the snapshot in DIR; all its old files are removed.")
@json_option
def site(folder: Path, names: tuple[str, ...], site: str | None, replace: bool, as_json: bool) -> None:
    """Write pages, map and files of the store to DIR, for archives and mirrors.

    Any web server serves DIR; a page for each record, in English and Chinese, needs no other host. DIR must be new or empty, or
    hold a snapshot with --replace. When a name leaves the data, `lode tasks` removes the files of the snapshots of its machine.
    """
    chosen = [find_collection(name) for name in names]
    settings = settings_module.load()
    root = (site or f"http://{settings.host}:{settings.port}").rstrip("/")
    with open_owner_engine() as engine:
        # before, so that a redaction meanwhile removes the files
        redactions = dataset_state.count_redactions(engine)
        counts = write(engine, folder, root, chosen, replace)
        snapshots.register(settings.home, folder, redactions)
    if as_json:
        echo_json({"folder": str(folder), "records": counts})
        return
    say(
        msg(
            "%(folder)s: %(n)s records of %(collections)s collections",
            folder=folder,
            n=sum(counts.values()),
            collections=len(counts),
        )
    )
