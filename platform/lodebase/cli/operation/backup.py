"""``lode backup`` and ``lode restore``: the whole store as one file, and back."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from lodebase import settings as settings_module
from lodebase.backup import Archive, StepProgress, make_backup
from lodebase.backup import restore as restore_backup
from lodebase.backup.folder import build_backup_path, remove_old
from lodebase.backup.restore import holds_a_store
from lodebase.cli.output import build_usage_error, json_option, say, show_ticking_line, translate_for_terminal
from lodebase.db.store import connect_store, write_conninfo
from lodebase.desk import trail
from lodedata.messages import msg

skip_space_check = click.option(
    "--skip-space-check", is_flag=True, help="Import even if the disk seems to have too little free space."
)


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--into",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write a file with the time in its name to this folder.",
)
@click.option("--keep", type=click.IntRange(1), help="With --into: keep the newest N of these files and remove older ones.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@skip_space_check
@json_option
def backup(
    file: Path | None, folder: Path | None, keep: int | None, force: bool, skip_space_check: bool, as_json: bool
) -> None:
    """Write the whole store to FILE, while the site may run.

    The file holds every schema of Lode at one moment, accounts and their password hashes among it: only you may read it
    (mode 600). It appears under its name when it is complete and was read back.
    """
    if (file is None) == (folder is None):
        raise build_usage_error(msg("name a FILE, or a folder with --into"))
    if keep is not None and folder is None:
        raise build_usage_error(msg("--keep requires --into FOLDER"))
    path = build_backup_path(folder) if folder is not None else file
    assert path is not None
    settings = settings_module.load()
    progress = StepProgress()
    with connect_store(settings, prepare=False) as store, show_ticking_line(progress.line):
        result = make_backup(
            store,
            path,
            progress,
            preferred_bin=settings.postgres_bin,
            force=force,
            check_space=not skip_space_check,
        )
    removed = remove_old(folder, keep) if folder is not None and keep is not None else []
    if as_json:
        click.echo(json.dumps({**asdict(result), "path": str(path), "removed": [str(old) for old in removed]}))
        return
    say(
        msg(
            "%(path)s: %(rows)s rows of %(tables)s tables in %(size)s MB, checked, in %(seconds)s s",
            path=path,
            rows=f"{result.rows:,}",
            tables=result.tables,
            size=f"{result.bytes / 1e6:,.1f}",
            seconds=f"{result.seconds:.1f}",
        )
    )
    for old in removed:
        say(msg("removed %(path)s", path=old))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace an existing store without asking for confirmation.")
@skip_space_check
@json_option
def restore(file: Path, force: bool, skip_space_check: bool, as_json: bool) -> None:
    """Replace the store by a backup, then upgrade it to this code's version.

    The database is the one of LODE_DATABASE_URL, else the private one of LODE_HOME. The site has to be stopped. Everything
    is one transaction: if anything fails, the store is what it was before.
    """
    settings = settings_module.load()
    progress = StepProgress()
    with Archive(file) as archive, connect_store(settings, prepare=True) as store:
        if not force and holds_a_store(store):
            replace = msg("Replace the existing store with the backup of %(time)s?", time=archive.manifest.made_at)
            click.confirm(translate_for_terminal(replace), abort=True, err=True)
        with show_ticking_line(progress.line):
            result = restore_backup(
                store,
                archive,
                progress,
                preferred_bin=settings.postgres_bin,
                check_space=not skip_space_check,
            )
        detail = {"rows": result.rows, "from": result.restored_revision, "made_at": str(archive.manifest.made_at)}
        trail.note_command(write_conninfo(store.addresses.owner), "restore", str(file), detail)
    if as_json:
        click.echo(json.dumps(asdict(result)))
        return
    restored = msg(
        "%(file)s: %(rows)s rows of %(tables)s tables restored and compared in %(seconds)s s",
        file=file,
        rows=f"{result.rows:,}",
        tables=result.tables,
        seconds=f"{result.seconds:.1f}",
    )
    if result.revision != result.restored_revision:
        restored = msg(
            "%(restored)s, upgraded from %(before)s to %(after)s",
            restored=restored,
            before=result.restored_revision,
            after=result.revision,
        )
    say(restored)
