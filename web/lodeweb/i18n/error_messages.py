"""Sentences of failures in Chinese, by the English ones that programs get: one table, and what finds a sentence in it."""

import re
from collections.abc import Mapping
from functools import cache

from lodebase.query.cql2 import BOUNDS

WORDS: Mapping[str, str] = {
    # a parameter
    "is no parameter here; there are {}": "不是此处的参数；可用的有 {}",
    "stands there twice; give it once": "出现了两次；请只给一次",
    "holds a NUL character": "含有空字符（NUL）",
    "is no part of a UTF-8 text": "不是有效的 UTF-8 文本",
    "is longer than {} characters": "超过 {} 个字符",
    "is longer than {} characters; send it by POST to the same address, as JSON": "超过 {} 个字符；请以 JSON 用 POST 发送到同一地址",
    "is nested more than {} levels deep; write it with fewer levels": "嵌套超过 {} 层；请减少层数",
    "comes after {} other parameters, the most that are read": "之前已有 {} 个参数，超出可读取的数量",
    "has {} values, more than the {} that are read": "有 {} 个值，多于可读取的 {} 个",
    **{bound.message(): bound.message("zh") for bound in BOUNDS.values()},
    "is empty; {}": "为空；{}",
    "is no JSON: {}": "不是 JSON：{}",
    "is no JSON ({}); {}": "不是 JSON（{}）；{}",
    "must be 1, or be left out": "须为 1，或不给出",
    "must be a number, such as 1500000 or 0.85": "须为数字，例如 1500000 或 0.85",
    "must be a number up to {}": "须为不超过 {} 的数字",
    "must be a whole number from {} to {}": "须为 {} 至 {} 的整数",
    "must be any or main": "须为 any 或 main",
    "must be en or zh, or be left out": "须为 en 或 zh，或不给出",
    "must be full, or be left out": "须为 full，或不给出",
    "must be one of {}": "须为以下之一：{}",
    # terms, fields and forms
    "is no code, label or alias; {} list them": "不是代码、名称或别名；{} 列有全部",
    "is no code, label or alias of the vocabulary {}": "不是词表 {} 中的代码、名称或别名",
    "is no code, label or alias of the vocabulary {}; {} lists them": "不是词表 {} 中的代码、名称或别名；{} 列有全部",
    "{}; /api/vocabularies/{} lists them": "{}；/api/vocabularies/{} 列有全部",
    "is no term of the vocabulary country; write such as CHN": "不是词表 country 中的国家或地区；写法如 CHN",
    "is no property of {}; there are {}": "不是 {} 的属性；可用的有 {}",
    "is the name of several; give the code: {}": "对应多个条目；请给出代码：{}",
    "is no collection; there are {}": "不是数据集；可用的有 {}",
    "is no coordinate reference system here; each collection lists its own under crs": "不是此处可用的坐标参考系；各数据集在 crs 中列出可用者",
    "is no figure; there are {}": "不是可统计的数值；可用的有 {}",
    "is no format here; there are json and html": "不是此处的格式；可用的有 json 与 html",
    "is no format here; there are {}": "不是此处的格式；可用的有 {}",
    "is no format here; there is {}": "不是此处的格式；可用的有 {}",
    "is no facet of {}; there are {}": "不是 {} 的分面；可用的有 {}",
    "is no identifier of a record": "不是记录的标识符",
    "is no kind; there are {}": "不是类别；可用的有 {}",
    "is no language here; there are cql2-text and cql2-json": "不是此处的查询语言；可用的有 cql2-text 与 cql2-json",
    "is no number that anything is measured by": "不是可量度的数值",
    "can't be sorted by; there are {}": "不能用于排序；可用的有 {}",
    "names no facet; there are {}": "没有给出分面；可用的有 {}",
    "names no kind; there are {}": "没有给出类别；可用的有 {}",
    "names no property": "没有给出属性",
    "names too many records; {} can be compared at a time": "记录过多；一次最多对比 {} 条",
    "has no charts; there are those of {}": "没有图表；有图表的是 {}",
    "can't be had in {}, which is of WGS 84 longitude and latitude alone": "不能以 {} 格式取得，该格式只支持 WGS 84 经纬度",
    # dates and versions
    "is no date; write such as 2026-01-31": "不是日期；写法如 2026-01-31",
    "is no date; write such as 2006-12-31,2026-12-31": "不是日期；写法如 2006-12-31,2026-12-31",
    "is no date; {}": "不是日期；{}",
    "is no date or time; write such as 2026-01-31 or 2026-01-31T08:00:00Z": "不是日期或时间；写法如 2026-01-31 或 2026-01-31T08:00:00Z",
    "write an instant or an interval, such as {}": "请写时刻或时间段，例如 {}",
    "ends before it begins; {}": "结束早于开始；{}",
    "has {} parts; {}": "有 {} 个部分；{}",
    "holds the duration {}, which can't be read; {}": "含有无法识别的时长 {}；{}",
    "lies beyond all dates": "超出可表示的日期",
    "reaches beyond all dates": "超出可表示的日期",
    "is no version of the data; /api/versions lists them": "不是数据版本；/api/versions 列有全部",
    "is no version yet; the last one is {}": "还没有这一版本；最新版本为 {}",
    "comes after version {}, which is asked for": "晚于所要的版本 {}",
    "is no place to go on from; take the link to the next page": "不是可继续的位置；请使用指向下一页的链接",
    "is no place to go on from; take the link to the next page as it is": "不是可继续的位置；请原样使用指向下一页的链接",
    "asks of one collection; give it by collection=, such as collection=deposits": "只涉及一个数据集；请用 collection= 给出，例如 collection=deposits",
    "can't be asked of changes; bbox, within and the filters by value can": "不能用于变更；可用 bbox、within 与按值筛选",
    # places
    "asks of a radius or polygon; give near and radius_km, or within": "只对半径或多边形有意义；请给出 near 与 radius_km，或 within",
    "belongs to near; nearest asks for all by distance": "须与 near 同用；nearest 按距离列出全部",
    "stands beside near; give one of them": "不能与 near 同用；请只给其一",
    "leaves no record out; give near and radius_km": "不会筛去任何记录；请给出 near 与 radius_km",
    "needs a point; give near=longitude,latitude": "需要一个点；请给出 near=经度,纬度",
    "needs a radius; give radius_km, or ask with nearest": "需要半径；请给出 radius_km，或改用 nearest",
    "must be a number of kilometres above 0 and up to {}": "须为大于 0、不超过 {} 的千米数",
    "is no point; {}": "不是点；{}",
    "is no polygon; {}": "不是多边形；{}",
    "is no valid polygon as WKT in WGS 84": "不是有效的 WGS 84 WKT 多边形",
    "can't be read ({}); {}": "无法读取（{}）；{}",
    "crosses itself ({}); {}": "自相交（{}）；{}",
    "has its south above its north; write {}": "南界高于北界；请写 {}",
    "has more than {} vertices": "顶点多于 {} 个",
    "has {} parts; write {}": "有 {} 个部分；请写 {}",
    "holds what is no number; write {}": "含有非数字；请写 {}",
    "lies off the globe; write {}": "超出经纬度范围；请写 {}",
    "lies off the globe; {}; across the date line as a multipolygon": "超出经纬度范围；{}；跨日界线者请写成多个多边形（MULTIPOLYGON）",
    "lies off the globe; {}": "超出经纬度范围；{}",
    "can't be brought to degrees; write least x, least y, greatest x, greatest y": "无法换算为度；请依次写最小 x、最小 y、最大 x、最大 y",
    "makes more than {} places; take coarser ones or a smaller area": "产生的位置多于 {} 个；请用更粗的网格或更小的范围",
    "four numbers: west,south,east,north in degrees, such as {}": "四个以度为单位的数：西,南,东,北，例如 {}",
    "write longitude,latitude in degrees, such as {}": "请写以度为单位的 经度,纬度，例如 {}",
    "write a polygon as WKT or GeoJSON, such as {}": "请写 WKT 或 GeoJSON 多边形，例如 {}",
    "send a JSON object of parameters, such as {}": "请发送由参数组成的 JSON 对象，例如 {}",
    "give one or more polygons as WKT, GeoJSON, a zipped shapefile, KML, GeoPackage or FlatGeobuf": "请给出一个或多个多边形："
    "WKT、GeoJSON、压缩的 Shapefile、KML、GeoPackage 或 FlatGeobuf",
    # search
    "has {} characters; give {}": "有 {} 个字符；请给出 {}",
    "is missing; give {}": "缺失；请给出 {}",
    "is no text; give {}": "不是文本；请给出 {}",
    "a name or the beginning of one, 1 to {} characters, such as Dexing, 德兴 or dx": "名称或其开头，1 至 {} 个字符，例如 德兴、Dexing 或 dx",
    "can't be asked of a search: the names that it finds by are kept for the last version of the data alone; lists take as_of, "
    "with a filter such as {}": "不能用于搜索：搜索所用名称只保留最新数据版本；列表支持 as_of，可配合筛选，例如 {}",
    # the layout check
    "is missing; give a GeoJSON Feature as JSON, or send it by POST": "缺失；请给出 JSON 形式的 GeoJSON 要素，或用 POST 发送",
    "send a GeoJSON Feature or a FeatureCollection of up to 20": "请发送一个 GeoJSON 要素，或至多 20 个要素的集合",
    "is a file of one planned plant; send one Feature": "是单个拟建项目的文件；请只发送一个要素",
    "is no list of 1 to {}; {}": "不是 1 至 {} 项的列表；{}",
    "has no rules; the first day is {}": "当日没有条款；最早为 {}",
    "names more than {} days": "超过 {} 个日期",
    "is no product of the layout check; there are {}": "不是布局检查的产品；可用的有 {}",
    "holds {} reports already; begin a new one": "已有 {} 份报告；请新建一处",
    "is too large to be kept; ask with smaller radii": "过大，无法保存；请缩小半径",
    "is no number of a report, and not `now`": "不是报告编号，也不是 now",
    "is no number of a kept report; write one, or now": "不是已保存报告的编号；请写编号或 now",
    # what there is not
    "there is no {} in {}": "{1} 中没有 {0}",
    "there is no account {}": "没有账号 {}",
    "there is no collection {}; there are {}": "没有数据集 {}；可用的有 {}",
    "there is no data set {}; /api/datasets lists them": "没有数据集 {}；/api/datasets 列有全部",
    "there is no format {} of {}; there are {}": "{1} 没有格式 {0}；可用的有 {2}",
    "{} have no geometry, and so no tiles; use {}": "{} 没有几何，因此没有瓦片；请用 {}",
    "there is no report {} on this shelf": "此处没有报告 {}",
    "there is no source {}": "没有来源 {}",
    "there is no version {} of the data; the last one is {}": "没有数据版本 {}；最新版本为 {}",
    "there is no vocabulary {}; there are {}": "没有词表 {}；可用的有 {}",
    "there is no zoom level {}; there are 0 to {}": "没有缩放级别 {}；可用 0 至 {}",
    "zoom level {} has no {} {}; there are 0 to {}": "缩放级别 {} 没有 {} {}；可用 0 至 {}",
    "the source {} has no record {}": "来源 {} 没有记录 {}",
    "{} have no estimates; there are those of {}": "{} 没有资源储量估算；有估算的是 {}",
    "{} have no such figures; there are those of {}": "{} 没有此类数值；有的是 {}",
    # files that are sent
    "the file: reading it was stopped: it takes more than {} MB of memory or {} seconds, or its content is damaged; "
    "give a smaller file or another format": "读取文件时已中止：所需内存超过 {} MB、时间超过 {} 秒，或内容已损坏；请改用更小的文件或其他格式",
    "the file: needs more than the {} MB of memory that reading may take": "读取该文件所需内存超过上限 {} MB",
    "the file: can't be read; its content is not what its format allows ({})": "无法读取文件：内容不符合其格式（{}）",
    "the file: the text has brackets within brackets, {} deep; {}": "文本中的括号嵌套 {} 层，超出上限；{}",
    "the file: the text can't be read ({}); {}": "无法读取文本（{}）；{}",
    "the file: there is no polygon in it, only {}; {}": "其中没有多边形，只有 {}；{}",
    "the file: there is no polygon in it; {}": "其中没有多边形；{}",
    "the file: its polygons enclose nothing; {}": "其中的多边形没有围成任何面积；{}",
    "the file: it lies off the globe; give longitude and latitude in degrees, or a file that names its system": (
        "超出经纬度范围；请给出以度为单位的经纬度，或注明坐标系的文件"
    ),
    "the file: it has more than {} parts that can't be made simpler; give fewer polygons": "超过 {} 个部分且无法再简化；请减少多边形",
    "the file: {}; {}": "无法读取文件（{}）；{}",
    # requests that the server refuses
    "The body did not arrive within {} seconds.": "请求正文未在 {} 秒内送达。",
    "The body is longer than {} bytes. Send less.": "请求正文超过 {} 字节，请减少内容。",
    "The site is receiving too much at once. Try again in a moment.": "本站同时接收的内容过多，请稍后再试。",
    "The address is longer than {} bytes. Send a long filter or polygon by POST to /api/collections/NAME/items.": (
        "网址超过 {} 字节。较长的筛选条件或多边形请以 POST 方式提交至 /api/collections/NAME/items。"
    ),
    "The headers are too many or too long.": "请求头过多或过长。",
    "The site is stopping.": "本站正在停止服务。",
    # what may go well in a while
    "Other files are being read; try again in a moment.": "正在读取其他文件，请稍后再试。",
    "Too many requests wait for the database; try again in a moment.": "等待数据库的请求过多，请稍后再试。",
    "The database can't be reached: {}": "无法连接数据库：{}",
    "As many downloads as the site sends at once are under way; try again in a moment.": "同时进行的下载已达上限，请稍后再试。",
    "As many files as the site makes at once are being made; try again in a moment.": "同时生成的文件已达上限，请稍后再试。",
    "{} of your downloads are running, the most at once; try again when one has ended, or in {} seconds.": (
        "您已有 {} 个下载正在进行，达到上限；请待其中一个结束后再试，或在 {} 秒后重试。"
    ),
    "The site has no free space for files at present; try again later.": "本站暂无空间存放文件，请稍后再试。",
    "The file is larger than the site's free space; request fewer records.": "文件超过本站可用空间，请减少所选记录。",
    "The file took too long to write; request fewer records.": "生成文件超时，请减少所选记录。",
    "Some positions can't be given in this coordinate reference system.": "部分位置无法转换到该坐标参考系。",
    "More requests came at once than the site can answer; try again in a moment.": "同时到达的请求过多，请稍后再试。",
    "The request waited too long for the database, which has much to do; try again in a moment.": "数据库繁忙，等待过久，请稍后再试。",
    "Something failed on our side, and the error was logged. Try again later.": "这是本站的错误，已记录。请重试，或换一种查询。",
}
"""What stands in braces is put in as it is, or in Chinese where it is a sentence of the table itself."""


def in_chinese(sentence: str) -> str:
    """The sentence in Chinese; itself where the table has none such."""
    zh = getattr(sentence, "zh", None)
    if isinstance(zh, str):
        return zh
    for pattern, words in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            return words.format(*map(in_chinese, found.groups()))
    return sentence


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with the most words of their own first, so that no looser one takes a sentence before."""
    ordered = sorted(WORDS, key=lambda one: -len(one.replace("{}", "")))
    return tuple((re.compile("(.+?)".join(map(re.escape, one.split("{}"))), re.DOTALL), WORDS[one]) for one in ordered)
