"""A mirror of the releases of a site responds like it, follows it, and refuses what is not a release of it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from tests.lodeweb.own_deposits import load_own

from lodebase.db import engine as engines
from lodebase.db import signing_keys, upgrade
from lodebase.db.store import Store, write_conninfo
from lodebase.desk.decisions import proposals
from lodebase.desk.decisions.judgements import JudgementRow
from lodebase.desk.decisions.proposals import Proposal
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import FetchFailed, LodeError, MirrorRefused, ReadOnlyMirror
from lodebase.ingest.entered import unserved
from lodebase.ingest.run import ImportJob, run
from lodebase.query.collections_ import COLLECTIONS
from lodebase.release.mirroring import mirror_release
from lodebase.release.state_tables import REPLACED, state_tables
from lodebase.release.writing import ReleaseOptions, sign_again, write_release
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import readers

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
BEFORE_DECISIONS = "0081_reported_record"
"""The migration before that to one table of decisions."""
OPTIONS = ReleaseOptions("https://province.example")
SHIPPED = ("lode-starter", "standard-conditions-lists", "china-recycled-metals", "lode-organisations")
OF_ALL = (
    *("/api/collections", "/api/sources", "/api/versions", "/api/changes?since=1", "/api/search?q=tongling", "/api/quality"),
    *("/api/statistics/series", "/api/statistics/observations", "/api/recovery/gaps", "/api/recycling", "/api/rights"),
    *("/api/vocabularies/commodity", "/updates?f=json", "/api/collections/deposits/charts/contained", "/api/datasets"),
    *(f"/api/collections/{name}/tiles/WebMercatorQuad/0/0/0?f=mvt" for name in ("deposits", "projects")),
)
Apps = Callable[[Store], AbstractContextManager[Flask]]


def load_shipped(store: Store, name: str) -> None:
    source, folder = sources.load_source(name), sources.find_shipped_folder(name)
    assert folder is not None
    run(
        store.importer,
        ImportJob(source, folder, lambda tally: readers.get_source_reader(name)(source, folder, tally), Boundaries(())),
    )


@pytest.fixture
def origin(own_store: Callable[[str], AbstractContextManager[Store]], tmp_path: Path) -> Iterator[tuple[Store, Engine]]:
    with own_store("origin") as store:
        for name in SHIPPED:
            load_shipped(store, name)
        load_own(store, tmp_path, [("1", "Mine one", -70.5, -20.5), ("2", "Mine two", -71.5, -20.5)])
        load_own(store, tmp_path, [("a", "Mine one", -70.5001, -20.5001), ("b", "Mine three", -60.5, -10.5)], "other")
        with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
            connection.execute(
                "INSERT INTO lode.decision (kind, subject, decision, reason, account) VALUES ('judgement', "
                """'{"a_source": "own", "a_key": "2", "b_source": "other", "b_key": "b"}', """
                "'different', 'far apart', 'secret-expert')"
            )
            connection.execute(
                "INSERT INTO lode.decision (kind, subject, decision, detail, reason, account) VALUES "
                """('holder_decision', '{"key": "secret body"}', 'organisation', '{"name": "Secret body"}', 'r', 'x'), """
                """('organisation_decision', '{"comparable": "b", "country": ""}', 'means', """
                """'{"organisation_id": "o"}', 'r', 'x'), """
                """('list_entry_project', '{"entry_id": "e1"}', 'none-here', '{}', 'not public', 'secret-expert')"""
            )
        engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
        accept_names(store, engine)
        yield store, engine
        engine.dispose()


def accept_names(store: Store, engine: Engine) -> None:
    """Accept two names for a deposit, the second in place of the first."""
    with open_write_transaction(engine, "secret-expert") as connection:
        row = JudgementRow("own", "2")
        identity = connection.execute(text("SELECT id FROM deposit WHERE name_en = 'Mine two'")).scalar_one()
        for name in ("Mine two of old", "Mine two of Chile"):
            said = Proposal("deposits", identity, "Mine two", row, "name_en", name, None, "a report", "read there")
            number = proposals.propose(connection, said, "secret-kai", accepted=False)
            proposals.decide(connection, number, "accepted", "a note", "secret-expert")
    unserved.serve(store.importer, 0.8, 5)


def keys_of(engine: Engine) -> bytes:
    """Return the public keys of a site as it publishes them."""
    with engine.connect() as connection:
        return json.dumps({"keys": [public_key.jwk for public_key in signing_keys.list_public(connection)]}).encode()


def ids_of(client: FlaskClient, name: str) -> tuple[int, list[str]]:
    body = client.get(f"/api/collections/{name}/items?limit=5").get_json()
    return body["numberMatched"], [feature["id"] for feature in body["features"]]


def compare(apps: Apps, one: Store, other: Store, versions: tuple[int, ...]) -> int:
    """Compare responses of two sites byte by byte, and return how many."""
    with apps(one) as first, apps(other) as second:
        ours, theirs = first.test_client(), second.test_client()
        addresses = list(OF_ALL)
        for name in COLLECTIONS:
            matched, ids = ids_of(ours, name)
            assert ids_of(theirs, name) == (matched, ids), name
            addresses += [f"/api/collections/{name}/items?limit=50", f"/api/collections/{name}/facets"]
            addresses += [f"/api/collections/{name}/items?limit=50&as_of={version}" for version in versions]
            addresses += [f"/api/collections/{name}/items/{identity}?nested=true" for identity in ids[:3]]
        addresses += [f"/api/sources/own/records/{key}" for key in ("1", "2")]
        other_responses = []
        for address in addresses:
            expected, found = ours.get(address), theirs.get(address)
            assert b"secret-expert" not in found.data
            if (found.status_code, settled(address, found.data)) != (expected.status_code, settled(address, expected.data)):
                other_responses.append(address)
    assert other_responses == []
    return len(addresses)


def settled(address: str, content: bytes) -> object:
    """Return a response without the moment at which it was made, and the features of a tile in any order."""
    if "/tiles/" in address:
        return [sorted(map(str, layer["features"])) for layer in mapbox_vector_tile.decode(content).values()]
    try:
        body = json.loads(content)
    except ValueError:
        return content
    return {name: value for name, value in body.items() if name != "timeStamp"} if isinstance(body, dict) else body


def test_a_mirror_responds_like_its_origin_and_follows(
    origin: tuple[Store, Engine], store: Store, app_of: Apps, tmp_path: Path
) -> None:
    ours, engine = origin
    target = tmp_path / "releases"
    first = write_release(engine, str(target), OPTIONS)
    keys = keys_of(engine)
    release = mirror_release(store, str(target), 5, saved_keys=keys)
    assert (release.version, release.before, release.changes) == (first.version, None, None) and release.rows > 1_000
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        decided = connection.execute("SELECT kind, account, reason FROM lode.decision ORDER BY kind").fetchall()
        accepted = connection.execute("SELECT detail FROM lode.decision WHERE kind = 'value'").fetchall()
    assert decided == [("judgement", "", "far apart"), ("list_entry_project", "", "-"), ("value", "", "read there")]
    assert [(detail["value"], "note" in detail) for (detail,) in accepted] == [("Mine two of Chile", False)]
    assert compare(app_of, ours, store, (1, first.version)) > 100
    again = mirror_release(store, str(target), 5)
    assert (release.signed.keys_from, again.signed.keys_from) == ("file", "store")
    assert (again.files, again.version, again.before) == (0, first.version, first.version)

    with pytest.raises(ReadOnlyMirror, match="mirror of https://province.example"):
        load_own(store, tmp_path, [("9", "Mine nine", -70.5, -20.5)], "third")
    # a new name separates two records that were one; each import has a new row and withdraws another
    load_own(ours, tmp_path, [("1", "Mine one north", -70.5, -20.5), ("3", "Mine four", -50.5, -20.5)])
    second = write_release(engine, str(target), OPTIONS)
    load_own(ours, tmp_path, [("a", "Mine one", -70.5001, -20.5001), ("c", "Mine five", -61.5, -10.5)], "other")
    third = write_release(engine, str(target), OPTIONS)
    followed = mirror_release(store, str(target), 5)
    assert (
        followed.version == third.version
        and followed.changes is not None
        and followed.changes.added == 3
        and followed.changes.changed > 0
    )
    assert 0 < followed.files < release.files and followed.rows >= release.rows
    assert compare(app_of, ours, store, (1, first.version, second.version, third.version)) > 100


def test_a_mirror_refuses_what_it_can_not_trust(origin: tuple[Store, Engine], store: Store, tmp_path: Path) -> None:
    ours, engine = origin
    target = tmp_path / "releases"
    manifest = write_release(engine, str(target), OPTIONS)
    folder = target / manifest.folder

    def refused(kind: type[LodeError], sentence: str, address: Path = target) -> None:
        with pytest.raises(kind, match=sentence):
            mirror_release(store, str(address), 5, saved_keys=keys_of(engine))
        with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
            row = connection.execute("SELECT count(*) FROM lode.deposit").fetchone()
        assert row == (0,)

    part = next(path for path in (folder / "state/lode.deposit").iterdir())
    whole = part.read_bytes()
    part.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    refused(FetchFailed, "checksum")
    part.unlink()
    refused(FetchFailed, "is part of the release and missing")
    part.write_bytes(whole)
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace(manifest.citation, "another"))
    refused(FetchFailed, "checksum")
    (folder / "manifest.json").write_text(text)
    refused(FetchFailed, "is missing. Name the folder", tmp_path / "nothing")
    with pytest.raises(FetchFailed, match="can't be reached. Name the folder or the address") as caught:
        mirror_release(store, "http://127.0.0.1:9/releases", 5, saved_keys=keys_of(engine))
    assert "download it yourself" not in str(caught.value)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "index.json").write_text('{"releases": 5}')
    refused(MirrorRefused, "lode release", tmp_path / "empty")

    mirror_release(store, str(target), 5, saved_keys=keys_of(engine))
    other = tmp_path / "other"
    write_release(engine, str(other), ReleaseOptions("https://other.example"))
    with pytest.raises(MirrorRefused, match=r"mirrors https://province.example"):
        mirror_release(store, str(other), 5)
    # the second release is lost, so that no list of changes leads to the third
    for number, title in (("1", "Mine two east"), ("2", "Mine two west")):
        load_own(ours, tmp_path, [("1", "Mine one", -70.5, -20.5), (number + "0", title, -71.5, -20.5)])
        write_release(engine, str(target), OPTIONS)
    index = json.loads((target / "index.json").read_text())
    lost = index["releases"].pop(1)
    list_releases(engine, target, index["releases"])
    shutil.rmtree(target / f"v{lost['version']}")
    gap = mirror_release(store, str(target), 5)
    assert gap.changes is None and gap.version == index["releases"][0]["version"]
    with pytest.raises(MirrorRefused, match="older|latest release"):
        list_releases(engine, target, index["releases"][1:])
        mirror_release(store, str(target), 5)
    with pytest.raises(MirrorRefused, match="data of its own"):
        mirror_release(ours, str(target), 5)


def test_a_mirror_that_is_upgraded_with_its_origin_follows_it(
    origin: tuple[Store, Engine], store: Store, app_of: Apps, tmp_path: Path
) -> None:
    """Both get the decisions of people as one table, each by its own migrations, which give rows ids of their own."""
    ours, engine = origin
    target = tmp_path / "releases"
    write_release(engine, str(target), OPTIONS)
    mirror_release(store, str(target), 5, saved_keys=keys_of(engine))
    engine.dispose()
    for one in (ours, store):
        upgrade.run_downgrade(one.addresses, BEFORE_DECISIONS)
        assert upgrade.upgrade(one.addresses).current
    load_own(ours, tmp_path, [("1", "Mine one north", -70.5, -20.5), ("2", "Mine two", -71.5, -20.5)])
    release = write_release(engine, str(target), OPTIONS)
    assert mirror_release(store, str(target), 5).version == release.version
    decided = "SELECT id, number, kind, subject::text, decision, detail ->> 'value', undoes FROM lode.decision {} ORDER BY kind"
    public = (
        "WHERE kind IN ('judgement', 'list_entry_project') OR id IN (SELECT id FROM lode.current_decision WHERE kind = 'value')"
    )
    with (
        psycopg.connect(write_conninfo(ours.addresses.owner)) as of_origin,
        psycopg.connect(write_conninfo(store.addresses.owner)) as of_mirror,
    ):
        expected = of_origin.execute(decided.format(public).encode()).fetchall()
        assert of_mirror.execute(decided.format("").encode()).fetchall() == expected and len(expected) == 3
        assert of_mirror.execute("SELECT count(*) FROM lode.proposal").fetchone() == (0,)
    assert compare(app_of, ours, store, (1, release.version)) > 100
    assert mirror_release(store, str(target), 5).files == 0


def list_releases(engine: Engine, target: Path, releases: list[dict[str, Any]]) -> None:
    """Write an index of these releases and sign it."""
    (target / "index.json").write_text(json.dumps({"releases": releases}))
    assert sign_again(engine, str(target)) == len(releases)


def test_the_site_may_read_each_column_of_the_state(connection_of_site: psycopg.Connection) -> None:
    views = {"lode.source_record": "lode.public_source_row"}
    # of the kinds that a mirror has, which the site reads by their views
    steps = {("lode.decision", name) for name in ("id", "number", "kind", "subject", "decision", "detail", "undoes")}
    for table in state_tables():
        for column in table.columns:
            if column in REPLACED.get(table.table, {}) or (table.name, column) in steps:
                continue
            place = views.get(table.name, table.name), column
            row = connection_of_site.execute("SELECT has_column_privilege(%s, %s, 'SELECT')", place).fetchone()
            assert row == (True,), f"{table.name}.{column} is not public"


@pytest.fixture
def connection_of_site(site_store: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(write_conninfo(site_store.addresses.site)) as connection:
        yield connection
