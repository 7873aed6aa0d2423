"""Chinese terms as a Chinese geologist or official writes them: of vocabularies, of fields, and of the texts of pages."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import lodedata
from lodedata.kinds import KINDS
from lodedata.messages import msg
from lodedata.sources import load_source
from lodedata.vocab import load_vocabulary

TERMS = {
    ("product", "mine-copper"): ("铜精矿含铜量", "矿产铜"),
    ("product", "mine-nickel"): ("镍矿含镍量", "矿产镍"),
    ("product", "mine-cobalt"): ("钴矿含钴量", "矿产钴"),
    ("product", "mine-tin"): ("锡精矿含锡量", "矿产锡"),
    ("exploration-stage", "yucha"): ("预查(旧分类，GB/T 17766-2020 已取消)", "预查"),
    ("right-status", "expired"): ("有效期届满", "过期"),
    ("milestone-type", "announced"): ("项目公布", "宣布"),
    ("facility-type", "battery-recycling-plant"): ("废旧动力电池综合利用厂", "电池回收厂"),
}
"""The label of a term, and an earlier one that tables may still have."""
FIELDS = {
    ("deposit", "host_unit"): "赋矿层位",
    ("deposit", "deposit_form"): "锂矿类型(固体型/卤水型)",
    ("deposit", "figure_class"): "资源储量类型",
    ("deposit", "figure_date"): "估算基准日",
    ("deposit", "figure_contained_t"): "金属量(吨)",
}
TEXTS = {
    "Commodity": "矿种/产品",
    "Undivided tonnage": "未区分类型的资源储量",
    "tonnage without a class": "未区分类型的资源储量",
    "Official acts": "公文与公告",
    "Cells with a value": "有值单元格数",
    "Loss, percentage points": "分流份额（百分点）",
    "Metal between actual and minimum rates": "与最低指标差额对应的金属量",
    "The text applies in another country; compared for orientation.": "我国文件，对境外矿山仅供参照。",
    "Processing stage": "生产环节",
    "Clauses compared over the country": "全国条款对照网格",
    "Firms and institutions": "企业与机构",
}


@pytest.mark.parametrize(("vocabulary_name", "code"), TERMS)
def test_a_term_has_its_label_and_is_read_by_the_earlier_one(vocabulary_name: str, code: str) -> None:
    label, earlier = TERMS[vocabulary_name, code]
    term = load_vocabulary(vocabulary_name)[code]
    assert term.label_zh == label and earlier in term.aliases


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_a_field_has_its_title(kind: str, field: str) -> None:
    found = next(one for one in KINDS[kind].fields if one.name == field)
    assert found.title_zh == FIELDS[kind, field]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_of_pages_has_its_translation(text: str) -> None:
    assert msg(text).in_language("zh") == TEXTS[text]


def test_the_platform_has_one_name() -> None:
    folder = Path(lodedata.__file__).parent / "translations"
    with next(folder.glob("zh*/LC_MESSAGES/messages.po")).open("rb") as file:
        texts = "\n".join("".join(message.string) for message in read_po(file) if message.string)
    texts = texts.replace("样本库", "")
    assert "本平台" in texts
    assert [name for name in ("本站", "本库", "本网站") if name in texts] == []


def test_collections_and_sources_have_their_names() -> None:
    assert KINDS["official_act"].title_zh == "公文与公告"
    assert load_source("lode-starter").title_zh == "Lode 初始样本库"
