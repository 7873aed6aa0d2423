"""A mirror trusts the index of releases by the keys of its origin, from a web server and an object store, and is read-only."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from tests.flows.operate.object_storage import ACCESS, serve_s3
from tests.lodeweb.api.test_mirror import keys_of
from tests.lodeweb.own_deposits import load_own

from lodebase.db import engine as engines
from lodebase.db import signing_keys
from lodebase.db.store import Store, write_conninfo
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import ExportFailed, MirrorRefused, ReadOnlyMirror
from lodebase.release.mirroring import MirrorResult, mirror_release
from lodebase.release.writing import ReleaseOptions, sign_again, write_release

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
SITE = "https://province.example"


@pytest.fixture
def origin(own_store: Callable[[str], AbstractContextManager[Store]], tmp_path: Path) -> Iterator[tuple[Store, Engine]]:
    with own_store("origin") as store:
        load_own(store, tmp_path, [("1", "Mine one", -70.5, -20.5)])
        engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
        yield store, engine
        engine.dispose()


def rotate(engine: Engine) -> str:
    with engine.begin() as connection:
        return signing_keys.rotate(connection)


def revoke(engine: Engine, kid: str) -> None:
    with engine.begin() as connection:
        signing_keys.revoke(connection, kid, "the laptop was stolen")


def in_use(engine: Engine) -> str:
    with engine.connect() as connection:
        return signing_keys.find_private(connection).kid


def deposits(store: Store) -> int:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        row = connection.execute("SELECT count(*) FROM lode.deposit").fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address of a plain web server of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def publish_keys(engine: Engine, folder: Path) -> None:
    (folder / ".well-known").mkdir(exist_ok=True)
    (folder / ".well-known/jwks.json").write_bytes(keys_of(engine))


def test_every_changed_byte_of_the_index_is_refused(origin: tuple[Store, Engine], store: Store, tmp_path: Path) -> None:
    _, engine = origin
    target = tmp_path / "releases"
    write_release(engine, str(target), ReleaseOptions(SITE))
    index, keys = target / "index.json", keys_of(engine)
    whole = index.read_bytes()
    for at in (*range(0, len(whole), 97), len(whole) - 1):
        index.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(MirrorRefused, match=r"index\.json|releases are those of"):
            mirror_release(store, str(target), 5, saved_keys=keys)
    index.write_text(json.dumps({"releases": json.loads(whole)["releases"]}))
    with pytest.raises(MirrorRefused, match="no complete signature"):
        mirror_release(store, str(target), 5, saved_keys=keys)
    with pytest.raises(ExportFailed, match="--sign-index"):
        write_release(engine, str(target), ReleaseOptions(SITE))
    assert deposits(store) == 0
    assert sign_again(engine, str(target)) == 1
    assert mirror_release(store, str(target), 5, saved_keys=keys).signed.kid == in_use(engine)


def test_the_first_run_needs_keys(origin: tuple[Store, Engine], store: Store, tmp_path: Path) -> None:
    _, engine = origin
    for name, site in (("unknown", "https://province.invalid"), ("open", "http://province.example")):
        write_release(engine, str(tmp_path / name), ReleaseOptions(site))
        with pytest.raises(MirrorRefused, match="--keys"):
            mirror_release(store, str(tmp_path / name), 5)
    assert deposits(store) == 0


def test_a_mirror_over_http_follows_new_keys_and_refuses_revoked_ones(
    origin: tuple[Store, Engine], store: Store, tmp_path: Path
) -> None:
    ours, engine = origin
    with served(tmp_path) as site:
        address = f"{site}/releases"

        def release(title: str) -> None:
            load_own(ours, tmp_path, [("1", title, -70.5, -20.5)])
            write_release(engine, str(tmp_path / "releases"), ReleaseOptions(site))

        def mirror(saved_keys: bytes | None = None) -> MirrorResult:
            return mirror_release(store, address, 5, saved_keys=saved_keys)

        release("Mine first")
        publish_keys(engine, tmp_path)
        first = in_use(engine)
        made = mirror()
        assert (made.signed.kid, made.signed.keys_from, deposits(store)) == (first, "site", 1)

        # a new key that the site publishes is followed; one that it does not publish is refused
        second = rotate(engine)
        release("Mine second")
        with pytest.raises(MirrorRefused, match="not among the keys"):
            mirror()
        publish_keys(engine, tmp_path)
        assert mirror().signed.kid == second

        # a revoked key is refused whatever time it states, until the site signs the index anew
        revoke(engine, second)
        publish_keys(engine, tmp_path)
        with pytest.raises(MirrorRefused, match="the laptop was stolen"):
            mirror()
        with pytest.raises(ExportFailed, match="the laptop was stolen"):
            release("Mine third")
        sign_again(engine, str(tmp_path / "releases"))
        publish_keys(engine, tmp_path)
        third = in_use(engine)
        assert mirror().signed.kid == third

        # the site is away: the keys of the last run hold; the site with other keys, or without the revocation: refused
        published = tmp_path / ".well-known/jwks.json"
        whole = published.read_bytes()
        published.unlink()
        away = mirror()
        assert (away.signed.keys_from, away.signed.kid) == ("store", third) and away.signed.not_read is not None
        keys = json.loads(whole)["keys"]
        stripped = [{name: value for name, value in key.items() if name != "revoked"} for key in keys]
        for changed in (keys[:1], stripped):
            published.write_text(json.dumps({"keys": changed}))
            with pytest.raises(MirrorRefused, match="Ask its operator why"):
                mirror()
        assert mirror(saved_keys=whole).signed.keys_from == "file"


@pytest.mark.slow
def test_releases_and_a_mirror_by_an_object_store(
    origin: tuple[Store, Engine], store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, engine = origin
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    with serve_s3(tmp_path, "lode") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server)
        target = "s3://lode/public/releases"
        first = write_release(engine, target, ReleaseOptions(SITE))
        release = mirror_release(store, target, 5, saved_keys=keys_of(engine))
        assert (release.version, deposits(store)) == (first.version, 1)
        load_own(ours, tmp_path, [("1", "Mine one", -70.5, -20.5), ("2", "Mine two", -60.5, -20.5)])
        second = write_release(engine, target, ReleaseOptions(SITE))
        followed = mirror_release(store, target, 5)
        assert (followed.version, deposits(store)) == (second.version, 2)
        assert followed.changes is not None and followed.changes.added == 1
        with pytest.raises(ExportFailed, match="already"):
            write_release(engine, target, ReleaseOptions(SITE))
        with pytest.raises(ExportFailed, match="can't be written"):
            write_release(engine, "s3://no-such-bucket/releases", ReleaseOptions(SITE))


DECISIONS = (
    "INSERT INTO lode.decision (kind, subject, decision, reason, account) VALUES ('holder_decision', '{}', 'x', 'r', 'expert')",
    "INSERT INTO lode.import_request (source) VALUES ('own')",
)


def test_decisions_in_a_mirror_are_refused_with_a_sentence(origin: tuple[Store, Engine], store: Store, tmp_path: Path) -> None:
    _, engine = origin
    target = tmp_path / "releases"
    write_release(engine, str(target), ReleaseOptions(SITE))
    mirror_release(store, str(target), 5, saved_keys=keys_of(engine))
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        guarded = connection.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'refuse_in_mirror' AND tgenabled = 'O'"
        ).fetchone()
    assert guarded == (9,), "a run turns the triggers on again"
    desk = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    for statement in DECISIONS:
        with (
            pytest.raises(ReadOnlyMirror, match=f"mirror of {SITE} and changes only by `lode mirror`"),
            open_write_transaction(desk) as one,
        ):
            one.execute(text(statement))
    desk.dispose()
