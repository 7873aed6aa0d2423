"""``lode verify`` and ``lode signing-key``: signed files, and the keys that sign them."""

from collections.abc import Mapping
from pathlib import Path

import click
import orjson
from sqlalchemy import Connection

from lodebase import settings as settings_module
from lodebase import signed_file
from lodebase.cli.accounts.owner import open_owner_transaction
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import choose_terminal_language, echo, echo_json, json_option, print_rows, say
from lodebase.db import engine as engines
from lodebase.db import signing_keys
from lodebase.db.store import open_upgraded_store
from lodebase.desk import trail
from lodebase.errors import NotVerified
from lodebase.operations.formats import format_result_as_json
from lodebase.query.reading import open_reading
from lodebase.signed_file import VerifiedFile
from lodebase.topics.evidence.verified_results import list_verified_results
from lodebase.topics.lists.list_evidence import ON_LIST_LABELS
from lodedata.messages import msg

MAX_FILE_BYTES = 64 << 20


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Saved /.well-known/jwks.json of the site that signed; by default the keys of this store.",
)
@json_option
def verify(file: Path, keys: Path | None, as_json: bool) -> None:
    """Verify a signed file: who signed it, when, and what it states. Exit status 1 if it was changed.

    With --keys it needs no database and no network.
    """
    if file.stat().st_size > MAX_FILE_BYTES:
        raise NotVerified(
            msg("The file has more than %(most)s bytes, more than a signed file of Lode can have.", most=f"{MAX_FILE_BYTES:,}")
        )
    key_set = signed_file.build_site_key_set(_read_own_keys()) if keys is None else signed_file.read_keys(keys.read_bytes())
    verified_file = signed_file.verify(file.read_bytes(), key_set)
    if as_json:
        click.echo(format_result_as_json(verified_file))
        return
    _print(verified_file)


@click.group("signing-key", cls=CommandGroup)
def signing_key() -> None:
    """List, replace and revoke the keys that sign files."""


@signing_key.command("list")
@click.option("--jwks", is_flag=True, help="Print the public keys as /.well-known/jwks.json has them (RFC 7517).")
@json_option
def list_(jwks: bool, as_json: bool) -> None:
    """List the keys: the one in use, and those before it, whose files remain valid."""
    if jwks:
        echo_json({"keys": [key.jwk for key in _read_own_keys()]})
        return
    names = ("made_at", "retired_at", "revoked_at", "revoked_reason")
    rows = [{"key": key.kid, **{name: getattr(key, name) for name in names}} for key in _read_own_keys()]
    print_rows(rows, as_json)


@signing_key.command("rotate")
@click.option("--yes", is_flag=True, help="Do not ask before the key is replaced.")
@json_option
def rotate(yes: bool, as_json: bool) -> None:
    """Sign with a new key from now on; the private part of the old one is deleted, its public part stays published."""
    if not yes:
        click.confirm(msg("Replace the key that signs files?").in_language(choose_terminal_language()), abort=True)
    with open_owner_transaction() as connection:
        kid = signing_keys.rotate(connection)
        _note(connection, kid)
    if as_json:
        print_rows([{"key": kid}], as_json)
    else:
        say(msg("Files are signed with the key %(kid)s from now on.", kid=kid))


@signing_key.command("revoke")
@click.argument("kid")
@click.option("--reason", required=True, help="Why nobody should trust the key any more; it is published with the key.")
@click.option("--yes", is_flag=True, help="Do not ask before the key is revoked.")
@json_option
def revoke(kid: str, reason: str, yes: bool, as_json: bool) -> None:
    """Revoke the key KID: files that state a later time are refused, earlier ones carry a warning.

    A key in use is replaced by a new one. It can't be undone.
    """
    if not yes:
        click.confirm(msg("Revoke the key %(kid)s for ever?", kid=kid).in_language(choose_terminal_language()), abort=True)
    with open_owner_transaction() as connection:
        new = signing_keys.revoke(connection, kid, reason)
        _note(connection, kid, "signing-key revoke", {"reason": reason, "new_key": new})
    if as_json:
        print_rows([{"key": kid, "new_key": new}], as_json)
        return
    say(msg("The key %(kid)s is revoked.", kid=kid))
    if new is not None:
        say(msg("Files are signed with the key %(kid)s from now on.", kid=new))


def _note(
    connection: Connection, kid: str, action: str = "signing-key rotate", detail: Mapping[str, str | None] | None = None
) -> None:
    document = orjson.dumps(dict(detail or {})).decode()
    connection.exec_driver_sql(trail.NOTE_COMMAND, (action, kid, document, trail.describe_operator()))


def _read_own_keys() -> list[signing_keys.PublicKey]:
    with open_upgraded_store(settings_module.load()) as store:
        engine = engines.create_checked_engine(store.addresses.site, "lode", pool_size=1)
        try:
            with open_reading(engine, "one") as connection:
                return list(signing_keys.list_public(connection))
        finally:
            engine.dispose()


def _print(verified_file: VerifiedFile) -> None:
    claims, lang = verified_file.claims, choose_terminal_language()
    signer = ", ".join(text for text in (claims.issuing_body, claims.issuer) if text)
    echo(msg("Verified: the file is as it was signed.").in_language(lang))
    signature_text = msg(
        "Signed by %(signer)s at %(time)s with the key %(kid)s; version %(version)s of the data.",
        signer=signer,
        time=claims.signed_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        kid=verified_file.kid,
        version=claims.data_version,
    )
    echo(signature_text.in_language(lang))
    if verified_file.revoked is not None:
        echo(signed_file.describe_revocation(verified_file.revoked).in_language(lang))
    if verified_file.evidence is None:
        return
    for result in list_verified_results(verified_file.evidence):
        parts = (
            result.firm,
            result.date,
            result.list_name.in_language(lang),
            ON_LIST_LABELS[result.on_list].in_language(lang),
            result.act,
        )
        echo("  " + " | ".join(part for part in parts if part))
