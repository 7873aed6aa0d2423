"""Values of source rows that a reviewer refuted are never used."""

import re

from lodedata import sources
from lodedata.records import Deposit, Position, Project
from lodedata.refuted_values import FIELDS, load_refuted_values, withdraw_refuted

POINT = Position(-79.0, 48.0, 5000.0, "approximate", "48, -79", "EPSG:4326")


def test_each_refuted_value_names_its_field_and_reason() -> None:
    every = [(key, value) for key, values in load_refuted_values().items() for value in values]
    assert len(every) > 150
    assert {value.field for _, value in every} == FIELDS
    assert all(len(value.reason.split()) > 3 for _, value in every)
    assert len({(key, value.field) for key, value in every}) == len(every)
    assert all(bool(value.instead) <= (value.field == "name_en") for _, value in every)


def test_each_reason_names_the_row_or_document_that_shows_the_error() -> None:
    known, values = set(sources.names()), load_refuted_values()
    for key, refuted in values.items():
        for value in refuted:
            evidence = value.reason[value.reason.rindex(" (") + 2 :]
            if evidence.startswith("https://"):
                continue
            cited = re.match(r"([a-z0-9-]+),? (.+?)(: |\)$)", evidence)
            assert cited is not None and cited[1] in known, (key, value.reason)
            assert (cited[1], cited[2]) not in values, f"{key} rests on a row that is refuted itself"


def test_a_refuted_position_is_reported_and_not_used() -> None:
    escondida = Project(name_en="Escondida", position=POINT, country="CHL")
    record, problems = withdraw_refuted(escondida, "usgs-minfac-world-facilities", "4611")
    assert record.position is None
    assert record.country == "CHL"
    assert [(problem.rule, problem.value) for problem in problems] == [("position-refuted", "48, -79")]
    assert "680 km south" in problems[0].sentence("en")


def test_a_refuted_name_is_replaced_by_that_of_the_position() -> None:
    record, problems = withdraw_refuted(Project(name_en="Rosebery"), "icmm-global-mining", "ICMM06469")
    assert record.name_en == "Renison Bell"
    assert [problem.rule for problem in problems] == ["name-refuted"]


def test_a_refuted_country_goes_with_its_division() -> None:
    lelydorp = Deposit(name_en="Lelydorp", position=POINT, country="GIN", division="GN-B", country_reported="Guinea")
    record, problems = withdraw_refuted(lelydorp, "usgs-major-deposits", "2377")
    assert (record.position, record.country, record.division) == (None, None, None)
    assert {problem.rule for problem in problems} == {"position-refuted", "country-refuted"}


def test_other_rows_are_left_as_they_are() -> None:
    site = Deposit(name_en="Xarumba", position=POINT, country="CHL")
    assert withdraw_refuted(site, "usgs-major-deposits", "no such key") == (site, [])
