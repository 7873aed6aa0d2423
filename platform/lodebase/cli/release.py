"""``lode release``: all public data as files for other programs, divided by licence."""

from pathlib import Path

import click

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.export import build_site_root, site_option
from lodebase.cli.output import echo_json, json_option, say
from lodebase.export import snapshots
from lodebase.history import dataset_state
from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodebase.release.writing import ReleaseOptions, sign_again, write_release
from lodedata.messages import msg


@click.command()
@click.argument("target", metavar="TARGET")
@click.option("--collection", "names", multiple=True, help="A collection to release; by default all.")
@click.option("--without-state", is_flag=True, help="Leave out the tables for mirrors, which other programs do not read.")
@click.option("--sign-index", is_flag=True, help="Only sign the index of TARGET, as after a key was revoked. Check it first.")
@site_option
@json_option
def release(
    target: str, names: tuple[str, ...], without_state: bool, sign_index: bool, site: str | None, as_json: bool
) -> None:
    """Write a release of the latest version to TARGET, a folder or an address such as s3://bucket/releases.

    It has every collection as GeoParquet by country and as CSV, statistics, vocabularies and a manifest with licences and
    digests. What may be used freely is apart from the rest. Run it again for the next version, with the changes since.
    A release of all collections has the tables from which `lode mirror` makes a site that responds alike.

    The index of releases is signed with the key of the site, as evidence files are.

    When a name leaves the data, `lode tasks` removes the files of the releases in folders of its machine.
    """
    if sign_index:
        _sign_index(target, as_json)
        return
    chosen = tuple(find_collection(name).name for name in names) or tuple(COLLECTIONS)
    settings = settings_module.load()
    with open_owner_engine() as engine:
        # before, so that a redaction meanwhile removes the files
        redactions = dataset_state.count_redactions(engine)
        manifest = write_release(engine, target, ReleaseOptions(build_site_root(site), settings.doi, chosen, not without_state))
    if "://" not in target:
        snapshots.register(settings.home, Path(target) / manifest.folder, redactions)
    size = sum(file.bytes for file in manifest.files)
    rows = {chosen: 0 for by_class in manifest.records.values() for chosen in by_class}
    for by_class in manifest.records.values():
        for licence_class, number in by_class.items():
            rows[licence_class] += number
    if as_json:
        echo_json({"target": target, "version": manifest.version, "files": len(manifest.files), "bytes": size, "rows": rows})
        return
    say(
        msg(
            "%(target)s/%(folder)s: %(files)s files, %(size)s MB",
            target=target,
            folder=manifest.folder,
            files=len(manifest.files),
            size=round(size / 1e6, 1),
        )
    )
    for licence_class, number in rows.items():
        say(msg("  %(licence_class)s: %(n)s rows", licence_class=licence_class, n=number))
    if manifest.state is None:
        say(msg("  without tables for mirrors: they need all collections, and no record that is not for publication"))


def _sign_index(target: str, as_json: bool) -> None:
    with open_owner_engine() as engine:
        number = sign_again(engine, target)
    if as_json:
        echo_json({"target": target, "releases": number})
        return
    say(msg("%(target)s: the index of %(n)s releases is signed", target=target, n=number))
