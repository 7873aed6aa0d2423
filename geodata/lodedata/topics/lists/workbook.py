"""The workbook in which an officer collects lists: its sheets and columns, in both languages, as the annexes print them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lodedata.messages import Label


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the field that it fills, its names, an example, and other names that annexes use."""

    field: str
    name: Label
    example: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with the kind of its records and the columns of their key."""

    kind: str
    name: Label
    key: tuple[str, ...]
    columns: tuple[SheetColumn, ...]

    def field_of(self, title: str) -> str | None:
        """Return the field of a column's title in either language, None for an unknown column."""
        wanted = _fold_title(title)
        for column in self.columns:
            names = (column.name.en or "", column.name.zh or "", column.field, *column.others)
            if wanted in map(_fold_title, names):
                return column.field
        return None


def _build_column(field: str, en: str, zh: str, example: str = "", *others: str) -> SheetColumn:
    return SheetColumn(field, Label(en, zh), example, others)


_LIST = _build_column("list", "List code", "名单代码", "battery-recycling")
_BATCH = _build_column("batch", "Batch number", "批次", "1", "批次号")
_NAME = _build_column(
    "name_as_printed",
    "Name",
    "企业名称",
    "示例循环科技有限公司",
    "单位名称",
    "名称",
    "公司名称",
    "申报企业",
    "Name of the firm",
)
_CODE = _build_column("name_as_printed_uscc", "Unified social credit code", "统一社会信用代码", "", "信用代码", "USCC")
_KIND = _build_column("entry_kind", "Kind", "类型", "再生利用", "类别", "企业类型", "申报类型", "综合利用类型")
_ACT = _build_column("act", "Act", "公告文号", "公告2018年第40号", "文号", "公告")
_ADDRESS = _build_column("url", "Address", "网址")
SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "condition_list",
        Label("Lists", "名单"),
        ("code", "provinces_covered"),
        (
            _build_column("code", "List code", "名单代码", "battery-recycling"),
            _build_column("name_en", "Name (English)", "英文名称", "Battery recycling"),
            _build_column("name_zh", "Name (Chinese)", "中文名称", "废旧动力蓄电池综合利用"),
            _build_column("list_type", "List type", "名单类别", "规范条件"),
            _build_column("publisher", "Published by", "发布单位", "工业和信息化部"),
            _build_column("basis", "Basis instrument", "依据文件", "行业规范条件 2024年本"),
            _build_column("kinds_covered", "Kinds covered", "涵盖类型", "梯次利用、再生利用"),
            _build_column("scope", "Scope", "适用范围"),
            _build_column("provinces_covered", "Provinces covered", "覆盖省份"),
            _build_column("exists_from", "Exists from", "名单起始日期", "2018-09-03"),
            _build_column("complete_up_to", "Complete up to", "收录完整截止日期", "2018-12-31"),
            _ADDRESS,
        ),
    ),
    Sheet(
        "list_batch",
        Label("Batches", "批次"),
        ("list", "number"),
        (
            _LIST,
            _build_column("number", "Batch number", "批次", "1", "批次号"),
            _ACT,
            _build_column("consultation_act", "Consultation", "公示"),
            _build_column("published", "Published", "发布日期", "2018-09-03", "公告日期"),
            _build_column("count_stated", "Entries stated", "公告所载数量", "1", "企业数"),
            _ADDRESS,
        ),
    ),
    Sheet(
        "list_entry",
        Label("Entries", "企业"),
        ("list", "batch", "name_as_printed", "entry_kind"),
        (
            _LIST,
            _BATCH,
            _build_column("serial", "No.", "序号", "1", "编号"),
            _NAME,
            _CODE,
            _build_column(
                "province_as_printed", "Province", "省份", "江西省", "所在地", "所属地区", "省(区、市)", "地区", "所在省份"
            ),
            _KIND,
            _build_column("scope_as_printed", "Scope", "范围", "", "规范范围", "备注"),
            _build_column("project", "Project", "项目"),
            _build_column("valid_from", "Valid from", "生效日期"),
            _build_column("valid_to", "Valid to", "失效日期", "", "有效期至"),
            _build_column("state", "State", "状态"),
        ),
    ),
    Sheet(
        "list_event",
        Label("Events", "变更"),
        ("list", "name_as_printed", "event", "date"),
        (
            _LIST,
            _BATCH,
            _NAME,
            _CODE,
            _build_column("event", "Event", "事项", "更名", "变更类型", "变更事项"),
            _build_column("date", "Date", "日期", "2018-12-01"),
            _ACT,
            _build_column("reason", "Reason", "原因"),
            _KIND,
            _build_column("new_name", "New name", "新名称", "示例绿色科技有限公司", "变更后名称"),
            _build_column("new_province", "New province", "新省份"),
        ),
    ),
)
_ANNEX = re.compile(r"([a-z0-9][a-z0-9-]*)[ _/](\d{1,4})")


def find_sheet_by_title(title: str) -> Sheet | None:
    """Return the sheet of a title in either language, None for another title."""
    wanted = _fold_title(title)
    return next(
        (sheet for sheet in SHEETS if wanted in (_fold_title(sheet.name.en or ""), _fold_title(sheet.name.zh or ""))), None
    )


def parse_annex_title(title: str) -> tuple[str, int] | None:
    """Return the list and batch of a sheet that is an annex as published, named such as ``battery-recycling 5``."""
    match = _ANNEX.fullmatch(title.strip().casefold())
    return None if match is None else (match[1], int(match[2]))


def list_sheet_titles() -> Iterable[str]:
    """Yield the titles of the sheets in both languages."""
    for sheet in SHEETS:
        yield f"{sheet.name.zh} / {sheet.name.en}"


def _fold_title(text: str) -> str:
    return re.sub(r"[\s（）()*]", "", text).casefold()
