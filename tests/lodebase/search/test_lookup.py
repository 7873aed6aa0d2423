"""Each name finds its record, best first, with errors forgiven, and what is found is always what the rows say."""

import csv
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from sqlalchemy import Engine
from tests.search_queries import SITES, expected_records, suggestions

from lodebase.db import engine as engines
from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.run import ImportJob, Summary, run
from lodebase.search.lookup import SearchResult, search
from lodebase.search.search_vocabulary import split_searchable_parts
from lodebase.search.suggestion import SearchQuery, Suggestion
from lodedata import sources, starter
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodedata.normal_form import PARTING, SILENT, normalise_search_text
from lodedata.sources import readers

MAPPING = """
name: own-names
title_en: Own names
title_zh: 自有名称
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: kind
    name_en: name
    name_zh: name_zh
    aliases: [{column: aliases, split: "|"}]
    position: {lon: lon, lat: lat, accuracy_m: 100}
    country: country
    commodities: [{column: metal, split: ","}]
    estimates:
      - category: {const: inferred}
        measures: [{commodity: {const: copper}, contained: {column: cu_kt, unit: kt}}]
"""
NAMES = "SELECT concat_ws(' | ', name_en, name_zh, array_to_string(aliases, ' | ')), country FROM lode.{kind}"
COLUMNS = ("id", "kind", "name", "name_zh", "aliases", "lon", "lat", "country", "metal", "cu_kt")
USUAL = {"kind": "deposit", "metal": "copper", "lon": "10.1234", "lat": "20.4321"}


def ask(engine: Engine, text: str, **more: Any) -> SearchResult:
    return search(engine, SearchQuery(normalise_search_text(text), **more))


def names(response: SearchResult) -> list[str]:
    return [suggestion.name_en or suggestion.name_zh or "" for suggestion in response.suggestions]


def first(engine: Engine, text: str, **more: Any) -> Suggestion:
    response = ask(engine, text, **more)
    assert response.suggestions, f"{text} finds nothing"
    return response.suggestions[0]


@pytest.fixture(scope="module")
def register(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Engine]:
    """A store of its own with the starter register."""
    source = sources.load_source(sources.STARTER)
    reader = readers.get_source_reader(sources.STARTER)
    with own_store("search") as store:
        run(
            store.importer,
            ImportJob(
                source,
                starter.get_register_folder(),
                lambda tally: reader(source, starter.get_register_folder(), tally),
                Boundaries(()),
            ),
        )
        engine = engines.create_checked_engine(store.addresses.site, "tests")
        yield engine
        engine.dispose()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dexing", "Dexing"),
        ("德兴", "Dexing"),
        ("jinchuan", "Jinchuan"),
        ("金川", "Jinchuan"),
        ("escondda", "Escondida"),
        ("escondida", "Escondida"),
        ("DEXING", "Dexing"),
        ("  dexing  ", "Dexing"),
        ("ｄｅｘｉｎｇ", "Dexing"),
        ("dexingtongkuang", "Dexing"),
        ("dxtk", "Dexing"),
        ("铜厂", "Dexing"),
        ("Tongchang", "Dexing"),
        ("debele", "Kindia (Débélé)"),
        ("DÉBÉLÉ", "Kindia (Débélé)"),
        ("kindia debele", "Kindia (Débélé)"),
        ("zinnwald", "Cinovec (Zinnwald)"),
        ("cinovec (zinn", "Cinovec (Zinnwald)"),
        ("yaan lithium", "Yahua Ya'an lithium plant"),
        ("ya’an", "Yahua Ya'an lithium plant"),
        ("埃斯康迪达", "Escondida"),
        ("aisikang", "Escondida"),
    ],
)
def test_each_name_finds_its_record_first(register: Engine, text: str, name: str) -> None:
    assert first(register, text, kinds=frozenset({"deposit", "discovery", "project"})).name_en == name


def test_queries_find_the_records_that_the_register_has_among_the_first_five(register: Engine) -> None:
    with register.connect() as connection:
        sites = [tuple(row) for kind in SITES for row in connection.exec_driver_sql(NAMES.format(kind=kind))]
    queries = [record for record in expected_records() if record.form != "position" and record.is_stored(sites)]
    assert len(queries) >= 150
    missing = [query.query for query in queries if not query.is_among(suggestions(register, query.query))]
    assert len(missing) <= 0.03 * len(queries), missing


def test_the_end_of_a_word_finds_the_name(register: Engine) -> None:
    found = ask(register, "exing").suggestions
    assert {"Dexing", "Dexing copper mine"} <= {suggestion.name_en for suggestion in found} and {
        suggestion.match for suggestion in found
    } == {"inside"}


def test_initials_find_every_record_that_has_them(register: Engine) -> None:
    assert {"Dexing", "Dexing copper mine"} <= set(names(ask(register, "dx")))


@pytest.mark.parametrize("text", ["dxeing", "dexng", "dexxing", "jinchaun", "jinhcuan", "escnodida", "secondida", "escondidda"])
def test_typing_errors_are_forgiven_and_the_right_spelling_is_reported(register: Engine, text: str) -> None:
    response = ask(register, text)
    assert names(response)[0] in {"Dexing", "Jinchuan", "Escondida"}
    assert {suggestion.match for suggestion in response.suggestions} == {"spelling"}
    assert response.did_you_mean[0] in {"dexing", "jinchuan", "escondida"}


def test_an_error_in_a_name_half_typed_is_forgiven(register: Engine) -> None:
    assert names(ask(register, "escondd"))[0] == "Escondida"


def test_a_chinese_character_of_the_same_sound_finds_the_name(register: Engine) -> None:
    response = ask(register, "德星铜矿")
    assert names(response)[0] == "Dexing"
    assert response.did_you_mean[0] == "德兴铜矿"


def test_what_has_no_result_has_a_spelling_when_there_is_one(register: Engine) -> None:
    response = ask(register, "eskondeda")
    assert response.did_you_mean[:1] == ("escondida",)
    nothing = ask(register, "qqqqzzzzqqqq")
    assert (nothing.suggestions, nothing.did_you_mean) == ((), ())


def test_every_suggested_spelling_finds_something(register: Engine) -> None:
    for text in ("escondoda", "jnchuann", "chuquicamota", "coppr mine", "oyu tolgoy", "norilks"):
        for meant in ask(register, text).did_you_mean:
            assert ask(register, meant).suggestions, (text, meant)


@pytest.mark.parametrize(
    ("text", "kind", "identity", "href"),
    [
        ("chile", "country", "CHL", "country=CHL"),
        ("智利", "country", "CHL", "country=CHL"),
        ("zhili", "country", "CHL", "country=CHL"),
        ("jiangxi", "division", "CN-JX", "division=CN-JX"),
        ("江西", "division", "CN-JX", "division=CN-JX"),
        ("copper", "commodity", "copper", "commodity=copper"),
        ("铜", "commodity", "copper", "commodity=copper"),
        ("porphyry copper gold", "deposit-model", "porphyry-copper-gold", "deposit_model=porphyry-copper-gold"),
        ("Argentinia", "country", "ARG", "country=ARG"),
    ],
)
def test_a_place_or_term_leads_to_the_deposits_that_have_it(
    register: Engine, text: str, kind: str, identity: str, href: str
) -> None:
    suggestion = next(suggestion for suggestion in ask(register, text).suggestions if suggestion.kind == kind)
    assert (suggestion.id, suggestion.href) == (identity, f"/api/collections/deposits/items?{href}")


@pytest.mark.parametrize("text", ["回收", "再生", "recycling", "Recycl", "secondary copper"])
def test_recycling_plants_are_found_by_their_type(register: Engine, text: str) -> None:
    found = {suggestion.name_en for suggestion in ask(register, text, limit=20).suggestions}
    assert {"Wuzhou recycled-copper refinery", "Lünen secondary copper plant"} <= found


@pytest.mark.parametrize("text", ["plant", "copper", "厂", "r"])
def test_a_text_that_other_types_or_metals_have_names_no_recycling_plant(register: Engine, text: str) -> None:
    assert "facility" not in {suggestion.match for suggestion in ask(register, text, limit=50).suggestions}


def test_a_suggestion_says_what_and_where_it_is(register: Engine) -> None:
    found = first(register, "dexing")
    assert (found.kind, found.name_en, found.name_zh, found.matched, found.match) == (
        "deposit",
        "Dexing",
        "德兴铜矿",
        "Dexing",
        "exact",
    )
    assert found.country is not None and found.division is not None
    assert (found.country.code, found.country.label_zh, found.division.code) == ("CHN", "中国", "CN-JX")
    assert "copper" in found.commodities
    assert found.lon == pytest.approx(117.7, abs=0.3) and found.lat == pytest.approx(29.0, abs=0.3)
    assert found.href == f"/api/collections/deposits/items/{found.id}"
    assert first(register, "dxtk").matched == "德兴铜矿"
    assert first(register, "富家坞").matched == "富家坞"


def test_terms_of_names_and_places_combine_in_any_order(register: Engine) -> None:
    for text in ("mine escondida", "escondida chile", "智利 escondida"):
        assert "Escondida" in names(ask(register, text))[0], text
    assert names(ask(register, "escondida china")) == []


def test_terms_never_crowd_out_records(register: Engine) -> None:
    for letter in "abcdefghijklmnopqrstuvwxyz":
        found = ask(register, letter).suggestions
        kinds = [suggestion.kind for suggestion in found if suggestion.match != "exact"]
        assert len(found) == 10, letter
        assert sum(kind in ("country", "division", "commodity", "deposit-model") for kind in kinds) <= 3 or letter in "uvw", (
            letter
        )


@pytest.mark.parametrize("kind", ["deposit", "discovery", "project", "country", "division", "commodity", "deposit-model"])
def test_only_the_kinds_requested_are_found(register: Engine, kind: str) -> None:
    for text in ("c", "cop", "铜", "j"):
        assert {suggestion.kind for suggestion in ask(register, text, limit=50, kinds=frozenset({kind})).suggestions} <= {kind}


def test_a_longer_result_begins_with_the_shorter(register: Engine) -> None:
    only = frozenset({"deposit", "discovery", "project"})
    for text in ("c", "mi", "铜", "j", "smelter"):
        longer = ask(register, text, limit=50, kinds=only).suggestions
        assert ask(register, text, limit=5, kinds=only).suggestions == longer[:5]
        assert len({(suggestion.kind, suggestion.id) for suggestion in longer}) == len(longer)


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE lode.deposit; --",
        "%",
        "_",
        "\\",
        "a' OR '1'='1",
        "$$",
        "%(text)s",
        "{0}",
        "\U0010ffff",
        "(((((",
        "*",
        "ﷺ" * 18,
    ],
)
def test_what_means_something_to_sql_is_only_text(register: Engine, text: str) -> None:
    assert [suggestion for suggestion in ask(register, text).suggestions if suggestion.match != "spelling"] == []


def test_sql_and_python_split_names_alike(register: Engine) -> None:
    raw = "".join(f"a{c}b" for c in PARTING + SILENT)
    with register.connect() as connection:
        source = str(connection.exec_driver_sql("SELECT prosrc FROM pg_proc WHERE proname = 'write_zone_terms'").scalar())
    # quotes are written twice there
    assert f"'{PARTING}{SILENT.replace(chr(39), chr(39) * 2)}'" in source
    assert normalise_search_text(raw).replace(" ", "").replace("a", "").replace("b", "") == ""


AGAIN = """
DO $$
DECLARE
  columns text := (
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = 'lode.{table}'::regclass AND attnum > 0 AND attgenerated = ''
  );
BEGIN
  CREATE TEMP TABLE kept_{table} AS SELECT * FROM lode.{table};
  DELETE FROM lode.{table};
  EXECUTE format('INSERT INTO lode.{table} (%1$s) SELECT %1$s FROM kept_{table}', columns);
END $$
"""


@dataclass(frozen=True)
class Own:
    """A store of the test's own and the table that it is filled from."""

    store: Store
    folder: Path
    engine: Engine

    def load(self, rows: Iterable[dict[str, str]]) -> Summary:
        path = self.folder / "names.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows({**USUAL, **row} for row in rows)
        source = Source.model_validate(yaml.safe_load(MAPPING))
        return run(self.store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))

    def terms(self) -> list[tuple[str, str]]:
        with psycopg.connect(write_conninfo(self.store.addresses.owner)) as connection:
            return sorted(connection.execute("SELECT key, id FROM lode.search_term").fetchall())

    def owner(self, statement: str) -> None:
        with psycopg.connect(write_conninfo(self.store.addresses.owner)) as connection:
            connection.execute(statement.encode())

    def assert_true(self) -> None:
        """What was stored true by changes is what rows that are deleted and inserted again get."""
        stored = self.terms()
        with psycopg.connect(write_conninfo(self.store.addresses.owner)) as connection:
            for table in ("deposit", "discovery", "project", "zone"):
                connection.execute(AGAIN.format(table=table).encode())
            assert stored == sorted(connection.execute("SELECT key, id FROM lode.search_term").fetchall())
            connection.rollback()


@pytest.fixture
def own(store: Store, tmp_path: Path) -> Iterator[Own]:
    engine = engines.create_checked_engine(store.addresses.site, "tests")
    yield Own(store, tmp_path, engine)
    engine.dispose()
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_rank_is_the_form_of_the_match_then_size_then_main_name(own: Own) -> None:
    own.load(
        [
            {"id": "typo", "name": "Zulakk"},
            {"id": "initials", "name": "Initials", "name_zh": "祖拉克矿"},
            {"id": "word", "name": "Big Zulak", "cu_kt": "900"},
            {"id": "alias", "name": "Other", "aliases": "Zulak east"},
            {"id": "small", "name": "Zulak small", "cu_kt": "10"},
            {"id": "large", "name": "Zulak vast", "cu_kt": "900"},
            {"id": "medium", "name": "Zulak middling", "cu_kt": "200"},
            {"id": "none", "name": "Zulak alone"},
            {"id": "exact", "name": "Zulak"},
            {"id": "project", "name": "Zulak works", "kind": "project"},
        ]
    )
    found = [suggestion for suggestion in ask(own.engine, "zulak").suggestions if suggestion.kind in ("deposit", "project")]
    assert [suggestion.name_en for suggestion in found] == [
        *("Zulak", "Zulak vast", "Zulak middling", "Zulak small", "Zulak alone", "Zulakk", "Zulak works", "Other", "Big Zulak"),
        "Initials",
    ]
    assert [suggestion.match for suggestion in found] == ["exact", *["beginning"] * 7, "word", "pinyin"]
    assert names(ask(own.engine, "zlkk", kinds=frozenset({"deposit"}))) == ["Initials"]


def test_initials_of_any_part_of_a_name_rank_as_initials(own: Own) -> None:
    own.load(
        [
            {"id": "part", "name": "Grota do Cirilo", "name_zh": "西里洛（大西矿）"},
            {"id": "whole", "name": "Dexing", "name_zh": "德兴", "cu_kt": "900"},
        ]
    )
    response = ask(own.engine, "dx", kinds=frozenset({"deposit"}))
    assert names(response) == ["Dexing", "Grota do Cirilo"]
    assert {suggestion.match for suggestion in response.suggestions} == {"initials"}


def test_a_name_of_many_is_found_in_any_of_its_forms(own: Own) -> None:
    own.load([{"id": "1", "name": "Straße-Nord", "name_zh": "广西金川铜冶炼厂（防城港）", "aliases": "O'Brien's|Éclair"}])
    for text in (
        *("strasse", "nord", "straße nord", "广西", "金川", "防城港", "冶炼", "guangxi", "gxjctylc", "fcg", "fangcheng"),
        *("obriens", "o'brien", "eclair", "ÉCLAIR"),
    ):
        assert names(ask(own.engine, text, kinds=frozenset({"deposit"}))) == ["Straße-Nord"], text


def test_renaming_and_deletion_show_at_once(own: Own) -> None:
    only = frozenset({"deposit"})
    own.load([{"id": "1", "name": "Oldname", "name_zh": "旧名"}, {"id": "2", "name": "Stays"}])
    assert names(ask(own.engine, "oldname", kinds=only)) == names(ask(own.engine, "jm", kinds=only)) == ["Oldname"]
    before = ask(own.engine, "stays").dataset_version
    own.load([{"id": "1", "name": "Newname", "name_zh": "新名"}, {"id": "2", "name": "Stays"}])
    assert names(ask(own.engine, "newname", kinds=only)) == names(ask(own.engine, "xinming", kinds=only)) == ["Newname"]
    for gone in ("oldname", "旧名", "jiuming"):
        assert names(ask(own.engine, gone, kinds=only)) == []
    assert ask(own.engine, "stays").dataset_version == before + 1
    own.assert_true()
    own.owner("DELETE FROM lode.deposit WHERE name_en = 'Newname'")
    assert names(ask(own.engine, "newname", kinds=only)) == []
    assert ask(own.engine, "newname", kinds=only).did_you_mean == ()
    own.assert_true()


def test_a_change_of_size_moves_a_record_and_any_other_change_leaves_its_terms_alone(own: Own) -> None:
    row = {"id": "1", "name": "Growing", "cu_kt": "10"}
    own.load([row])
    small = own.terms()
    own.load([{**row, "cu_kt": "900"}])
    large = own.terms()
    assert [key[1] for key, _ in small] == ["4"] and [key[1] for key, _ in large] == ["0"]
    with psycopg.connect(write_conninfo(own.store.addresses.owner)) as connection:
        at = connection.execute("SELECT ctid, xmin FROM lode.search_term").fetchall()
    own.load([{**row, "cu_kt": "900", "lon": "11"}])
    with psycopg.connect(write_conninfo(own.store.addresses.owner)) as connection:
        assert connection.execute("SELECT ctid, xmin FROM lode.search_term").fetchall() == at
    own.assert_true()


def test_a_zone_is_found_but_countries_and_divisions_are_their_terms(own: Own) -> None:
    box = "ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326)), '{test}'"
    for kind, name in (("key-region", "Fenwei Plain"), ("country", "Fenweiland")):
        own.owner(
            "INSERT INTO lode.zone (id, zone_kind, code, name_en, name_zh, geom, sources)"
            f" VALUES ('{kind}', '{kind}', '{kind}', '{name}', '汾渭平原', {box})"
        )
    found = first(own.engine, "fenwei")
    assert (found.kind, found.id, found.href, found.lon) == (
        "zone",
        "key-region",
        "/api/collections/zones/items/key-region",
        0.5,
    )
    assert [suggestion.id for suggestion in ask(own.engine, "平原", kinds=frozenset({"zone"})).suggestions] == ["key-region"]
    own.assert_true()


def test_while_an_import_runs_its_names_are_not_there_and_then_all_at_once(own: Own) -> None:
    only = frozenset({"deposit"})
    own.load([{"id": str(n), "name": f"Before {n}"} for n in range(50)])
    seen: list[tuple[int, int, int]] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for text in ("before", "after"):
                response = ask(own.engine, text, limit=50, kinds=only)
                count = sum(suggestion.match == "beginning" for suggestion in response.suggestions)
                seen.append((response.dataset_version, count, ("before", "after").index(text)))

    looking = threading.Thread(target=look)
    looking.start()
    own.load([{"id": str(n), "name": f"After {n}"} for n in range(50)])
    # the other thread looks at the new version at least once
    end = time.monotonic() + 60
    while (2, 50, 1) not in seen and time.monotonic() < end:
        time.sleep(0.01)
    over.set()
    looking.join()
    assert {(version, count) for version, count, after in seen if not after} <= {(1, 50), (2, 0)}
    assert {(version, count) for version, count, after in seen if after} <= {(1, 0), (2, 50)}
    assert (2, 50, 1) in seen


def test_an_import_that_fails_leaves_the_terms_as_they_were(own: Own) -> None:
    own.load([{"id": "1", "name": "Kept"}])
    before = own.terms()
    with psycopg.connect(write_conninfo(own.store.addresses.importer)) as connection:
        connection.execute("UPDATE lode.deposit SET name_en = 'Lost', search_text = 'lost'")
        connection.rollback()
    assert own.terms() == before


def test_a_record_with_more_names_than_results_is_reported_once(own: Own) -> None:
    own.load(
        [
            {"id": "1", "name": "Manifold", "aliases": "|".join(f"Mani {n} fold" for n in range(80))},
            {"id": "2", "name": "Manitou"},
        ]
    )
    assert names(ask(own.engine, "mani", kinds=frozenset({"deposit"}))) == ["Manifold", "Manitou"]


def test_names_longer_than_an_index_takes_are_found_by_their_beginning(own: Own) -> None:
    own.load([{"id": "1", "name": "Long " * 199, "name_zh": "长" * 1_000}])
    assert len(ask(own.engine, ("long " * 20)[:99], kinds=frozenset({"deposit"})).suggestions) == 1
    assert len(ask(own.engine, "长长长", kinds=frozenset({"deposit"})).suggestions) == 1


def test_parts_of_a_name() -> None:
    assert list(split_searchable_parts("La Escondida")) == [("1", "la escondida"), ("2", "escondida")]
    assert list(split_searchable_parts("德兴铜矿")) == [
        *(("1", "德兴铜矿"), ("2", "兴铜矿"), ("2", "铜矿")),
        *(("3", "dexingtongkuang"), ("4", "dxtk")),
    ]


def test_a_query_is_a_value(register: Engine) -> None:
    request = SearchQuery("dexing")
    assert search(register, request) == search(register, replace(request)) and hash(request) == hash(SearchQuery("dexing"))
