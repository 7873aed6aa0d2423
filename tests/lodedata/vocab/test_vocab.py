"""Vocabularies: files are well formed, no name has two meanings, terms agree with the published vocabularies."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from lodedata import vocab
from lodedata.errors import UnknownVocabulary
from lodedata.vocab import STANDARD_COLUMNS, TABLES_WITHOUT_TERMS, fold, load_vocabulary, load_vocabulary_rows, names

ROOT = Path(__file__).parents[3]
CGI = "http://resource.geosciml.org/classifier/cgi/"
SCHEMES = {
    "classification-code": "classification-method-used",
    "commodity": "commodity-code",
    "deposit-model": "mineral-deposit-model",
    "exploration-activity-type": "exploration-activity-type",
    "exploration-result": "exploration-result",
    "mine-status": "mine-status",
    "mineral-occurrence-type": "mineral-occurrence-type",
    "reserve-category": "reserve-assessment-category",
    "resource-category": "resource-assessment-category",
}
"""The CGI scheme that each vocabulary takes its terms from; the others are local."""

PUBLISHED = {
    "classification-code": 14,
    "deposit-model": 254,
    "exploration-activity-type": 27,
    "exploration-result": 12,
    "mine-status": 13,
    "mineral-occurrence-type": 7,
    "reserve-category": 3,
    "resource-category": 7,
}
"""How many concepts CGI publishes in each scheme that is taken whole (github GeoscienceAustralia/cgi-vocabs, 2025-01)."""

FACILITIES = [
    "mine-open-pit",
    "mine-underground",
    "brine-field",
    "concentrator",
    "heap-leach-sxew",
    "alumina-refinery",
    "aluminium-smelter",
    "copper-smelter",
    "copper-refinery",
    "nickel-smelter",
    "nickel-hpal",
    "cobalt-refinery",
    "tin-smelter",
    "lithium-carbonate-plant",
    "lithium-hydroxide-plant",
    "recycling-base",
    "secondary-aluminium-plant",
    "secondary-copper-plant",
    "battery-recycling-plant",
    "tailings-facility",
    "red-mud-stack",
]
"""The kinds of facilities that a plan speaks of."""


def every_file() -> list[str]:
    return sorted(entry.name.removesuffix(".csv") for entry in files(vocab).iterdir() if entry.name.endswith(".csv"))


@pytest.mark.parametrize("name", names())
def test_a_vocabulary_is_well_formed(name: str) -> None:
    rows = load_vocabulary_rows(name)
    assert tuple(rows[0])[: len(STANDARD_COLUMNS)] == STANDARD_COLUMNS
    assert len({row["code"] for row in rows}) == len(rows) == len(load_vocabulary(name))
    for row in rows:
        assert None not in row and None not in row.values(), f"a row of {name} has too many or too few cells: {row}"
        assert row["code"] and row["label_en"] and row["label_zh"], row
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", row["code"]), row["code"]
        for word in (row["code"], row["label_en"], row["label_zh"], *row["aliases"].split("|")):
            assert word == word.strip(), f"{word!r} of {row['code']} has outer space"
            assert not word or any(c.isalnum() or c in "%‰" for c in word), f"{word!r} of {row['code']} is no word"
            assert not re.match("local term|zh: ", word), f"a note of {row['code']} stands among its words: {word!r}"
        assert "\ufffd" not in "".join(row.values())


@pytest.mark.parametrize("name", names())
def test_no_alias_belongs_to_two_terms(name: str) -> None:
    terms = load_vocabulary(name)
    meanings: dict[tuple[str, str], set[str]] = {}
    for term in terms:
        scope = term.extra["country"] if name == "division" else ""
        for word in filter(None, (term.code, term.label_en, term.label_zh, *term.aliases)):
            meanings.setdefault((scope, fold(word)), set()).add(term.code)
    assert {word: codes for word, codes in meanings.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("name", names())
def test_every_broader_term_exists_and_none_is_its_own_ancestor(name: str) -> None:
    terms = load_vocabulary(name)
    for term in terms:
        seen = [term.code]
        while (above := terms[seen[-1]].broader) is not None:
            assert above in terms, f"{seen[-1]} is under {above}, which is no term of {name}"
            assert above not in seen, f"{term.code} is under itself"
            seen.append(above)


@pytest.mark.parametrize("name", names())
def test_a_uri_is_that_of_its_cgi_scheme(name: str) -> None:
    for term in load_vocabulary(name):
        if term.uri is not None:
            assert term.uri.startswith(f"{CGI}{SCHEMES[name]}/"), term.uri
            assert term.uri.removeprefix(f"{CGI}{SCHEMES[name]}/") == term.code


@pytest.mark.parametrize(("name", "count"), PUBLISHED.items())
def test_a_scheme_that_is_taken_whole_has_all_its_concepts(name: str, count: int) -> None:
    assert sum(term.uri is not None for term in load_vocabulary(name)) == count


@pytest.mark.parametrize("name", SCHEMES)
def test_a_term_that_cgi_lacks_says_that_it_is_local(name: str) -> None:
    assert [term.code for term in load_vocabulary(name) if term.uri is None and "local" not in term.note] == []


def test_every_file_is_a_vocabulary_or_a_table_of_figures() -> None:
    assert set(every_file()) == set(names()) | TABLES_WITHOUT_TERMS


@pytest.mark.parametrize("name", every_file())
def test_every_file_names_its_source(name: str) -> None:
    about = vocab.list_sources()[name]
    for field in ("title_en", "title_zh", "publisher", "licence", "citation"):
        assert about[field], f"{name} lacks {field}"
    assert isinstance(about["local"], bool)
    if not about["local"]:
        assert about["retrieved_from"], f"{name} does not tell where it was taken from"
    if name in SCHEMES:
        assert (about["licence"], about["local"]) == ("CC-BY-4.0", False)


def test_a_missing_file_has_no_source() -> None:
    assert vocab.list_sources().keys() == set(every_file())


@pytest.mark.parametrize("word", ["copper", "Copper", "COPPER", " copper ", "Cu", "铜", "铜矿", "ｃｏｐｐｅｒ"])
def test_a_term_is_found_by_code_label_and_alias_in_both_languages(word: str) -> None:
    found = load_vocabulary("commodity").find(word)
    assert found is not None
    assert found.code == "copper"


@pytest.mark.parametrize(
    ("name", "word", "code"),
    [
        ("country", "Côte d’Ivoire", "CIV"),
        ("country", "cote d'ivoire", "CIV"),
        ("country", "智利", "CHL"),
        ("country", "chl", "CHL"),
        ("status", "停产", "suspended"),
        ("status", "Care and Maintenance", "suspended"),
        ("facility-type", "alumina-refinery", "alumina-refinery"),
        ("deposit-model", "Porphyry copper-gold", "porphyry-copper-gold"),
        ("unit", "万吨", "ten-thousand-t"),
        ("exploration-stage", "详查", "xiangcha"),
    ],
)
def test_a_word_leads_to_its_term(name: str, word: str, code: str) -> None:
    found = load_vocabulary(name).find(word)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("word", ["", "coper", "copperx", "cu ore of some kind", "?", "铜铜", "c" * 10_000, "\0"])
def test_an_unknown_word_is_none_and_never_the_nearest(word: str) -> None:
    assert load_vocabulary("commodity").find(word) is None


def test_a_word_is_compared_without_case_accents_width_and_outer_space() -> None:
    assert fold("  Ｃôte   D’IVOIRE ") == "cote d’ivoire"
    assert fold("ＣＧＣＳ２０００") == "cgcs2000"


def test_a_division_is_looked_up_within_its_country() -> None:
    terms = load_vocabulary("division")
    georgia = terms.find("Georgia", "USA")
    assert georgia is not None
    assert georgia.code == "US-GA"
    assert terms.find("Georgia", "CHL") is None
    assert terms.find("Georgia") is None
    for word in ("江西省", "江西", "Jiangxi", "CN-JX"):
        found = terms.find(word, "CHN")
        assert found is not None
        assert found.code == "CN-JX"


def test_a_label_comes_in_either_language() -> None:
    term = load_vocabulary("commodity")["tin"]
    assert (term.label("zh"), term.label("en"), term.label("fr")) == ("锡", "Tin", "Tin")


@pytest.mark.parametrize("name", ["", "metal", "../units", "sources", *sorted(TABLES_WITHOUT_TERMS)])
def test_an_unknown_vocabulary_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownVocabulary, match=re.escape(repr(name))):
        load_vocabulary(name)


@pytest.mark.parametrize(
    ("zh", "name", "code"),
    [
        ("推断资源量", "resource-category", "inferred-mineral-resource"),
        ("控制资源量", "resource-category", "indicated-mineral-resource"),
        ("探明资源量", "resource-category", "measured-mineral-resource"),
        ("可信储量", "reserve-category", "probable-ore-reserves"),
        ("证实储量", "reserve-category", "proved-ore-reserves"),
    ],
)
def test_the_five_types_of_gbt_17766_2020(zh: str, name: str, code: str) -> None:
    found = load_vocabulary(name).find(zh)
    assert found is not None
    assert (found.code, found.extra["gbt_17766_2020"], found.extra["combined"]) == (code, zh, "false")


def test_a_combined_class_is_marked_and_has_no_chinese_standard_term() -> None:
    """GB/T 17766-2020, 5.3: the classes are listed separately."""
    combined = {
        t.code
        for name in ("resource-category", "reserve-category")
        for t in load_vocabulary(name)
        if "and" in t.code.split("-")
    }
    combined.add("measured-indicated-inferred-mineral-resource")
    for name in ("resource-category", "reserve-category"):
        for term in load_vocabulary(name):
            assert (term.extra["combined"] == "true") == (term.code in combined), term.code
            assert not (term.code in combined and term.extra["gbt_17766_2020"]), term.code


def test_the_three_stages_of_gbt_17766_2020_and_the_one_it_dropped() -> None:
    stages = load_vocabulary("exploration-stage")
    assert [stages[code].label_zh for code in ("pucha", "xiangcha", "kantan", "yucha")] == [
        "普查",
        "详查",
        "勘探",
        "预查(旧分类，GB/T 17766-2020 已取消)",
    ]
    assert "1999" in stages["yucha"].note


def test_the_chinese_codes_extend_the_fourteen_of_cgi() -> None:
    local = {term.code for term in load_vocabulary("classification-code") if term.uri is None}
    assert local == {"gbt-17766-2020", "gbt-17766-1999"}


def test_the_tree_of_deposit_models() -> None:
    models = load_vocabulary("deposit-model")
    placers = models.within("placer")
    assert {"placer", "fluvial-placer-tin", "residual-placer-tin"} <= placers
    assert "porphyry-copper-gold" not in placers
    assert models.within("fluvial-placer-tin") == {"fluvial-placer-tin"}
    roots = {term.code for term in models if term.broader is None}
    assert set().union(*(models.within(root) for root in roots)) == set(models.terms)


@pytest.mark.parametrize(
    "code",
    [
        "porphyry-copper-molybdenum",
        "porphyry-tin",
        "skarn-copper",
        "sediment-hosted-copper-co",
        "iocg",
        "volcanogenic-massive-sulfide-vms",
        "u-m-conduit-nickel-copper-pge",
        "komatiite-nickel-copper-pge",
        "laterite-nickel",
        "greisen-tin-w-mo",
        "fluvial-placer-tin",
        "lct-pegmatite",
        "lacustrine-brine-lithium",
        "lacustrine-clay-lithium",
        "bauxite",
        "karst-bauxite",
    ],
)
def test_the_models_of_the_six_metals_are_there(code: str) -> None:
    assert load_vocabulary("deposit-model")[code].uri is not None


def test_the_trees_of_exploration_and_status() -> None:
    activities, status = load_vocabulary("exploration-activity-type"), load_vocabulary("mine-status")
    assert {"core-drilling", "auger-drilling", "excavation"} <= activities.within("subsurface-exploration")
    assert {"care-and-maintenance", "closed", "abandoned", "historic", "retention"} <= status.within("not-operating")
    assert {"feasibility", "pending-approval", "construction"} <= status.within("under-development")


@pytest.mark.parametrize(
    ("code", "symbol", "zh"),
    [
        ("copper", "Cu", "铜"),
        ("lithium", "Li", "锂"),
        ("nickel", "Ni", "镍"),
        ("cobalt", "Co", "钴"),
        ("tin", "Sn", "锡"),
        ("aluminium", "Al", "铝"),
        ("alumina", "Al2O3", "氧化铝"),
        ("bauxite", "", "铝土矿"),
    ],
)
def test_the_metals_in_scope(code: str, symbol: str, zh: str) -> None:
    term = load_vocabulary("commodity")[code]
    assert (term.extra["symbol"], term.label_zh, term.extra["scope"]) == (symbol, zh, "in")
    assert term.uri is not None


def test_only_what_belongs_to_the_metals_in_scope_is_in_scope() -> None:
    groups = {term.extra["group"] for term in load_vocabulary("commodity") if term.extra["scope"] == "in"}
    assert groups == {term.code for term in load_vocabulary("commodity-group")} - {"other"}
    assert {term.extra["scope"] for term in load_vocabulary("commodity")} == {"in", "out"}
    for term in load_vocabulary("commodity"):
        assert bool(term.extra["group"]) == (term.extra["scope"] == "in"), term.code


def test_the_commodity_groups_are_listed_in_their_vocabulary_alone() -> None:
    codes = {term.code for term in load_vocabulary("commodity-group")} - {"other"}
    assert len(codes) == 6
    lists = [str(path.relative_to(ROOT)) for path in product_files() if names_all_at_once(path, codes)]
    assert lists == ["geodata/lodedata/vocab/commodity-group.csv"]


def product_files() -> Iterator[Path]:
    """Yield the files of code, vocabularies, templates and styles, without built ones and texts of sources."""
    for folder in ("geodata/lodedata", "platform/lodebase", "web/lodeweb", "web/frontend"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".sql", ".csv", ".js", ".css", ".html"} and not {"dist", "matching"} & {*path.parts}:
                yield path


def names_all_at_once(path: Path, codes: set[str]) -> bool:
    """Return whether some dozen lines of a file name every code."""
    named = [
        codes.intersection(re.findall(r"(?<![\w-])[a-z]+(?![\w-])", line))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return any(set().union(*named[n : n + 12]) == codes for n in range(len(named)))


@pytest.mark.parametrize(
    ("code", "zh", "cgi", "counts_as"),
    [
        ("announced", "规划", "under-development", "shadow"),
        ("pre-permit", "前期", "pending-approval", "shadow"),
        ("permitted", "已核准", "pending-approval", "pipeline"),
        ("construction", "在建", "construction", "pipeline"),
        ("commissioning", "试生产", "construction", "operating"),
        ("operating", "在产", "operating", "operating"),
        ("intermittent", "间歇生产", "operating-intermittently", "operating"),
        ("suspended", "停产", "care-and-maintenance", "idle"),
        ("shelved", "缓建", "retention", "none"),
        ("cancelled", "取消", "", "none"),
        ("closed", "关闭", "closed", "none"),
    ],
)
def test_the_life_of_a_project(code: str, zh: str, cgi: str, counts_as: str) -> None:
    """Each step with its CGI mine status and whether it counts as capacity."""
    term = load_vocabulary("status")[code]
    assert (term.label_zh, term.extra["cgi_status"], term.extra["counts_as"]) == (zh, cgi, counts_as)
    assert not cgi or cgi in load_vocabulary("mine-status")


def test_the_kinds_of_facilities_name_terms_that_exist() -> None:
    assert [code for code in FACILITIES if code not in load_vocabulary("facility-type")] == []
    products = load_vocabulary("product")
    for term in load_vocabulary("facility-type"):
        named = [*term.extra["feedstock"].split("|"), *term.extra["product"].split("|")]
        assert [code for code in named if code and code not in products] == [], term.code
    for term in products:
        assert [c for c in term.extra["commodity"].split("|") if c and c not in load_vocabulary("commodity")] == [], term.code


def test_countries_have_the_codes_of_iso_3166_and_un_m49() -> None:
    """249 countries and areas of ISO 3166-1, and Kosovo under its user-assigned code."""
    countries = load_vocabulary("country")
    assert len(countries) == 250
    for term in countries:
        assert re.fullmatch(r"[A-Z]{3}", term.code)
        assert re.fullmatch(r"[A-Z]{2}", term.extra["alpha2"])
        assert re.fullmatch(r"\d{3}", term.extra["m49"]) or term.code == "XKX"
    assert len({term.extra["alpha2"] for term in countries}) == 250
    assert (countries["CHL"].extra["alpha2"], countries["CHL"].extra["m49"]) == ("CL", "152")


def test_divisions_belong_to_their_countries() -> None:
    alpha2 = {term.code: term.extra["alpha2"] for term in load_vocabulary("country")}
    for term in load_vocabulary("division"):
        assert term.code.split("-")[0] == alpha2[term.extra["country"]], term.code


def test_the_34_divisions_of_china_have_the_codes_of_gbt_2260() -> None:
    codes = {t.code: t.extra["gb_code"] for t in load_vocabulary("division") if t.extra["country"] == "CHN"}
    assert len(codes) == len(set(codes.values())) == 34
    assert (codes["CN-BJ"], codes["CN-JX"], codes["CN-XJ"], codes["CN-QH"]) == ("110000", "360000", "650000", "630000")


def test_a_capital_lies_on_the_globe_and_in_a_known_country() -> None:
    for row in load_vocabulary_rows("capital"):
        assert row["country"] in load_vocabulary("country"), row
        assert -180 <= float(row["lon"]) <= 180, row
        assert -90 <= float(row["lat"]) <= 90, row
        assert row["name_en"] and row["name_zh"], row


def test_the_symbol_of_a_commodity_is_a_formula() -> None:
    for term in load_vocabulary("commodity"):
        assert re.fullmatch(r"([A-Z][A-Za-z0-9()·.]*)?", term.extra["symbol"]), (term.code, term.extra["symbol"])


def test_limits_of_size_are_of_known_commodities_and_forms() -> None:
    for row in load_vocabulary_rows("size-threshold"):
        assert row["commodity"] in load_vocabulary("commodity")
        assert not row["form"] or row["form"] in load_vocabulary("deposit-form")
        assert float(row["large_t"]) > float(row["medium_t"]) > 0
        assert row["standard"] and row["source"]


@pytest.mark.parametrize(("word", "code"), [("CN", "CHN"), ("cl", "CHL"), ("CHN", "CHN"), ("中国", "CHN"), ("XX", None)])
def test_a_country_is_found_by_its_alpha_2_code_too(word: str, code: str | None) -> None:
    found = load_vocabulary("country").find(word)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        ("country", "Chille", ("CHL",)),
        ("commodity", "coper", ("copper",)),
        ("status", "operatin", ("operating",)),
        ("commodity", "qqqqqq", ()),
    ],
)
def test_the_nearest_terms_are_found_by_spelling(name: str, text: str, codes: tuple[str, ...]) -> None:
    assert tuple(term.code for term in load_vocabulary(name).nearest(text))[:1] == codes
