"""Comparisons of two records: names, places, commodities, facilities, owners and origins."""

from typing import Any

import pytest

from lodedata.matching import MatchRecord, match_records
from lodedata.matching.blocking import derive_blocking_keys
from lodedata.matching.evidence.facilities import compare_facilities
from lodedata.matching.evidence.origin import compare_origins
from lodedata.matching.evidence.owners import compare_owners
from lodedata.matching.evidence.place import compare_places, measure_great_circle_km
from lodedata.matching.evidence.references import extract_references
from lodedata.matching.model import FEATURES, load_model_weights
from lodedata.matching.names.name_comparison import compare_names
from lodedata.matching.names.phonetics import derive_consonant_skeleton
from lodedata.matching.pair import record_pair


def side(identity: str = "a", **about: Any) -> MatchRecord:
    """Return a copper deposit of its own source with the values of a test."""
    usual: dict[str, Any] = {"kind": "deposit", "source": f"source-{identity}", "main_commodity": "copper"}
    usual["commodities"] = frozenset({"copper"})
    return MatchRecord(id=identity, **{**usual, **about})


def named(first: str, second: str, **about: Any) -> dict[str, float]:
    """Return the features of two names."""
    return dict(compare_names(record_pair(side("a", names=(first,), **about), side("b", names=(second,), **about))).features)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Escondida", "La Escondida mine"),
        ("Oyu Tolgoi", "Oyutolgoi"),
        ("Verde Cerro", "Cerro Verde"),
        ("Ely (Robinson, Ruth)", "Robinson"),
        ("Plant at Tongling", "Tongling copper smelter"),
        ("德兴铜矿", "Dexing"),
        ("德兴铜矿", "德兴铜矿采选厂"),
        ("Poços de Caldas, Minas Gerais State", "Pocos de Caldas"),
        ("Shinkolobwe", "Shinkolobowe"),
    ],
)
def test_spellings_of_one_name_are_alike(first: str, second: str) -> None:
    assert named(first, second)["name"] > 0.75


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Kidd Creek", "Owl Creek"),
        ("Cerro Colorado", "Cerro Verde"),
        ("Plant at Tongling", "Plant at Baiyin"),
        ("Kamoya C Mine, Kakanda and Kambove-Likasi area", "Kakanda"),
    ],
)
def test_what_any_mine_is_called_makes_no_names_alike(first: str, second: str) -> None:
    assert named(first, second)["name"] < 0.5


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Chambishi Southeast", "Chambishi Main and West"),
        ("Great Salt Lake, North Arm", "Great Salt Lake, South Arm"),
        ("Reko Diq H13", "Reko Diq H14"),
        ("Mine No. 1 Antas", "Mine No. 2 Antas"),
        ("Antas II", "Antas III"),
    ],
)
def test_directions_and_numbers_set_like_names_apart(first: str, second: str) -> None:
    assert named(first, second)["apart"] == 1


def test_the_number_of_a_phase_is_no_other_plant() -> None:
    assert named("Coloso phase I", "Coloso phase II", kind="project")["apart"] == 0
    assert named("Coloso I", "Coloso II", kind="project")["apart"] == 1


def test_a_group_among_the_aliases_is_no_name_of_its_members() -> None:
    first = side("a", names=("Red Dog",), aliases=("Hushamu Group",))
    assert compare_names(record_pair(first, side("b", names=("Hushamu",)))).features["name"] < 0.5


def test_distances_are_those_of_the_sphere() -> None:
    # one degree of a meridian of a sphere of 6371.0088 km
    assert measure_great_circle_km(side(lon=0.0, lat=0.0), side(lon=0.0, lat=1.0)) == pytest.approx(111.195, abs=0.001)
    assert measure_great_circle_km(side(lon=179.5, lat=0.0), side(lon=-179.5, lat=0.0)) == pytest.approx(111.195, abs=0.001)
    assert measure_great_circle_km(side(), side(lon=0.0, lat=0.0)) is None


def test_nearness_depends_on_the_accuracies() -> None:
    def near(accuracy_m: float) -> float:
        first = side("a", lon=0.0, lat=0.0, accuracy_m=accuracy_m)
        return compare_places(record_pair(first, side("b", lon=0.2, lat=0.0, accuracy_m=accuracy_m))).features["near"]

    assert near(20_000) > 0.5 > near(1_000)


def test_records_are_judged_by_their_names_where_one_has_no_position() -> None:
    alike = match_records(side("a", names=("Escondida",)), side("b", names=("La Escondida",), lon=-69.1, lat=-24.3))
    other = match_records(side("a", names=("Zaldivar",)), side("b", names=("La Escondida",), lon=-69.1, lat=-24.3))
    assert other.probability < 0.2 < alike.probability


def test_a_whole_degree_between_positions_is_noticed() -> None:
    first, second = side("a", lon=115.805, lat=29.681), side("b", lon=115.83, lat=28.67)
    assert compare_places(record_pair(first, second)).features["slip"] == 1


def test_alumina_and_aluminium_works_are_two_plants() -> None:
    first = side("a", kind="project", facility_types=frozenset({"processing-plant"}), products=frozenset({"alumina"}))
    second = side("b", kind="project", facility_types=frozenset({"aluminium-smelter"}))
    assert "other_work" in compare_facilities(record_pair(first, second)).features


def test_an_owner_is_known_without_its_legal_form() -> None:
    first, second = side("a", owners=("Kazakhmys PLC",)), side("b", owners=("Kazakhmys Corporation", "Samsung"))
    assert "same_owner" in compare_owners(record_pair(first, second)).features


def test_spellings_that_sound_the_same_are_one_name() -> None:
    assert named("Boshchekul", "Bozshakol")["name"] > 0.7
    assert named("Manssa Mina", "Manza Mina")["name"] > 0.7
    assert named("San CipriÃ¡n", "San Ciprián")["name_exact"] == 1


def test_different_brackets_distinguish_names() -> None:
    assert named("Ngezi Mines (Mupfuti Mine, Portal 3)", "Ngezi Mines (Bimha Mine, Portal 4)")["brackets_apart"] == 1
    assert named("Ely (Robinson, Ruth)", "Robinson")["brackets_apart"] == 0
    assert named("Kamoa (Kakula)", "Kamoa (Kakula)")["brackets_apart"] == 0


def test_additional_terms_on_both_sides_distinguish_names() -> None:
    assert named("Ambatovy Analamay", "Ambatovy Betafo")["both_more"] > named("Ambatovy Analamay", "Ambatovy")["both_more"]


@pytest.mark.parametrize(("first", "second", "feature"), [("1#2", "1", "one_number"), ("1#2", "2", "other_number")])
def test_the_numbers_that_a_source_gives_its_things_are_heeded(first: str, second: str, feature: str) -> None:
    source = "usgs-africa-mineral-industries"
    rows = [
        side(key, kind="project", source=source, names=("Nkana",), own=frozenset({(source, f"facilities:{key}")}))
        for key in (first, second)
    ]
    assert compare_origins(record_pair(*rows)).features[feature] == 1


def test_a_smelter_of_aluminium_is_an_aluminium_smelter() -> None:
    about = {"kind": "project", "main_commodity": "aluminium", "commodities": frozenset({"aluminium"})}
    first = side("a", facility_types=frozenset({"smelter"}), **about)
    second = side("b", facility_types=frozenset({"aluminium-smelter"}), **about)
    assert compare_facilities(record_pair(first, second)).features == {"same_work": 1}


def test_names_that_sound_alike_share_a_key() -> None:
    assert derive_consonant_skeleton("lupoto") == derive_consonant_skeleton("lupato")
    assert derive_consonant_skeleton("balkhash") == derive_consonant_skeleton("balqash")
    assert derive_blocking_keys(side(names=("Lupoto",), country="COD")) & derive_blocking_keys(
        side(names=("Lupato",), country="COD")
    )


def test_a_source_that_names_its_origin_is_read() -> None:
    africa = {"InfSource1": "USGS OFR2005-1294 (https://mrdata.usgs.gov/major-deposits/)", "DsgAttr10": 2702}
    assert extract_references("usgs-africa-mineral-industries", africa) == {("usgs-major-deposits", "2702")}
    register = {"position": {"at": "ICMM07160"}, "owners": [{"at": "rec_id 442"}]}
    references = extract_references("lode-starter", register)
    assert references == {("icmm-global-mining", "ICMM07160"), ("usgs-minfac-world-facilities", "442")}
    assert extract_references("somebody", register) == frozenset()


@pytest.mark.parametrize(
    ("types", "name", "relation"),
    [
        ({"mine"}, "Xarumba", "works"),
        ({"mine-open-pit", "copper-smelter"}, "Xarumba", "works"),
        ({"concentrator"}, "Xarumba", "works"),
        (set(), "Xarumba", "works"),
        ({"copper-smelter"}, "Xarumba", "processes_ore_of"),
        ({"refinery"}, "Xarumba", "processes_ore_of"),
        (set(), "Xarumba smelter", "processes_ore_of"),
    ],
)
def test_a_plant_without_a_mine_does_not_work_a_deposit(types: set[str], name: str, relation: str) -> None:
    project = side(
        "a",
        kind="project",
        names=(name,),
        lon=0.0,
        lat=0.0,
        facility_types=frozenset(types),
        products=frozenset({"refined-copper"}),
    )
    deposit = side("b", names=("Xarumba",), lon=0.01, lat=0.0)
    assert match_records(project, deposit).relation == relation
    assert match_records(deposit, project).relation == relation


def test_the_order_of_two_records_changes_nothing_but_who_is_what() -> None:
    mine = side("a", kind="project", names=("Xarumba mine",), lon=0.0, lat=0.0, facility_types=frozenset({"mine"}))
    deposit = side("b", names=("Xarumba",), lon=0.01, lat=0.0)
    forth, back = match_records(mine, deposit), match_records(deposit, mine)
    assert forth.probability == pytest.approx(back.probability)
    assert (forth.relation, forth.inverse, back.inverse) == ("works", False, True)
    assert forth.probability > 0.8


def test_a_true_pair_may_lie_far_apart_and_neighbours_be_two() -> None:
    far = match_records(
        side("a", names=("Chengmenshan",), country="CHN", lon=115.83, lat=28.67, accuracy_m=5000.0),
        side("b", names=("Chengmenshan",), country="CHN", lon=115.81, lat=29.68, accuracy_m=2000.0),
    )
    near = match_records(
        side("a", names=("Medet",), country="BGR", lon=24.08, lat=42.72, accuracy_m=5000.0),
        side("b", names=("Karlievo",), country="BGR", lon=24.12, lat=42.69, accuracy_m=2000.0),
    )
    assert far.probability >= 0.5 > 0.3 > near.probability


def test_every_comparison_speaks_both_languages() -> None:
    first = side("a", names=("Medet",), country="BGR", lon=24.08, lat=42.72, amounts_t={"copper": 1e6})
    records = match_records(first, side("b", names=("Medet",), country="BGR", lon=24.1, lat=42.7, amounts_t={"copper": 9e5}))
    assert sum(comparison.reason is not None for comparison in records.comparisons) == 4


def test_each_feature_has_a_weight_and_no_weight_the_wrong_sign() -> None:
    assert set(load_model_weights()) == set(FEATURES)
    assert not [name for name, meaning in FEATURES.items() if load_model_weights()[name] * meaning.direction < 0]


def test_the_full_name_precedes_a_longer_name() -> None:
    whole = side("a", names=("Cadia East",), country="AUS")
    same, part = (side(name, names=(name,), country="AUS") for name in ("Cadia East", "Cadia East open pit"))
    assert match_records(whole, same).probability > match_records(whole, part).probability


@pytest.mark.parametrize(
    ("first", "second"),
    [("Wadi Abu Khusheiba", "Wadi Abu Khushaybah"), ("Cikatova", "Çikatovë (Čikatovo)"), ("Vizcachitas", "Viscachitas")],
)
def test_two_spellings_without_a_position_are_one(first: str, second: str) -> None:
    about: dict[str, Any] = {"country": "JOR"}
    assert match_records(side("a", names=(first,), **about), side("b", names=(second,), **about)).probability > 0.7


@pytest.mark.parametrize(("first", "second"), [("Kamoa", "Kamoya"), ("Tongchang", "Tongkeng"), ("Kananga", "Kanika")])
def test_other_names_of_like_sound_are_not(first: str, second: str) -> None:
    assert match_records(side("a", names=(first,)), side("b", names=(second,))).probability < 0.7
