"""The clerk's import: columns chosen by lists, cells corrected in place, a confirmation with counts, and a second person."""

import html
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token
from tests.lodeweb.desk.test_imports import OPTIONS, uploaded

from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.jobs import requested
from lodeweb.app import create_app

ZH = {"Accept-Language": "zh"}
TABLE = "编号,矿床名称,经度,纬度,国家,矿种,资源类别,矿石量(万吨)\n" + "".join(
    f"{n},测试矿{n},112.{n}5,28.{n}5,中国,铜,推断资源量,{amount}\n"
    for n, amount in enumerate(("约500", "10～20", "很多", "30", "<1", "12"), 1)
)
OPEN = {
    "open-publisher": "某省地质调查院",
    "open-licence.id": "internal",
    "open-licence.name": "内部资料",
    "open-citation": "某省地质调查院(2026)",
    "open-version": "2026",
    "open-as_of": "2026",
    "open-position.crs": "EPSG:4490",
    "open-crs": "EPSG:4490",
}


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("import_cells") as store:
        add_accounts(store, "reader", "expert", "administrator")
        yield store


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses))
    yield made
    closed(made)


@pytest.fixture(scope="module")
def reviewed(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses, LODE_REVIEW_IMPORTS=True))
    yield made
    closed(made)


def fields_of(page: str) -> dict[str, str]:
    """Return the fields of the form of the columns as a browser would send them."""
    form = dict(re.findall(r'name="(column-\d+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select id="[^"]*" name="(field-\d+|kind)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        form[name] = chosen[1] if chosen else ""
    return form


def choose(client: FlaskClient, path: str, action: str, **changed: str) -> str:
    """Send the form of the columns and return the page that follows, in Chinese."""
    page = client.get(path, headers=ZH).get_data(as_text=True)
    names = re.findall(r'name="(open-[^"]+)"', page)
    form = fields_of(page) | {name: OPEN[name] for name in names if name in OPEN} | changed
    form |= {"csrf_token": token(client, path), "by": "columns", "action": action}
    return client.post(path, data=form, headers=ZH, follow_redirects=True).get_data(as_text=True)


def cells_form(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="((?:row|column|reported|cell)-\d+)"(?: type="text")? value="([^"]*)"', page))


def test_columns_are_offered_by_title_with_examples_units_and_reasons(app: Flask) -> None:
    client = signed_in(app, "administrator")
    path = uploaded(client, TABLE.encode(), "列.csv")
    page = client.get(path, headers=ZH).get_data(as_text=True)
    assert "6 个值中有 6 个是 112.15 至 112.65 之间的数" in page
    assert "表头写明“经度”" in page and "表头的单位为万吨" in page
    assert re.search(r'<option value="lon" selected>经度或东坐标', page)
    assert "给各行填写的坐标系" not in page and "out of range" not in page and "repeated_keys" not in page.split("<textarea")[0]
    # another field by the list, and the mapping follows
    form = fields_of(page)
    at = next(name.removeprefix("column-") for name, value in form.items() if value == "矿床名称")
    page = choose(client, path, "choose", **{f"field-{at}": "aliases"})
    mapping = page.split("<textarea")[1]
    assert "aliases: [{column: &#34;矿床名称&#34;" in mapping and "name_zh:" not in mapping
    assert 'value="某省地质调查院"' in page


def test_cells_are_corrected_in_place_published_and_withdrawn(store: Store, app: Flask) -> None:
    client = signed_in(app, "administrator")
    path = uploaded(client, TABLE.encode(), "单元格.csv")
    choose(client, path, "choose")
    page = client.get(f"{path}/cells", headers=ZH).get_data(as_text=True)
    assert page.count('name="cell-') == 1
    cells = re.sub(r"<td [^>]*>", "<td>", page)
    assert "<td>4</td><td>矿石量(万吨)</td><td>很多</td>" in cells and "该行被拒收" in page and "数字，如 12.5" in page
    form = {**cells_form(page), "csrf_token": token(client, f"{path}/cells")}
    # a correction that is no number either is stored and still listed
    page = client.post(f"{path}/cells", data=form | {"cell-0": "更多"}, headers=ZH, follow_redirects=True).get_data(
        as_text=True
    )
    assert 'value="更多"' in page and "<td>很多</td><td>更多</td><td>administrator</td>" in page
    form = {**cells_form(page), "csrf_token": form["csrf_token"]}
    page = client.post(f"{path}/cells", data=form | {"cell-0": "40多"}, headers=ZH, follow_redirects=True).get_data(
        as_text=True
    )
    assert "均可读取" in page
    choose(client, path, "check")
    assert requested.run_next(store.importer, OPTIONS)
    page = client.get(f"{path}/confirm", headers=ZH).get_data(as_text=True)
    assert "<dt>新增行</dt><dd>6</dd>" in page and "<dt>拒收行</dt><dd>0</dd>" in page and page.count("<article>") == 6
    # titles and terms, not names of fields and codes
    assert "，第 2 行</h3>" in page and ", row 2" not in page
    assert "<dt>国家和地区</dt><dd>中国</dd>" in page and "<li>铜</li>" in page and "推断资源量" in page
    assert not re.search(r"<dt>[a-z_]+</dt>", page)
    ordered_token = token(client, f"{path}/confirm")
    ordered = client.post(f"{path}/confirm", data={"csrf_token": ordered_token})
    assert ordered.status_code == 303
    assert requested.run_next(store.importer, OPTIONS)
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        rows = connection.execute(
            "SELECT d.name_zh, e.ore_reported, e.ore_qualifier, e.ore_upper, e.ore_t FROM estimate e"
            " JOIN deposit d ON d.id = e.deposit_id ORDER BY 1"
        ).fetchall()
        noted = connection.execute("SELECT account FROM audit WHERE action = 'import_correction insert'").fetchall()
    assert rows[:4] == [
        ("测试矿1", 500, "about", None, 5e6),
        ("测试矿2", 10, "range", 20, None),
        ("测试矿3", 40, "above", None, None),
        ("测试矿4", 30, None, None, 3e5),
    ]
    assert noted == [("administrator",), ("administrator",)]
    shown = client.get(f"{path}/withdraw")
    assert shown.status_code == 303
    assert "撤回" in client.get(shown.headers["Location"], headers=ZH).get_data(as_text=True)
    assert f'action="{path}/withdraw"' in client.get(path, headers=ZH).get_data(as_text=True)
    withdrawal = client.post(f"{path}/withdraw", data={"csrf_token": ordered_token}).headers["Location"]
    assert requested.run_next(store.importer, OPTIONS)
    assert "撤下" in client.get(withdrawal, headers=ZH).get_data(as_text=True)
    # an import that is withdrawn, or was never published, has nothing to withdraw
    assert client.post(f"{withdrawal}/withdraw", data={"csrf_token": ordered_token}).status_code == 400
    assert "已撤回" in client.post(f"{path}/withdraw", data={"csrf_token": ordered_token}, headers=ZH).get_data(as_text=True)
    assert f'action="{path}/withdraw"' not in client.get(path, headers=ZH).get_data(as_text=True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_open_values_are_named_by_their_titles(app: Flask, lang: str) -> None:
    administrator = signed_in(app, "administrator")
    address = uploaded(administrator, TABLE.replace("\n6,", "\n5,").encode(), "矿产.csv")
    page = administrator.get(f"{address}?lang={lang}").text
    # nobody edited the mapping yet
    assert {"en": "was edited as text", "zh": "已按文本修改"}[lang] not in page
    assert re.search(r'<select id="open-\d+" name="open-repeated_keys"', page)
    form = {**fields_of(page), **OPEN, "by": "columns", "action": "choose", "csrf_token": token(administrator, "/desk/imports")}
    administrator.post(f"{address}?lang={lang}", data=form)
    named = {"en": "Rows with the same key", "zh": "编号相同的行"}[lang]
    notice = administrator.get(f"{address}/cells?lang={lang}").text.partition('role="alert">')[2].partition("</p>")[0]
    assert named in notice and "repeated_keys" not in notice, notice
    checked = administrator.post(f"{address}?lang={lang}", data={**form, "action": "check"}).text
    assert named in checked.partition('role="alert">')[2].partition("</p>")[0]


def test_swapped_coordinates_are_corrected_together_and_an_empty_name_is_listed(app: Flask) -> None:
    administrator = signed_in(app, "administrator")
    table = TABLE.replace("112.15,28.15", "28.15,112.15").replace("测试矿2", "").replace("很多", "12")
    address = uploaded(administrator, table.encode(), "对调.csv")
    page = administrator.get(address).text
    form = {**fields_of(page), **OPEN, "by": "columns", "action": "choose", "csrf_token": token(administrator, "/desk/imports")}
    administrator.post(address, data=form)
    rows = re.findall(r'<tr role="row"><td.*?</tr>', administrator.get(f"{address}/cells", headers=ZH).text, re.DOTALL)
    swapped, nameless = rows
    assert "对调" in swapped and 'value="112.15"' in swapped and 'value="28.15"' in swapped and "<details open>" in swapped
    assert "没有名称" in nameless or "无名称" in nameless, nameless
    assert "该行入库" in nameless and 'value="112.25"' in nameless


def test_country_that_disagrees_with_the_position_is_listed_with_its_cells(app: Flask, store: Store) -> None:
    administrator = signed_in(app, "administrator")
    table = TABLE.replace("112.15,28.15,中国", "112.15,28.15,智利").replace("112.25,28.25", "0,0").replace("很多", "12")
    table = table.replace("112.45,28.45", "东经约117度,28.45").replace("112.55,28.55", "125.5,27.5")
    address = uploaded(administrator, table.encode(), "国别.csv")
    choose(administrator, address, "choose")
    page = administrator.get(f"{address}/cells", headers=ZH).text
    abroad, zero, about, sea = re.findall(r'<tr role="row"><td.*?</tr>', page, re.DOTALL)
    assert "智利" in abroad and "之外" in abroad and "位置所在的国家" in abroad and "<details open>" in abroad, abroad
    # the coordinates and the country of the row, and no other cell
    assert re.findall(r'name="column-0-\d+" value="([^"]*)"', abroad) == ["经度", "纬度", "国家"]
    assert "0, 0" in zero and "该行入库并加标记" in zero
    assert "东经约117度" in about and "不是坐标" in about and 'name="cell-2"' in about
    assert "海" in sea
    form = {**dict(re.findall(r'name="((?:row|column|reported)-0-2)" value="([^"]*)"', abroad)), "cell-0-2": "中国"}
    form |= {"csrf_token": token(administrator, address), "action": "check"}
    checked = administrator.post(f"{address}/cells", data=form)
    assert checked.status_code == 303 and checked.headers["Location"].endswith("/confirm")
    waiting = administrator.get(f"{address}/confirm", headers=ZH).text
    assert f'data-waits="{address}/state"' in waiting
    # nothing is corrected while the check waits
    assert administrator.post(f"{address}/cells", data=form).status_code == 400
    assert requested.run_next(store.importer, OPTIONS)
    confirmed = administrator.get(f"{address}/confirm", headers=ZH).text
    assert "<dt>新增行</dt><dd>6</dd>" in confirmed and "发布" in confirmed


def test_a_negative_figure_is_a_cell_and_no_reason_against_its_column(app: Flask) -> None:
    administrator = signed_in(app, "administrator")
    address = uploaded(administrator, TABLE.replace("很多", "-5").encode(), "负数.csv")
    choose(administrator, address, "choose")
    page = administrator.get(f"{address}/cells", headers=ZH).text
    assert "-5 为负数" in page and page.count('name="cell-') == 1


BAD = """编号,矿床名称,经度,纬度,国家,矿种,资源类别,矿石量,矿石量单位,铜品位(%)
1,甲,112.15,28.15,中国,铜,推断资源量,31,万吨,1.2
2,乙,112.25,28.25,中国,铜,推断资源量,32,公里,1.3
3,丙,112.35,28.35,中国,铜,推断资源量,33,,1.4
4,丁,112.45,28.45,中国,铜,推断资源量,1e30,万吨,1.5
5,戊,112.55,28.55,中国,铜,推断资源量,-3,万吨,1.6
6,己,112.65,28.65,中国,铜,推断资源量,36,万吨,150
7,,112.75,28.75,中国,铜,推断资源量,37,万吨,1.7
8,辛,112.85,28.85,中国,铜,推断资源量,0,万吨,0
9,壬,125.50,27.50,中国,铜,推断资源量,39,万吨,1.9
10,癸,-70.1,-24.1,中国,铜,推断资源量,40,万吨,2
11,子,112.15,28.25,中国,铜,推断资源量,200000000,万吨,1
12,丑,112.15,28.35,中国,铜,推断资源量,12,万吨,70
"""
SENTENCES = {
    "en": {
        3: "the unit '公里' is not known",
        4: "has no unit",
        5: "not possible in one place",
        6: "-3 is negative",
        7: "a grade of 150 % is over 100 %",
        8: "the record has no name",
        10: "lies in the sea",
        11: "outside China, the stated country",
        12: "the greatest amount is 1,000,000,000,000 t",
        13: "the grade of 70 % of",
    },
    "zh": {
        3: "单位 '公里' 未识别",
        4: "数值 33 没有单位",
        5: "单个地点不可能有",
        6: "-3 为负数",
        7: "品位 150 % 超过 100 %",
        8: "该记录没有名称",
        10: "海",
        11: "国家中国之外",
        12: "最多为 1,000,000,000,000 t",
        13: "70 %",
    },
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_bad_cell_has_its_sentence(app: Flask, lang: str) -> None:
    """A wrong and a missing unit, a huge and a negative figure, above 100 per cent, the sea, another country; 0 is none."""
    administrator = signed_in(app, "administrator")
    address = uploaded(administrator, BAD.encode(), f"坏{lang}.csv")
    choose(administrator, address, "choose")
    page = html.unescape(administrator.get(f"{address}/cells?lang={lang}").text).replace("\u00a0", " ")
    rows = dict(re.findall(r'<tr role="row"><td[^>]*>(\d+)</td>(.*?)</tr>', page, re.DOTALL))
    assert set(map(int, rows)) == set(SENTENCES[lang]), rows.keys()
    for row, sentence in SENTENCES[lang].items():
        assert html.unescape(sentence) in rows[str(row)], rows[str(row)]


@pytest.mark.parametrize(
    ("lang", "sentence"), [("en", "holds the formula '=10+20' and no value"), ("zh", "公式 '=10+20' 而非数值")]
)
def test_a_formula_without_a_value_is_a_cell(app: Flask, lang: str, sentence: str) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(TABLE.replace("很多", "12").splitlines()):
            sheet.write_row(number, 0, line.split(","))
        sheet.write_formula(2, 7, "=10+20", value="")
    administrator = signed_in(app, "administrator")
    address = uploaded(administrator, stream.getvalue(), f"公式{lang}.xlsx")
    choose(administrator, address, "choose")
    page = html.unescape(administrator.get(f"{address}/cells?lang={lang}").text)
    assert sentence in page and page.count('name="cell-') == 1


@pytest.mark.parametrize(("lang", "sentence"), [("en", "The desk takes 1 byte to"), ("zh", "允许范围为 1 字节至")])
def test_an_empty_file_is_refused(app: Flask, lang: str, sentence: str) -> None:
    administrator = signed_in(app, "administrator")
    form = {"csrf_token": token(administrator, "/desk/imports"), "file": (io.BytesIO(b""), "空.csv")}
    refused = administrator.post(f"/desk/imports?lang={lang}", data=form, content_type="multipart/form-data")
    assert refused.status_code == 400 and sentence in refused.text


def test_dates_of_a_right_have_fields_that_may_be_chosen(app: Flask) -> None:
    administrator = signed_in(app, "administrator")
    table = "许可证号,矿山名称,采矿权人,矿种,发证日期,有效期止,登记日期,面积(平方公里)\n" + "".join(
        f"C360000201{n},测试矿{n},某矿业有限公司,铜,201{n}-05-01,203{n}-05-01,2010-01-0{n},{n}.25\n" for n in range(1, 4)
    )
    address = uploaded(administrator, table.encode(), "采矿权.csv")
    page = administrator.get(address, headers=ZH).text
    assert '<option value="valid_from" selected>' in page and '<option value="valid_to" selected>' in page
    assert '<option value="right_no" selected>' in page and '<option value="area_km2_reported" selected>' in page
    at = {name: column.removeprefix("column-") for column, name in re.findall(r'name="(column-\d+)" value="([^"]*)"', page)}
    changed = {f"field-{at['发证日期']}": "", f"field-{at['登记日期']}": "valid_from"}
    mapping = choose(administrator, address, "choose", **changed).split("<textarea")[1]
    assert "valid_from: &#34;登记日期&#34;" in mapping and "valid_to: &#34;有效期止&#34;" in mapping
    assert "right_no: &#34;许可证号&#34;" in mapping and "key: &#34;{许可证号}&#34;" in mapping


def test_file_that_changed_under_its_corrections_is_refused(app: Flask, store: Store) -> None:
    client = signed_in(app, "administrator")
    path = uploaded(client, TABLE.encode(), "变更.csv")
    choose(client, path, "choose")
    form = {"csrf_token": token(client, f"{path}/cells"), "row-0": "2", "column-0": "编号", "reported-0": "9", "cell-0": "8"}
    page = client.post(f"{path}/cells", data=form, follow_redirects=True).get_data(as_text=True)
    assert "holds &#39;1&#39; and not &#39;9&#39;, which was corrected" in page


def test_reviewed_import_is_published_by_another_person_with_the_right(store: Store, reviewed: Flask) -> None:
    clerk, administrator = signed_in(reviewed, "expert"), signed_in(reviewed, "administrator")
    assert 'href="/desk/imports"' in clerk.get("/desk").get_data(as_text=True)
    path = uploaded(clerk, TABLE.replace("很多", "1").encode(), "复核.csv")
    choose(clerk, path, "check")
    assert requested.run_next(store.importer, OPTIONS)
    clerk.post(f"{path}/confirm", data={"csrf_token": token(clerk, f"{path}/confirm")})
    assert not requested.run_next(store.importer, OPTIONS)
    page = clerk.get(f"{path}/confirm").get_data(as_text=True)
    assert 'value="publish"' not in page
    form = {"csrf_token": token(clerk, f"{path}/confirm"), "action": "publish"}
    assert clerk.post(f"{path}/review", data=form).status_code == 403
    # while it waits nothing of it changes
    assert clerk.post(path, data=form | {"by": "columns", "action": "choose"}).status_code == 400
    form["csrf_token"] = token(administrator, f"{path}/confirm")
    assert administrator.post(f"{path}/review", data=form | {"action": "return"}).status_code == 400
    administrator.post(f"{path}/review", data=form | {"action": "return", "note": "坐标系？"})
    assert "坐标系？" in clerk.get(path).get_data(as_text=True)
    choose(clerk, path, "check")
    assert requested.run_next(store.importer, OPTIONS)
    clerk.post(f"{path}/confirm", data={"csrf_token": token(clerk, f"{path}/confirm")})
    administrator.post(f"{path}/review", data=form)
    assert requested.run_next(store.importer, OPTIONS)
    assert clerk.get(f"{path}/state").get_json()["state"] == "imported"
    # an administrator's own order waits for another one too
    path = uploaded(administrator, TABLE.replace("很多", "2").encode(), "复核.csv")
    choose(administrator, path, "check")
    assert requested.run_next(store.importer, OPTIONS)
    administrator.post(f"{path}/confirm", data={"csrf_token": form["csrf_token"]})
    refused = administrator.post(f"{path}/review", data=form)
    assert refused.status_code == 400 and "did not order" in refused.get_data(as_text=True)


@pytest.mark.parametrize("name", ["reader", "expert"])
def test_nobody_is_offered_an_import_that_ends_in_403(app: Flask, name: str) -> None:
    client = signed_in(app, name)
    assert 'href="/desk/imports"' not in client.get("/desk").get_data(as_text=True)
    assert client.get("/desk/imports").status_code == 403
