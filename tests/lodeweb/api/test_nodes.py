"""A nation's Lode reads those of its provinces over HTTP: again and again, through a partition, and nothing double."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from tests.list_workbook import write
from tests.lodeweb.own_deposits import load_own
from tests.mapped_rows import load_rows
from werkzeug.exceptions import BadRequest
from werkzeug.serving import WSGIRequestHandler, make_server

from lodebase.db import engine as engines
from lodebase.db.store import Store, write_conninfo
from lodebase.desk.decisions.judgements import Judgement, JudgementRow
from lodebase.desk.decisions.site_judgements import SiteJudgements, store_site_judgements
from lodebase.errors import FetchFailed, ImportRefused, RowsLost
from lodebase.ingest.lode_site import fetch_site, read_site
from lodebase.ingest.run import ImportJob, Summary, run
from lodebase.ingest.stored_records import find_stored
from lodedata import sources
from lodedata.errors import FileRefused
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Tally
from lodedata.mapping.generic_feature import GenericFeatureReader
from lodedata.mapping.lode_feature import NOT_STORED, FeatureReader
from lodedata.sources import readers

# connections of a site that a test ends are closed by the collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
Apps = Callable[[Store], AbstractContextManager[Flask]]
Stores = Callable[[str], AbstractContextManager[Store]]


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve a site on this machine and yield its address."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def take(nation: Store, address: str, name: str, folder: Path, may_lose_rows: bool = False) -> tuple[Summary, SiteJudgements]:
    """Import the public records of a site as a source of the nation, and its judgements."""
    site = fetch_site(address, name, folder, stored=partial(find_stored, nation.importer))
    requested[name] = site.requested
    job = ImportJob(
        *(site.source, site.path, lambda tally: read_site(site.path, tally), Boundaries(())), may_lose_rows=may_lose_rows
    )
    summary = run(nation.importer, job)
    rows = [Judgement(JudgementRow(name, one.a), JudgementRow(name, one.b), one.verdict, one.relation) for one in site.judged]
    engine = engines.create_checked_engine(nation.addresses.owner, "tests", pool_size=1)
    with engine.begin() as connection:
        done = store_site_judgements(connection, name, rows)
    engine.dispose()
    return summary, done


requested: dict[str, int] = {}
"""The number of records that the last import of each source requested."""


def judge(store: Store, a: tuple[str, str], b: tuple[str, str], verdict: str) -> None:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(
            "INSERT INTO lode.decision (kind, subject, decision, account) VALUES ('judgement', jsonb_build_object("
            "'a_source', %s::text, 'a_key', %s::text, 'b_source', %s::text, 'b_key', %s::text), %s, 'a')",
            (*a, *b, verdict),
        )


PRESENT = text(
    "SELECT r.source, r.key, p.name_en, array_to_string(p.commodities, ','), ST_AsText(p.geom), p.figure_ore_t "
    "FROM lode.source_record r JOIN lode.member m ON m.source_record_id = r.id AND m.leads "
    "LEFT JOIN lode.reported_record t ON t.record_id = m.record_id "
    "JOIN lode.deposit p ON p.id = coalesce(t.served_id, m.record_id) "
    "WHERE r.gone_run IS NULL AND r.source LIKE 'province%' ORDER BY 1, 2"
)
OWN = text(
    "SELECT id, name_en, array_to_string(commodities, ','), ST_AsText(geom), figure_ore_t FROM lode.deposit d WHERE NOT "
    "EXISTS (SELECT FROM lode.member m JOIN lode.source_record r ON r.id = m.source_record_id "
    "WHERE m.record_id = d.id AND r.gone_run IS NOT NULL)"
)


def rows_of(store: Store, statement: object) -> list[tuple[object, ...]]:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        return connection.execute(str(statement)).fetchall()


def test_nodes_end_equal_after_a_partition(own_store: Stores, store: Store, app_of: Apps, tmp_path: Path) -> None:
    with own_store("south") as south, own_store("north") as north, own_store("later") as later:
        spots = [(str(n), f"Mine {n}", -70.5 + n, -20.5) for n in range(6)]
        load_own(south, tmp_path, spots, "south")
        load_own(north, tmp_path, [(key, f"North {key}", lon, lat + 30) for key, _, lon, lat in spots], "north")
        with app_of(south) as south_app, app_of(north) as north_app, serving(north_app) as of_north:
            with serving(south_app) as of_south:
                first, _ = take(store, of_south, "province-south", tmp_path)
                take(store, of_north, "province-north", tmp_path)
                assert (first.read, first.loaded, first.quarantined) == (6, 6, 0)
                again, _ = take(store, of_south, "province-south", tmp_path)
                assert (again.unchanged, again.loaded, again.updated) == (6, 0, 0)
                assert requested["province-south"] == 0
                port = int(of_south.rpartition(":")[2])
            # the south is cut off; each side changes meanwhile
            before = rows_of(store, PRESENT)
            with pytest.raises(FetchFailed, match="can't be reached"):
                take(store, of_south, "province-south", tmp_path)
            assert rows_of(store, PRESENT) == before
            load_own(
                south, tmp_path, [("0", "Mine zero renamed", -70.5, -20.5), *spots[1:5], ("9", "Mine nine", -60, -20)], "south"
            )
            judge(south, ("south", "0"), ("south", "1"), "different")
            load_own(north, tmp_path, [(key, f"Renamed {key}", lon, lat + 30) for key, _, lon, lat in spots], "north")
            take(store, of_north, "province-north", tmp_path)
            with serving(south_app, port) as of_south:
                healed, judged = take(store, of_south, "province-south", tmp_path)
                # the renamed record and the new one
                assert requested["province-south"] == 2
                take(later, of_south, "province-south", tmp_path)
                assert requested["province-south"] == 6
                take(later, of_north, "province-north", tmp_path)
            assert (healed.loaded, healed.gone, judged.new) == (1, 1, 1)
            assert rows_of(store, PRESENT) == rows_of(later, PRESENT)
            ours = {row[1:] for row in rows_of(store, PRESENT)}
            assert ours == {row for one in (south, north) for row in rows_of(one, OWN)}


def test_a_later_import_reads_what_a_full_one_reads(own_store: Stores, store: Store, app_of: Apps, tmp_path: Path) -> None:
    """After each change, records copied from the store and those that changed are those of a full reading."""
    spots = [(str(n), f"Mine {n}", -70.5 + n, -20.5) for n in range(5)]
    with own_store("province") as province, app_of(province) as app, serving(app) as address:
        load_own(province, tmp_path, spots, "south")

        def expect(number: int, may_lose_rows: bool = False) -> None:
            take(store, address, "province", tmp_path, may_lose_rows)
            assert requested["province"] == number
            whole = fetch_site(address, "province", tmp_path)
            reused = fetch_site(address, "province", tmp_path / "again", stored=partial(find_stored, store.importer))
            assert reused.requested == 0 and reused.judged == whole.judged
            assert stated(reused.path) == stated(whole.path)

        (tmp_path / "again").mkdir()
        expect(5)
        # another source adds to a record, and a record of its own
        load_own(province, tmp_path, [("a", "Mine 0", -70.5001, -20.5001), ("b", "Far mine", 10.5, 50.5)], "other")
        judge(province, ("other", "a"), ("south", "1"), "different")
        take(store, address, "province", tmp_path)
        assert 1 <= requested["province"] <= 3
        load_own(province, tmp_path, spots[:3], "south")
        take(store, address, "province", tmp_path, may_lose_rows=True)
        whole = fetch_site(address, "province", tmp_path)
        reused = fetch_site(address, "province", tmp_path / "again", stored=partial(find_stored, store.importer))
        assert (reused.requested, stated(reused.path), reused.judged) == (0, stated(whole.path), whole.judged)
        # a name leaves the data of the province: no record that is stored is trusted
        with psycopg.connect(write_conninfo(province.addresses.owner)) as connection:
            connection.execute("INSERT INTO lode.redaction DEFAULT VALUES")
        take(store, address, "province", tmp_path)
        assert requested["province"] == len(stated(whole.path))


def stated(path: Path) -> list[tuple[object, ...]]:
    """Return the records of a file of a site, without what is in no row of the store."""
    _, *lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        document = json.loads(line)
        row = FeatureReader(document["collection"], {}, Tally()).reading(document["feature"], "https://lode.example").rows[0]
        values = json.loads(row.raw)
        for name in NOT_STORED:
            values.pop(name, None)
        found.append((document["collection"], row.key, json.dumps(values, sort_keys=True)))
    return sorted(found)


def test_a_province_of_real_records_is_read_whole(own_store: Stores, store: Store, app_of: Apps, tmp_path: Path) -> None:
    source, folder = sources.load_source("lode-starter"), sources.find_shipped_folder("lode-starter")
    assert folder is not None
    with own_store("starter") as province:
        reader = readers.get_source_reader("lode-starter")
        run(province.importer, ImportJob(source, folder, lambda tally: reader(source, folder, tally), Boundaries(())))
        with app_of(province) as app, serving(app) as address:
            taken, _ = take(store, address, "province", tmp_path)
        for table in ("deposit", "discovery", "project", "estimate", "estimate_measure", "phase", "owner"):
            count = f"SELECT count(*) FROM lode.{table}"
            assert rows_of(store, count) == rows_of(province, count), table
        sums = "SELECT status, count(*), round(sum(figure_capacity_tpa)::numeric) FROM lode.project GROUP BY 1 ORDER BY 1"
        assert rows_of(store, sums) == rows_of(province, sums)
        sums = "SELECT size_class, count(*), round(sum(figure_contained_t)::numeric) FROM lode.deposit GROUP BY 1 ORDER BY 1"
        assert rows_of(store, sums) == rows_of(province, sums)
        assert taken.quarantined == 0 and taken.loaded == taken.read > 0
        ((licence,),) = rows_of(store, "SELECT licence FROM lode.source WHERE name = 'province'")
        assert licence == source.licence.id


def test_an_older_province_is_read_record_by_record(own_store: Stores, app_of: Apps, tmp_path: Path) -> None:
    refused = []
    with own_store("older") as province, app_of(province) as app:
        current = app.wsgi_app

        def refuse_profile_of_lists(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ["PATH_INFO"].endswith("/items") and "profile=" in environ["QUERY_STRING"]:
                refused.append(environ["PATH_INFO"])
                return BadRequest("profile is not a parameter here.")(environ, start_response)
            return current(environ, start_response)

        load_own(province, tmp_path, [(str(n), f"Mine {n}", -70.5 + n, -20.5) for n in range(5)], "south")
        with serving(app) as address:
            in_pages = stated(fetch_site(address, "province", tmp_path).path)
        app.wsgi_app = refuse_profile_of_lists  # type: ignore[method-assign]
        with serving(app) as address:
            one_by_one = fetch_site(address, "province", tmp_path)
    assert refused == ["/api/collections/deposits/items"]
    assert (one_by_one.requested, stated(one_by_one.path)) == (5, in_pages)


def test_what_is_no_lode_and_a_loss_of_rows_get_a_sentence(
    own_store: Stores, store: Store, app_of: Apps, tmp_path: Path
) -> None:
    for address in ("ftp://lode.example", "lode.example", "https://lode.example/?f=json"):
        with pytest.raises(ImportRefused, match="not the address of a site"):
            fetch_site(address, None, tmp_path)
    plain = Flask("plain")
    plain.add_url_rule("/api/versions", view_func=lambda: "<html>hello</html>")
    with serving(plain) as address, pytest.raises(FetchFailed, match="sent no JSON"):
        fetch_site(address, None, tmp_path)
    other = Flask("other")
    other.add_url_rule("/api/versions", view_func=lambda: {"versions": [{"version": 1}]})
    other.add_url_rule("/api/sources", view_func=lambda: {"sources": []}, endpoint="sources")
    elsewhere = {"features": [], "links": [{"rel": "next", "href": "http://127.0.0.2/api"}]}
    other.add_url_rule("/api/collections/<name>/items", view_func=lambda name: elsewhere, endpoint="items")
    with serving(other) as address, pytest.raises(FetchFailed, match="another host"):
        fetch_site(address, None, tmp_path)
    with own_store("losing") as province:
        rows = [(str(n), f"Mine {n}", -70.5 + n, -20.5) for n in range(6)]
        load_own(province, tmp_path, rows, "south")
        with app_of(province) as app, serving(app) as address:
            take(store, address, "province", tmp_path)
            load_own(province, tmp_path, rows[:2], "south")
            with pytest.raises(RowsLost):
                take(store, address, "province", tmp_path)


RIGHTS = """
name: rights
title_en: Rights
title_zh: 矿业权
publisher: The tests
licence: {id: CC-BY-4.0, name: CC BY 4.0}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: mining_right}
    name_en: name
    position: {ring: corners}
    right_no: id
    right_kind: {const: exploration}
    status: {const: granted}
    valid_from: {const: "2020-01"}
    valid_to: to
    holder: holder
    commodities: [{const: copper}, {const: cobalt}]
    area_km2_reported: area
    country: {const: CHN}
    division: {const: CN-GS}
    information_date: {const: "2026-01"}
"""
CORNERS = "1,{0}.1,36.1 2,{0}.2,36.1 3,{0}.2,36.2 4,{0}.1,36.2"
RIGHT_ROWS = text(
    "SELECT name_en, right_no, right_kind, status, valid_from, valid_to, holder, holder_kind, commodities, area_km2_reported, "
    "area_km2_computed, country, division, information_date, ST_AsText(geom) FROM lode.mining_right ORDER BY right_no"
)
ENTRY_ROWS = text(
    "SELECT list, batch, serial, name_as_printed, name_as_printed_uscc, province_as_printed, entry_kind, valid_from, valid_to, "
    "state, grade FROM lode.list_entry ORDER BY list, batch, serial, name_as_printed"
)
BATCH_ROWS = text("SELECT list, number, act, published, count_stated FROM lode.list_batch ORDER BY 1, 2")


def load_rights(store: Store, folder: Path, rows: list[tuple[str, str, str]]) -> None:
    lines = [
        f'{number},{name},"{CORNERS.format(103 + at)}",2999-12-31,{holder},{at + 1.5}'
        for at, (number, name, holder) in enumerate(rows)
    ]
    load_rows(store, folder, RIGHTS, "\n".join(["id,name,corners,to,holder,area", *lines]) + "\n")


def load_lists(store: Store, folder: Path) -> None:
    name = "condition-list-workbook"
    path, source, read = write(folder / "lists.xlsx"), sources.load_source(name), readers.get_source_reader(name)
    run(store.importer, ImportJob(source, path, lambda tally: read(source, path, tally), Boundaries(())))


def test_rights_and_lists_of_nodes_end_equal(own_store: Stores, store: Store, app_of: Apps, tmp_path: Path) -> None:
    with own_store("rights") as province, own_store("rights_later") as later, app_of(province) as app:
        load_rights(province, tmp_path, [("T1", "North block", "ALFA S.A."), ("T2", "South block", "BETA S.A.")])
        load_lists(province, tmp_path)
        with serving(app) as address:
            first, _ = take(store, address, "province", tmp_path)
            assert (first.quarantined, first.loaded) == (0, first.read) and first.read > 6
            again, _ = take(store, address, "province", tmp_path)
            assert (again.unchanged, requested["province"]) == (first.read, 0)
            port = int(address.rpartition(":")[2])
        # while the province is cut off, a right is transferred, one lapses and one is granted
        load_rights(province, tmp_path, [("T1", "North block", "GAMMA S.A."), ("T3", "West block", "BETA S.A.")])
        with pytest.raises(FetchFailed, match="can't be reached"):
            take(store, address, "province", tmp_path)
        with serving(app, port) as address:
            healed, _ = take(store, address, "province", tmp_path, may_lose_rows=True)
            take(later, address, "province", tmp_path)
        assert (healed.loaded, healed.updated, healed.gone) == (1, 1, 1)
        ours = [row for row in rows_of(province, RIGHT_ROWS) if row[1] != "T2"]
        for node in (store, later):
            assert [row for row in rows_of(node, RIGHT_ROWS) if row[1] != "T2"] == ours != []
            for statement in (ENTRY_ROWS, BATCH_ROWS):
                assert rows_of(node, statement) == rows_of(province, statement) != []


def test_a_right_that_is_not_as_lode_writes_it_is_refused() -> None:
    feature = {"id": "a", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name_en": "A"}}
    with pytest.raises(FileRefused, match="is not a record as Lode writes it"):
        GenericFeatureReader("mining-rights", Tally()).reading(feature, "https://lode.example/records/a")
    tally = Tally()
    unknown = GenericFeatureReader("mining-rights", tally).reading(
        {"id": "a", "geometry": None, "properties": {"name_en": "A", "status": "granted", "right_kind": "lunar"}}, "u"
    )
    assert [problem.rule for problem in unknown.problems] == ["unknown-term"] and len(unknown.records) == 1
    lacking = GenericFeatureReader("list-entries", tally).reading({"id": "b", "geometry": None, "properties": {}}, "u")
    assert lacking.refused and {problem.rule for problem in lacking.problems} == {"missing-value"}
