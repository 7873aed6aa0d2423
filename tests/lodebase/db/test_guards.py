"""Guardrails of the store, tried with plain SQL by the importer and the site: taking one out makes a test here fail."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection, errors

from lodebase.db.engine import Addresses
from lodebase.db.store import write_conninfo

DEPOSIT = """
INSERT INTO deposit (id, name_en, commodity_group, main_commodity, major_commodities, commodities, sources, search_text)
VALUES ('d1', 'Test', 'copper', 'copper', '{copper}', '{copper}', '{test}', 'test')
"""
PROJECT = """
INSERT INTO project (id, name_en, commodity_group, main_commodity, major_commodities, commodities, sources, search_text)
VALUES ('p1', 'Test', 'copper', 'copper', '{copper}', '{copper}', '{test}', 'test')
"""
PHASE = """
INSERT INTO phase (id, project_id, ordinal, product, capacity_reported, capacity_unit, capacity_factor, capacity_tpa,
                   status, status_reported, status_date, status_date_precision, status_source, status_inferred, source)
VALUES (%(id)s, 'p1', %(ordinal)s, 'refined-copper', 100, 'kt/a', 1000, 100000,
        %(status)s, 'said', '2020-01-01', 'year', 'test', false, 'test')
"""
ESTIMATE = """
INSERT INTO estimate (id, deposit_id, ordinal, category, kind, combined, ore_reported, ore_unit, ore_factor, ore_t, source)
VALUES (%(id)s, 'd1', %(ordinal)s, %(category)s, %(kind)s, %(combined)s, 10, 'Mt', 1000000, 10000000, 'test')
"""
MEASURE = """
INSERT INTO estimate_measure (estimate_id, commodity, contained_reported, contained_unit, contained_basis,
                              contained_factor, contained_t)
VALUES (%(id)s, 'copper', %(kt)s, 'kt', 'metal', 1000, %(kt)s::float * 1000)
"""


@pytest.fixture
def importer(addresses: Addresses) -> Iterator[Connection]:
    with psycopg.connect(write_conninfo(addresses.importer)) as made:
        yield made
        made.rollback()


@pytest.fixture
def site(addresses: Addresses) -> Iterator[Connection]:
    with psycopg.connect(write_conninfo(addresses.site)) as made:
        yield made
        made.rollback()


def estimate(connection: Connection, name: str, ordinal: int, category: str, kt: float) -> None:
    kind = "reserve" if "reserve" in category else "endowment" if category == "endowment" else "resource"
    combined = "-and-" in category or category.startswith("measured-indicated")
    connection.execute(ESTIMATE, {"id": name, "ordinal": ordinal, "category": category, "kind": kind, "combined": combined})
    connection.execute(MEASURE, {"id": name, "kt": kt})


def test_a_reserve_category_is_no_resource(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    wrong = {"id": "e1", "ordinal": 0, "category": "proved-ore-reserves", "kind": "resource", "combined": False}
    with pytest.raises(errors.CheckViolation, match="kind_follows_category"):
        importer.execute(ESTIMATE, wrong)


def test_a_combined_category_is_flagged(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    wrong = {
        "id": "e1",
        "ordinal": 0,
        "category": "measured-and-indicated-mineral-resource",
        "kind": "resource",
        "combined": False,
    }
    with pytest.raises(errors.CheckViolation, match="combined_follows_category"):
        importer.execute(ESTIMATE, wrong)


def test_class_totals_keep_reserves_resources_and_classes_apart(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    categories = {
        "measured-mineral-resource": 1.0,
        "indicated-mineral-resource": 2.0,
        "inferred-mineral-resource": 4.0,
        "proved-ore-reserves": 8.0,
        "probable-ore-reserves": 16.0,
        "measured-and-indicated-mineral-resource": 32.0,
        "endowment": 64.0,
    }
    for ordinal, (category, kt) in enumerate(categories.items()):
        estimate(importer, f"e{ordinal}", ordinal, category, kt)
    rows = importer.execute("SELECT category, kind, contained_t FROM estimate_class_total ORDER BY contained_t").fetchall()
    assert rows == [
        ("measured-mineral-resource", "resource", 1000.0),
        ("indicated-mineral-resource", "resource", 2000.0),
        ("inferred-mineral-resource", "resource", 4000.0),
        ("proved-ore-reserves", "reserve", 8000.0),
        ("probable-ore-reserves", "reserve", 16000.0),
    ]


def test_two_zones_of_one_class_are_one_total(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    estimate(importer, "e0", 0, "inferred-mineral-resource", 3)
    estimate(importer, "e1", 1, "inferred-mineral-resource", 4)
    row = importer.execute("SELECT contained_t, estimates FROM estimate_class_total").fetchone()
    assert row == (7000.0, 2)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("estimate", "ore_reported", 9),
        ("estimate", "ore_unit", "kt"),
        ("estimate_measure", "contained_reported", 9),
        ("estimate_measure", "contained_basis", "Li2O"),
        ("phase", "capacity_reported", 9),
        ("phase", "capacity_unit", "t/a"),
    ],
)
def test_a_reported_figure_is_changed_by_an_import_only(importer: Connection, table: str, column: str, value: object) -> None:
    importer.execute(DEPOSIT)
    importer.execute(PROJECT)
    importer.execute(PHASE, {"id": "p1.p0", "ordinal": 0, "status": "operating"})
    estimate(importer, "e0", 0, "inferred-mineral-resource", 3)
    with pytest.raises(errors.IntegrityConstraintViolation, match="changed by an import"):
        importer.execute(f"UPDATE {table} SET {column} = %s", (value,))


def test_an_import_may_change_a_reported_figure(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    estimate(importer, "e0", 0, "inferred-mineral-resource", 3)
    importer.execute("SELECT set_config('lode.run', '1', true)")
    importer.execute("UPDATE estimate SET ore_reported = 9, ore_t = 9000000")
    assert importer.execute("SELECT ore_reported FROM estimate").fetchone() == (9.0,)


def test_the_converted_figure_can_not_stand_where_the_reported_one_does(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    estimate(importer, "e0", 0, "inferred-mineral-resource", 3)
    importer.execute("SELECT set_config('lode.run', '1', true)")
    with pytest.raises(errors.CheckViolation, match="reported_times_factor"):
        importer.execute("UPDATE estimate SET ore_reported = ore_t")


def test_a_conversion_needs_its_factor(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    estimate(importer, "e0", 0, "inferred-mineral-resource", 3)
    with pytest.raises(errors.CheckViolation, match="converted_with_factor"):
        importer.execute("UPDATE estimate SET ore_factor = NULL")


def test_the_status_of_a_project_is_its_liveliest_phase(importer: Connection) -> None:
    importer.execute(PROJECT)
    importer.execute(PHASE, {"id": "p1.p0", "ordinal": 0, "status": "closed"})
    assert importer.execute("SELECT status FROM project").fetchone() == ("closed",)
    importer.execute(PHASE, {"id": "p1.p1", "ordinal": 1, "status": "construction"})
    assert importer.execute("SELECT status FROM project").fetchone() == ("construction",)
    importer.execute("DELETE FROM phase WHERE id = 'p1.p1'")
    assert importer.execute("SELECT status FROM project").fetchone() == ("closed",)


def test_phases_that_come_first_give_the_status_too(importer: Connection) -> None:
    importer.execute(PHASE, {"id": "p1.p0", "ordinal": 0, "status": "operating"})
    importer.execute(PROJECT)
    assert importer.execute("SELECT status FROM project").fetchone() == ("operating",)


def test_the_importer_may_not_write_the_status_of_a_project(importer: Connection) -> None:
    importer.execute(PROJECT)
    with pytest.raises(errors.InsufficientPrivilege):
        importer.execute("UPDATE project SET status = 'closed'")


def test_not_even_the_owner_can_write_the_status_of_a_project(addresses: Addresses) -> None:
    with psycopg.connect(write_conninfo(addresses.owner)) as owner:
        owner.execute(PROJECT)
        with pytest.raises(errors.IntegrityConstraintViolation, match="lives on its phases"):
            owner.execute("UPDATE project SET status = 'closed'")
        owner.rollback()


def test_a_project_has_no_capacity_of_its_own(importer: Connection) -> None:
    columns = importer.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'lode' AND table_name = 'project'"
    ).fetchall()
    # the leading figure is derived from the phases by each import
    assert {name for (name,) in columns if "capacity" in name} == {"figure_capacity_tpa", "figure_capacity_basis"}


def test_capacity_without_a_figure_is_counted_and_not_taken_for_nought(importer: Connection) -> None:
    importer.execute(PROJECT)
    importer.execute(PHASE, {"id": "p1.p0", "ordinal": 0, "status": "operating"})
    importer.execute("INSERT INTO phase (id, project_id, ordinal, product, source) VALUES ('p1.p1', 'p1', 1, 'x', 'test')")
    importer.execute(
        "UPDATE phase SET status = 'operating', status_reported = 'x', status_date = '2020-01-01', product = 'refined-copper',"
        " status_date_precision = 'year', status_source = 'test', status_inferred = false WHERE id = 'p1.p1'"
    )
    row = importer.execute("SELECT capacity_tpa, phases, phases_without_capacity FROM project_capacity").fetchone()
    assert row == (100_000.0, 2, 1)


@pytest.mark.parametrize("missing", ["status_source", "status_inferred"])
def test_status_has_source_and_whether_it_is_inferred(importer: Connection, missing: str) -> None:
    importer.execute(PROJECT)
    importer.execute(PHASE, {"id": "p1.p0", "ordinal": 0, "status": "operating"})
    with pytest.raises(errors.CheckViolation, match="status_has_source"):
        importer.execute(f"UPDATE phase SET {missing} = NULL")


def test_status_without_date_has_no_precision_of_one(importer: Connection) -> None:
    importer.execute(PROJECT)
    importer.execute(PHASE, {"id": "p1.p0", "ordinal": 0, "status": "operating"})
    importer.execute("UPDATE phase SET status_date = NULL, status_date_precision = NULL")
    assert importer.execute("SELECT status, status_date FROM project").fetchone() == ("operating", None)
    with pytest.raises(errors.CheckViolation, match="status_date_has_precision"):
        importer.execute("UPDATE phase SET status_date_precision = 'year'")


def test_dated_status_is_newer_than_one_without_date(importer: Connection) -> None:
    importer.execute(PROJECT)
    for number in range(2):
        importer.execute(PHASE, {"id": f"p1.p{number}", "ordinal": number, "status": "operating"})
    importer.execute("UPDATE phase SET status_date = NULL, status_date_precision = NULL WHERE ordinal = 0")
    row = importer.execute("SELECT status_date IS NOT NULL FROM project").fetchone()
    assert row == (True,)


def test_derived_metal_is_only_where_the_source_reports_none(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    estimate(importer, "e0", 0, "inferred-mineral-resource", 100)
    with pytest.raises(errors.CheckViolation, match="contained_derived_where_not_reported"):
        importer.execute("UPDATE estimate_measure SET contained_derived = true")


SIZE = """
UPDATE deposit SET size_class = %(size)s, size_standard = 'DZ/T 0400-2022', size_commodity = 'copper', size_basis = 'metal',
  size_basis_value_t = %(value)s, size_estimate_id = %(estimate)s
"""


@pytest.mark.parametrize(("kt", "size"), [(99.999, "small"), (100, "medium"), (499.999, "medium"), (500, "large")])
def test_a_size_class_follows_from_its_estimate_at_the_limits(importer: Connection, kt: float, size: str) -> None:
    """Copper: large from 500,000 t, medium from 100,000 t of metal (DZ/T 0400-2022)."""
    importer.execute(DEPOSIT)
    estimate(importer, "e0", 0, "inferred-mineral-resource", kt)
    importer.execute(SIZE, {"size": size, "value": kt * 1000, "estimate": "e0"})
    importer.execute("SET CONSTRAINTS ALL IMMEDIATE")
    importer.execute("SET CONSTRAINTS ALL DEFERRED")
    wrong = "large" if size != "large" else "small"
    importer.execute("UPDATE deposit SET size_class = %s", (wrong,))
    with pytest.raises(errors.IntegrityConstraintViolation, match=f"is not {wrong}"):
        importer.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_size_class_can_not_come_from_a_sum(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    estimate(importer, "e0", 0, "measured-mineral-resource", 300)
    estimate(importer, "e1", 1, "indicated-mineral-resource", 300)
    importer.execute(SIZE, {"size": "large", "value": 600_000, "estimate": "e0"})
    with pytest.raises(errors.IntegrityConstraintViolation, match="not the figure of its estimate"):
        importer.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_size_class_names_its_estimate(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    with pytest.raises(errors.CheckViolation, match="size_tells_its_origin"):
        importer.execute("UPDATE deposit SET size_class = 'large'")


def test_lithium_size_depends_on_the_form(importer: Connection) -> None:
    """A deposit of 56,400 t of Li is large as a mineral (121 kt Li2O) and medium as a brine (344 kt LiCl)."""
    importer.execute(DEPOSIT)
    importer.execute(
        "INSERT INTO estimate (id, deposit_id, ordinal, category, kind, combined, source)"
        " VALUES ('e0', 'd1', 0, 'inferred-mineral-resource', 'resource', false, 'test')"
    )
    importer.execute(
        "INSERT INTO estimate_measure (estimate_id, commodity, contained_reported, contained_unit, contained_basis,"
        " contained_factor, contained_t) VALUES ('e0', 'lithium', 56400, 't', 'metal', 1, 56400)"
    )
    for form, basis, size in (("mineral", "Li2O", "large"), ("brine", "LiCl", "medium")):
        row = importer.execute(
            "SELECT 56400 / metal_factor FROM size_threshold WHERE commodity = 'lithium' AND form = %s", (form,)
        ).fetchone()
        assert row is not None
        importer.execute(
            "UPDATE deposit SET deposit_form = %s, size_class = %s, size_standard = 'DZ/T 0400-2022', size_estimate_id = 'e0',"
            " size_commodity = 'lithium', size_basis = %s, size_basis_value_t = %s",
            (form, size, basis, row[0]),
        )
        importer.execute("SET CONSTRAINTS ALL IMMEDIATE")
        importer.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO source (name) VALUES ('x')",
        "UPDATE deposit SET name_en = 'x'",
        "DELETE FROM deposit",
        "TRUNCATE deposit",
        "CREATE TABLE lode.mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "SELECT current_version()",
        "INSERT INTO lode_history.deposit (until_version) VALUES (1)",
        "SET ROLE lode_import",
        "SET SESSION AUTHORIZATION lode_owner",
    ],
)
def test_the_site_can_not_write_whatever_it_says(site: Connection, statement: str) -> None:
    site.execute("SET default_transaction_read_only = off")
    with pytest.raises((errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)):
        site.execute(statement)


def test_the_importer_can_not_touch_history(importer: Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        importer.execute("DELETE FROM lode_history.deposit")


def test_a_point_off_the_globe_is_refused(importer: Connection) -> None:
    importer.execute(DEPOSIT)
    with pytest.raises(errors.CheckViolation, match="on_the_globe"):
        importer.execute("UPDATE deposit SET position_method = 'exact', geom = ST_SetSRID(ST_Point(181, 0), 4326)")


def test_a_record_without_source_is_refused(importer: Connection) -> None:
    with pytest.raises(errors.CheckViolation, match="has_source"):
        importer.execute(DEPOSIT.replace("'{test}'", "'{}'"))


def test_a_run_that_does_not_add_up_is_refused(importer: Connection) -> None:
    with pytest.raises(errors.CheckViolation, match="adds_up"):
        importer.execute(
            "INSERT INTO import_run (source, path, started_at, state, read, loaded, updated, unchanged, out_of_scope,"
            " quarantined) VALUES ('x', 'x', now(), 'done', 10, 1, 1, 1, 1, 1)"
        )
