"""Terms as sources write them: names of a mine's status, spellings of surveys and standards, codes of the standard of 1999."""

import pytest

from lodedata import vocab
from lodedata.vocab import load_vocabulary

UMBRELLA_TERMS = {"not-operating", "under-development"}
"""Terms of mine-status that cover several statuses, so none is chosen for them."""


@pytest.mark.parametrize(
    "term", [t for t in load_vocabulary("mine-status") if t.code not in UMBRELLA_TERMS], ids=lambda t: t.code
)
def test_a_status_is_found_by_every_name_of_a_mine_status(term: vocab.Term) -> None:
    terms = load_vocabulary("status")
    codes = {
        found.code if (found := terms.find(text)) else None for text in (term.code, term.label_en, term.label_zh, *term.aliases)
    }
    assert len(codes) == 1 and None not in codes, codes


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("country", "Korea, South", "KOR"),
        ("country", "Korea (Rep. of)", "KOR"),
        ("country", "Korea, Dem. P.R. of", "PRK"),
        ("country", "D. Rep. of Congo", "COD"),
        ("country", "Congo-DRC", "COD"),
        ("country", "Congo, Democratic Republic", "COD"),
        ("country", "Congo-RoC", "COG"),
        ("country", "Ireland, Republic of", "IRL"),
        ("country", "Eswatini (Swaziland)", "SWZ"),
        ("country", "Perú", "PER"),
        ("country", "Россия", "RUS"),
        ("country", "République démocratique du Congo", "COD"),
        ("country", "Filipina", "PHL"),
        ("commodity", "cobre", "copper"),
        ("commodity", "estaño", "tin"),
        ("commodity", "níquel", "nickel"),
        ("commodity", "никель", "nickel"),
        ("commodity", "timah", "tin"),
        ("status", "en construcción", "construction"),
        ("status", "действующий", "operating"),
        ("facility-type", "barragem de rejeitos", "tailings-facility"),
        ("resource-category", "332", "indicated-mineral-resource"),
        ("resource-category", "333", "inferred-mineral-resource"),
        ("resource-category", "111b", "measured-mineral-resource"),
        ("resource-category", "122b", "indicated-mineral-resource"),
        ("resource-category", "探明", "measured-mineral-resource"),
        ("resource-category", "控制", "indicated-mineral-resource"),
        ("resource-category", "推断", "inferred-mineral-resource"),
        ("resource-category", "inferido", "inferred-mineral-resource"),
        ("reserve-category", "证实", "proved-ore-reserves"),
        ("reserve-category", "可信", "probable-ore-reserves"),
        ("reserve-category", "111", "proved-ore-reserves"),
        ("reserve-category", "122", "probable-ore-reserves"),
    ],
)
def test_a_spelling_of_surveys_and_standards_is_known(name: str, text: str, code: str) -> None:
    """Spellings of USGS, BGS and registers in other languages; codes of GB/T 17766-1999, classes of GB/T 17766-2020."""
    found = load_vocabulary(name).find(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("code", ["334?", "334", "121", "2M11", "2M22", "2S11", "2S22"])
def test_a_code_of_the_standard_of_1999_without_a_sure_match_is_no_class(code: str) -> None:
    """Marginal, sub-marginal and predicted resources of GB/T 17766-1999 are no class of GB/T 17766-2020."""
    assert load_vocabulary("resource-category").find(code) is None
    assert load_vocabulary("reserve-category").find(code) is None
