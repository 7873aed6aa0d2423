"""``lode mirror``: a store that responds like another site, made of its releases."""

from dataclasses import asdict
from pathlib import Path

import click

from lodebase import settings as settings_module
from lodebase.cli.output import echo_json, json_option, say, show_ticking_line
from lodebase.db.store import open_upgraded_store
from lodebase.release.mirroring import MirrorProgress, MirrorResult, mirror_release
from lodedata.messages import msg


@click.command()
@click.argument("address", metavar="URL")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Saved /.well-known/jwks.json of the site; by default the keys that it publishes.",
)
@json_option
def mirror(address: str, keys: Path | None, as_json: bool) -> None:
    """Bring this store to the latest release at URL: a folder, https://lode.example/releases or s3://bucket/releases.

    The store is empty at the first run. Run it again to follow: only files that changed are read, in one transaction while the
    site may run. The index is signed by the site, and every file is compared with its digest. A mirror is read-only: imports
    and decisions are refused.

    The keys of the site are read at each run, and later ones must include those of the first. If the site can't be reached,
    those of the last run are used. At the first run compare the key with `lode signing-key list` there.

    It has all that everybody may read at the origin, with sources, judgements and history, and no accounts, audit trail,
    reports, subscriptions or internal rows.
    """
    settings = settings_module.load()
    progress = MirrorProgress()
    saved = None if keys is None else keys.read_bytes()
    with open_upgraded_store(settings) as store, show_ticking_line(progress.line):
        result = mirror_release(store, address, settings.import_wait_s, progress, saved)
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
    _say_signature(result)


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


def _say_signature(result: MirrorResult) -> None:
    signed = result.signed
    time = f"{signed.signed_at:%Y-%m-%d %H:%M:%S} UTC"
    say(msg("  the index is signed with the key %(kid)s at %(time)s", kid=signed.kid, time=time))
    if result.before is None and signed.keys_from == "site":
        say(msg("  first run: compare the key with `lode signing-key list` of %(origin)s", origin=result.origin))
    if signed.not_read is not None:
        say(msg("  verified with the keys of the last run, as the site can't be read: %(reason)s", reason=signed.not_read))
