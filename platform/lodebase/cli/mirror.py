"""``lode mirror``: a store that responds like another site, made of its releases."""

from dataclasses import asdict

import click

from lodebase import settings as settings_module
from lodebase.cli.output import echo_json, json_option, say, ticking
from lodebase.db.store import opened
from lodebase.release.mirroring import MirrorProgress, MirrorResult, mirror_release
from lodedata.messages import msg


@click.command()
@click.argument("address", metavar="URL")
@json_option
def mirror(address: str, as_json: bool) -> None:
    """Bring this store to the latest release at URL: a folder, https://lode.example/releases or s3://bucket/releases.

    The store is empty at the first run. Run it again to follow: only files that changed are read, in one transaction while the
    site may run. Every file is compared with its digest. A mirror is read-only: imports are refused.

    It has all that everybody may read at the origin, with sources, judgements and history, and no accounts, audit trail,
    reports, subscriptions or internal rows.
    """
    settings = settings_module.load()
    progress = MirrorProgress()
    with opened(settings) as store, ticking(progress.line):
        result = mirror_release(store, address, settings.import_wait_s, progress)
    if as_json:
        echo_json(asdict(result))
        return
    say(
        msg(
            "%(origin)s: version %(version)s, %(rows)s rows; %(files)s files (%(size)s MB) read in %(seconds)s s",
            origin=result.origin,
            version=result.version,
            rows=f"{result.rows:,}",
            files=f"{result.files:,}",
            size=f"{result.bytes / 1e6:,.1f}",
            seconds=f"{result.seconds:.1f}",
        )
    )
    _say_changes(result)


def _say_changes(result: MirrorResult) -> None:
    if result.changes is not None:
        since = msg(
            "  since version %(before)s: %(added)s added, %(changed)s changed, %(withdrawn)s withdrawn, %(merged)s merged",
            before=result.before,
            **asdict(result.changes),
        )
        say(since)
    elif result.before is not None:
        say(
            msg(
                "  the releases do not list the changes since version %(before)s; all tables were compared instead",
                before=result.before,
            )
        )
