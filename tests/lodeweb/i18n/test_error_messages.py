"""Failures are told in Chinese to whoever reads Chinese: each sentence that the code can say has its own there."""

import ast
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import lodebase
import lodeweb
from lodeweb.i18n.error_messages import WORDS, in_chinese

OF_COMMANDS = ("accounts.py", "given_lines.py", "judgements.py", "people.py")
"""What only a command at a terminal says."""
CHINESE = re.compile("[\u4e00-\u9fff]")
HOLE = re.compile(r"\{\d*\}")


def said() -> set[str]:
    """The sentences of refused parameters in the code, with braces where it puts something in."""
    found = set()
    roots = [Path(str(package.__file__)).parent for package in (lodebase, lodeweb)]
    for path in (path for root in roots for path in root.rglob("*.py") if path.name not in OF_COMMANDS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadQuery" and len(node.args) > 2:
                found |= _texts(node.args[2])
    return found


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)}
    return set()


@pytest.mark.parametrize("sentence", sorted(said()))
def test_what_the_code_says_of_a_parameter_is_told_in_chinese(sentence: str) -> None:
    assert CHINESE.search(in_chinese(sentence.replace("{}", "7"))), sentence


@pytest.mark.parametrize("en", WORDS)
def test_what_is_put_in_is_put_in_there_too(en: str) -> None:
    assert len(HOLE.findall(WORDS[en])) == en.count("{}")


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "须为 1 至 10000 的整数"),
        ("bbox=1,2,3", "有 3 个部分；请写 四个以度为单位的数：西,南,东,北，例如 -75,-30,-65,-20"),
        ("near=here&radius_km=5", "不是点；请写以度为单位的 经度,纬度，例如 117.57,29.0"),
        ("datetime=soon", "不是日期；请写时刻或时间段，例如 2018-02-12, "),
        ("commodity=unobtainium", "不是词表 commodity 中的代码、名称或别名；/api/vocabularies/commodity 列有全部"),
        ("no_such=1", "不是此处的参数；可用的有 "),
    ],
)
def test_a_chinese_reader_is_told_in_chinese_and_a_program_as_ever(client: FlaskClient, query: str, detail: str) -> None:
    path = f"/api/collections/deposits/items?{query}"
    answer = client.get(path, headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (400, "zh-CN")
    told, english = answer.get_json(), client.get(path).get_json()
    assert detail in told["detail"] and told["title"] == "请求无效"
    assert not CHINESE.search(english["detail"])
    # what programs go by is the same
    assert {**told, "title": "", "detail": ""} == {**english, "title": "", "detail": ""}
    assert client.get(f"{path}&lang=zh").get_json() == told


def test_what_there_is_not_is_told_in_chinese(client: FlaskClient) -> None:
    def detail(path: str) -> str:
        return str(client.get(f"{path}?lang=zh").get_json()["detail"])

    assert detail("/api/collections/mountains").startswith("没有数据集 'mountains'；可用的有 deposits")
    assert detail("/api/collections/deposits/items/none") == "deposits 中没有 'none'"
