"""A workbook of condition lists that is made up: one list with three batches, complete up to the end of January 2024."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

Rows = Sequence[Sequence[object]]
ALPHA, BETA, GAMMA = "江西甲循环科技有限公司", "广东乙循环科技有限公司", "湖南丙新能源有限公司"
CODE_BETA = "91440300708461136T"
CODE_OTHER = "91350100M000100Y43"
LIST = "test-batteries"
SHEETS: Mapping[str, Rows] = {
    "名单": [
        ["名单代码", "英文名称", "中文名称", "名单类别", "依据文件", "涵盖类型", "名单起始日期", "收录完整截止日期"],
        [
            LIST,
            "Batteries of the tests",
            "测试电池名单",
            "规范条件",
            "测试文件",
            "梯次利用、再生利用",
            "2018-09-03",
            "2024-01-31",
        ],
    ],
    "批次": [
        ["名单代码", "批次", "公告文号", "公示", "发布日期", "公告所载数量"],
        [LIST, 1, "公告2018年第40号", "", "2018-09-03", 2],
        [LIST, 2, "公告2021年第5号", "", "2021-01-20", 2],
    ],
    "企业": [
        ["名单代码", "批次", "序号", "企业名称", "统一社会信用代码", "省份", "类型"],
        [LIST, 1, 1, ALPHA, "", "江西省", "梯次利用"],
        [LIST, 1, 2, BETA, CODE_BETA, "广东省", "再生利用"],
    ],
    f"{LIST} 2": [
        ["附件：符合规范条件企业名单（第二批）"],
        ["序号", "企业名称", "所在地", "类型"],
        [1, GAMMA, "湖南省", "再生利用"],
        [2, "湖北丁材料有限公司", "湖北省", "梯次利用、再生利用"],
    ],
    "变更": [
        ["名单代码", "企业名称", "事项", "日期", "公告文号", "原因", "新名称"],
        [LIST, GAMMA, "撤销", "2022-12-28", "公告2022年第10号", "未报送自查报告", ""],
        [LIST, BETA, "更名", "2020-05-01", "公告2020年第3号", "", "广东乙绿色科技有限公司"],
    ],
}


def write(path: Path, **changed: Rows) -> Path:
    """Write the workbook, with other rows in some sheets; a sheet without rows is left out."""
    with xlsxwriter.Workbook(path) as book:
        for title, rows in {**SHEETS, **changed}.items():
            if not rows:
                continue
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path
