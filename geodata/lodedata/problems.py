"""Problems of rows, files and positions: one table of rules with sentences in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class ProblemRule:
    """A rule's weight and its sentence; ``{...}`` are filled from the problem.

    ``refuse`` puts a row in quarantine, ``flag`` loads and marks it; a flag has a title for lists and filters.
    """

    weight: Literal["refuse", "flag"]
    en: str
    zh: str
    title_en: str = ""
    title_zh: str = ""


RULES: Mapping[str, ProblemRule] = {
    # a cell that can't be read
    "not-a-number": ProblemRule(
        "refuse",
        "{value!r} is not a number{hint}.",
        "{value!r} 不是数字{hint}。",
    ),
    "not-a-date": ProblemRule(
        "refuse",
        "{value!r} is not a date{hint}; write 2019, 2019-05 or 2019-05-31.",
        "{value!r} 不是日期{hint};应写作 2019、2019-05 或 2019-05-31。",
    ),
    "not-a-coordinate": ProblemRule(
        "refuse",
        "{value!r} is not a coordinate; write decimal degrees such as -24.27, or 24°16'12\"S.",
        "{value!r} 不是坐标;应写作十进制度(如 -24.27)或 24°16'12\"S。",
    ),
    "formula-cell": ProblemRule(
        "refuse",
        "the cell holds the formula {value!r} and no value; save the sheet with values.",
        "单元格内是公式 {value!r} 而非数值;请将表格存为数值后再导入。",
    ),
    "nul-byte": ProblemRule(
        "refuse",
        "the cell holds a NUL byte; the file is damaged or not text.",
        "单元格含有 NUL 字节;文件已损坏或不是文本。",
    ),
    # a row that is no record
    "total-row": ProblemRule(
        "refuse",
        "the row begins with {value!r}: it holds totals and is no record.",
        "该行以 {value!r} 开头,为合计行,不是记录。",
    ),
    "note-row": ProblemRule(
        "refuse",
        "the row holds only the note {value!r} and is no record.",
        "该行只有附注 {value!r},不是记录。",
    ),
    # a row of statistics
    "period-missing": ProblemRule(
        "refuse",
        "the period is empty; every value belongs to a year, a quarter or a month.",
        "时期为空;每个数值都须属于某年、某季度或某月。",
    ),
    "period-unreadable": ProblemRule(
        "refuse",
        "{value!r} is not a period; write 2024, 2024-Q1 or 2024-05.",
        "{value!r} 不是时期;应写作 2024、2024-Q1 或 2024-05。",
    ),
    "period-of-several-years": ProblemRule(
        "refuse",
        "{value!r} names several years, and a value belongs to one period; give each year a row of its own.",
        "{value!r} 包含多个年份,而每个数值只属于一个时期;请将各年分列。",
    ),
    "dimension-missing": ProblemRule(
        "refuse",
        "the value has no {key}; name {dimension} in the mapping as `{key}`, as a column or as a constant.",
        "该数值没有{dimension};请在映射的 `{key}` 中指定列名或常量。",
    ),
    "unknown-dimension": ProblemRule(
        "refuse",
        "{value!r} is not {dimension} that is known here; use a code, label or alias from /api/vocabularies.",
        "{value!r} 不是已知的{dimension};请使用 /api/vocabularies 中的代码、名称或别名。",
    ),
    "unknown-area": ProblemRule(
        "refuse",
        "{value!r} is not a known area; use ISO 3166-1 alpha-3 (CHN), a province (CN-36), WLD or rest.",
        "{value!r} 不是已知的地区;请使用 ISO 3166-1 三位代码(CHN)、省份(CN-36)、WLD 或 rest。",
    ),
    "stage-absent": ProblemRule(
        "refuse",
        "{commodity} has no stage {value!r}; choose a stage that it passes through.",
        "{commodity}没有 {value!r} 这一环节;请选择其实际具有的生产环节。",
    ),
    "unit-of-another-kind": ProblemRule(
        "refuse",
        "{indicator} is not measured in {value!r}; is the unit or the indicator wrong?",
        "{indicator}不以 {value!r} 计量;单位或指标是否有误?",
    ),
    "total-below-parts": ProblemRule(
        "refuse",
        "the total {value!r} is smaller than the sum of its parts, {parts}; is a row in another unit or counted twice?",
        "合计 {value!r} 小于各项之和 {parts};是否有某行单位不同或重复计算?",
    ),
    # a row that can't be stored
    "missing-key": ProblemRule(
        "refuse",
        "the key is empty; every row needs its own key.",
        "主键为空;每一行都须有自己的主键。",
    ),
    "missing-value": ProblemRule(
        "refuse",
        "{field} is empty; every record of this kind needs it.",
        "{field} 为空;该类记录必须填写。",
    ),
    "no-parent-row": ProblemRule(
        "refuse",
        "the row belongs to no row of the main table: its key is empty or not there.",
        "主表中没有该行所属的记录:其关联键为空或不存在。",
    ),
    "rows-disagree": ProblemRule(
        "flag",
        "another row of this record has {value!r} as {field}; {first!r} of the first row is used.",
        "该记录的另一行中 {field} 为 {value!r};采用首行的 {first!r}。",
        "Rows of the source disagree",
        "来源各行不一致",
    ),
    "long-key": ProblemRule(
        "refuse",
        "the key has {length} characters, more than the {longest} that a key may have; is it a description?",
        "主键有 {length} 个字符,超过 {longest} 个的上限;是否误用了说明文字?",
    ),
    "long-name": ProblemRule(
        "refuse",
        "a name has {length} characters, more than the {longest} that a name may have; is it a description?",
        "名称有 {length} 个字符,超过 {longest} 个的上限;是否误用了说明文字?",
    ),
    "duplicate-key": ProblemRule(
        "refuse",
        "the key {value!r} is already used at {first}; the first row was loaded.",
        "主键 {value!r} 已见于 {first};保留先出现的一行。",
    ),
    "wrong-cell-count": ProblemRule(
        "refuse",
        "the row has {value} cells where the header has {expected}; is the delimiter or a quote wrong?",
        "该行有 {value} 个单元格,而表头有 {expected} 个;分隔符或引号是否有误?",
    ),
    "coordinate-off-globe": ProblemRule(
        "refuse",
        "{value} is off the globe; longitude runs from -180 to 180 and latitude from -90 to 90{hint}.",
        "{value} 超出地球范围;经度为 -180 至 180,纬度为 -90 至 90{hint}。",
    ),
    "coordinate-half": ProblemRule(
        "refuse",
        "only one of longitude and latitude is there ({value}); give both or neither.",
        "经度与纬度只给出其一({value});应同时给出或同时留空。",
    ),
    "coordinate-outside-crs": ProblemRule(
        "refuse",
        "{value} can't be read in {crs}; is that the right coordinate system?",
        "{value} 在 {crs} 中无法换算;坐标系是否正确?",
    ),
    "negative-amount": ProblemRule(
        "refuse",
        "{value} is negative; an amount can't be{hint}.",
        "{value} 为负数;数量不能为负{hint}。",
    ),
    "amount-impossible": ProblemRule(
        "refuse",
        "{value!r} is more than the Earth's crust can hold in one place; is the unit right?",
        "{value!r} 超出地壳中一处所能有的数量;单位是否有误?",
    ),
    "measure-twice": ProblemRule(
        "refuse",
        "the estimate has two figures of {commodity}; give each class, code or zone an estimate of its own.",
        "同一估算中有两个{commodity}数据;不同级别、标准或矿段应各列为一项估算。",
    ),
    "grade-over-100": ProblemRule(
        "refuse",
        "a grade of {value} is over 100 %; is the unit right?",
        "品位 {value} 超过 100 %;单位是否正确?",
    ),
    "share-over-100": ProblemRule(
        "refuse",
        "a share of {value} % is not between 0 and 100.",
        "股比 {value} % 不在 0 至 100 之间。",
    ),
    "no-known-commodity": ProblemRule(
        "refuse",
        "no word of {value!r} is a known commodity; the codes are listed by `lode vocab commodity`.",
        "{value!r} 中没有可识别的矿种;代码见 `lode vocab commodity`。",
    ),
    "unknown-category": ProblemRule(
        "refuse",
        "{value!r} is not a known resource or reserve category; the codes are listed by `lode vocab resource-category`.",
        "{value!r} 不是可识别的资源量或储量类别;代码见 `lode vocab resource-category`。",
    ),
    "unknown-kind": ProblemRule(
        "refuse",
        "{value!r} is neither a deposit nor a discovery nor a project; add it to the mapping.",
        "{value!r} 无法判定为矿床、矿点（新发现）或项目;请在映射文件中补充。",
    ),
    "orphan-row": ProblemRule(
        "refuse",
        "the row belongs to {value!r}, which is not in the source.",
        "该行属于 {value!r},而来源中没有此记录。",
    ),
    "geometry-unreadable": ProblemRule(
        "refuse",
        "the geometry can't be read: {value}.",
        "几何图形无法读取:{value}。",
    ),
    # flags: the row is served and marked
    "unknown-term": ProblemRule(
        "flag",
        "{value!r} is no known term of {vocabulary}; it was left empty, the word stays in the source record.",
        "{value!r} 不是词表 {vocabulary} 中的术语;该字段留空,原文保留在来源记录中。",
        title_en="Unknown word",
        title_zh="未识别的词",
    ),
    "unknown-unit": ProblemRule(
        "flag",
        "the unit {value!r} is not known, so the figure is stored as reported and is not converted.",
        "单位 {value!r} 未识别;数值按原文保留,未作换算。",
        title_en="Unknown unit",
        title_zh="未识别的单位",
    ),
    "figure-unreadable": ProblemRule(
        "flag",
        "the source writes {value!r} where a figure is expected; it was left empty, the text stays in the source record.",
        "来源在应为数值处写作 {value!r};该数值留空,原文保留在来源记录中。",
        title_en="Unreadable figure",
        title_zh="数值无法读取",
    ),
    "figure-dropped": ProblemRule(
        "flag",
        "the figure {value!r} was not used: {reason}; it stays in the source record.",
        "数值 {value!r} 未采用:{reason};原文保留在来源记录中。",
        title_en="Figure not used",
        title_zh="数值未采用",
    ),
    "category-not-stated": ProblemRule(
        "flag",
        "the estimate has no category, so it is stored as a tonnage that is not classified.",
        "该估算未注明类别;按未分类的矿石量保存。",
        title_en="Category not stated",
        title_zh="未注明资源储量类别",
    ),
    "far-from-namesake": ProblemRule(
        "flag",
        "the position lies {value} km from {name} as the register has it: same name, country and metal.",
        "位置与登记册中的{name}相距 {value} 千米:名称、国家和矿种均相同。",
        title_en="Far from the thing of the same name",
        title_zh="与同名对象相距较远",
    ),
    "unit-unstated": ProblemRule(
        "flag",
        "the figure {value} has no unit, so it is stored as reported and is not converted.",
        "数值 {value} 没有单位;按原文保留,未作换算。",
        title_en="Unit not stated",
        title_zh="单位未注明",
    ),
    "name-missing": ProblemRule("flag", "the record has no name.", "该记录没有名称。", title_en="No name", title_zh="无名称"),
    "damaged-text": ProblemRule(
        "flag",
        "{value!r} holds characters lost in an earlier conversion of the source.",
        "{value!r} 含有来源早先转码时丢失的字符。",
        title_en="Damaged text",
        title_zh="文字受损",
    ),
    "no-position": ProblemRule(
        "flag", "the source gives no position.", "来源未给出位置。", title_en="No position", title_zh="无位置"
    ),
    "zero-zero": ProblemRule(
        "flag",
        "the position is 0, 0, which usually means a missing one.",
        "位置为 0, 0,通常表示坐标缺失。",
        title_en="Position 0, 0",
        title_zh="位置为 0, 0",
    ),
    "rounded-degree": ProblemRule(
        "flag",
        "the position is rounded to whole degrees, so it may be {value} km off.",
        "位置取整到度,误差可达 {value} 千米。",
        title_en="Rounded to whole degrees",
        title_zh="坐标取整到度",
    ),
    "rounded-tenth": ProblemRule(
        "flag",
        "the position is rounded to tenths of a degree, so it may be {value} km off.",
        "位置取整到 0.1 度,误差可达 {value} 千米。",
        title_en="Rounded to tenths of a degree",
        title_zh="坐标取整到 0.1 度",
    ),
    "unicode-minus": ProblemRule(
        "flag",
        "the coordinate {value!r} is written with a sign that is not the ASCII minus; it was read as negative.",
        "坐标 {value!r} 使用了非 ASCII 负号;已按负值读取。",
        title_en="Unusual minus sign",
        title_zh="负号写法异常",
    ),
    "outside-country": ProblemRule(
        "flag",
        "the position lies {value} km outside {country}, the stated country.",
        "位置在所述国家{country}之外 {value} 千米。",
        title_en="Outside its country",
        title_zh="不在所述国家内",
    ),
    "outside-division": ProblemRule(
        "flag",
        "the position lies {value} km outside {division}, the stated division.",
        "位置在所述行政区{division}之外 {value} 千米。",
        title_en="Outside its division",
        title_zh="不在所述行政区内",
    ),
    "swapped-coordinates": ProblemRule(
        "flag",
        "longitude and latitude look swapped: {value} would lie in {country}.",
        "经纬度似乎颠倒:{value} 位于{country}。",
        title_en="Longitude and latitude swapped?",
        title_zh="经纬度疑似颠倒",
    ),
    "lost-minus": ProblemRule(
        "flag",
        "a minus sign looks lost: {value} would lie in {country}.",
        "似乎丢失负号:{value} 位于{country}。",
        title_en="Lost minus sign?",
        title_zh="疑似丢失负号",
    ),
    "shifted-degree": ProblemRule(
        "flag",
        "the position looks shifted by exactly one degree: {value} would lie in {country}.",
        "位置似乎整整偏移一度:{value} 位于{country}。",
        title_en="Shifted by one degree?",
        title_zh="疑似偏移一度",
    ),
    "in-the-sea": ProblemRule(
        "flag",
        "the position lies in the sea, {value} km from land.",
        "位置在海中,距陆地 {value} 千米。",
        title_en="In the sea",
        title_zh="位于海中",
    ),
    "at-the-capital": ProblemRule(
        "flag",
        "the position is that of {value}; it may be the head office instead of the site.",
        "位置与{value}重合;可能是公司驻地而非矿山或工厂所在地。",
        title_en="At the capital",
        title_zh="位于首都",
    ),
    "datum-uncertain": ProblemRule(
        "flag",
        "the position was given in {value}, which can be turned to WGS 84 only to about 100 m.",
        "位置采用 {value},换算到 WGS 84 的精度约为 100 米。",
        title_en="Uncertain datum",
        title_zh="坐标基准存疑",
    ),
    "contained-differs": ProblemRule(
        "flag",
        "ore times grade gives {computed} t, the source says {value} t of {commodity}.",
        "矿石量乘以品位得 {computed} 吨,来源所记{commodity}为 {value} 吨。",
        title_en="Contained metal differs",
        title_zh="金属量不一致",
    ),
    "no-longer-in-source": ProblemRule(
        "flag",
        "the record is no longer in its source's newer file.",
        "来源的新版文件中已无此记录。",
        title_en="No longer in its source",
        title_zh="来源中已无此记录",
    ),
    "sources-differ-position": ProblemRule(
        "flag",
        "its sources give positions up to {value} km apart.",
        "各来源给出的位置最远相距 {value} 千米。",
        title_en="Sources differ on the position",
        title_zh="各来源位置不一致",
    ),
    "sources-differ-status": ProblemRule(
        "flag",
        "its sources give different statuses: {value}.",
        "各来源所记状态不同:{value}。",
        title_en="Sources differ on the status",
        title_zh="各来源状态不一致",
    ),
    "sources-differ-capacity": ProblemRule(
        "flag",
        "its sources give different capacities of {product}: {value} t/a.",
        "各来源所记{product}产能不同:{value} 吨/年。",
        title_en="Sources differ on a capacity",
        title_zh="各来源产能不一致",
    ),
    # values of experts
    "value-given": ProblemRule(
        "flag",
        "an expert gave {value}, by {cited}; the values of the sources are listed with it.",
        "专家给出 {value},依据:{cited};各来源的记载并列保留。",
        title_en="Value given by an expert",
        title_zh="专家给出数值",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that breaks a rule; ``column`` is the column of the file, ``suggestion`` the likely correct (lon, lat)."""

    rule: str
    value: str
    column: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    suggestion: tuple[float, float] | None = None

    @property
    def refuses(self) -> bool:
        """Whether the rule puts a row in quarantine."""
        return RULES[self.rule].weight == "refuse"

    def sentence(self, lang: Literal["en", "zh"] = "en") -> str:
        """Return the sentence with its values, in Chinese for ``zh``, which details with the suffix ``_zh`` replace."""
        rule = RULES[self.rule]
        value = self.value if len(self.value) <= 80 else self.value[:77] + "..."
        values = {"hint": "", "value": value, **self.detail}
        if lang == "zh":
            values |= {k.removesuffix("_zh"): v for k, v in values.items() if k.endswith("_zh")}
        return (rule.zh if lang == "zh" else rule.en).format(**values)
