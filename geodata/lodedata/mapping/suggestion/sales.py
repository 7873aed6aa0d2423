"""Recognition of a table of sales of mining rights by its prices, and the lines of its fields."""

import re
from collections.abc import Mapping
from functools import lru_cache

from lodedata.figures.field_units import compute_factor_to_field
from lodedata.kinds import KINDS
from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.column_names import compile_names, match_columns_by_name
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.content import compute_date_share, holds_rings
from lodedata.mapping.suggestion.draft import Draft, quote_yaml, write_dated_entry
from lodedata.mapping.suggestion.rights import (
    MIN_DATES,
    find_right_columns,
    names_rights,
    write_area_entry,
    write_stated_kind_lines,
)

_NAMES: Mapping[str, str] = {
    "start_price_10k_cny": r"(挂牌|拍卖|出让)?(起始价|起拍价|起叫价|底价).*|(starting|reserve|upset) (price|bid).*"
    r"|minimum bid.*|(precio|valor) (base|inicial).*|preco (minimo|inicial).*|lance minimo.*"
    r"|стартов\w+ (разов\w+ )?(размер|платеж|цена).*"
    r"|начальн\w+ (размер|цена).*|mise a prix.*",
    "deal_price_10k_cny": r"成交(价|额|金额).*|(deal|sale|hammer) price.*|winning bid.*|precio de (venta|adjudicacion).*"
    r"|итогов\w+ (платеж|цена).*|цена продажи.*|prix de vente.*",
    "deposit_10k_cny": r"(竞买|竞价|投标)?保证金.*|bid (deposit|bond).*|задаток.*",
    "winner": r"竞得人|受让人|中标人|(winning )?bidder|winner|buyer|победитель( аукциона| торгов)?|adjudicatario|vencedor",
    "seller": r"出让人|转让人|seller|grantor",
    "notice_no": r"公告(文)?号|公告编号|notice (no|number)",
    "notice_date": r"公告(日期|时间)|发布(日期|时间)|notice date|дата (аукциона|объявления)",
    "term_years": r"(首次)?出让(期限|年限).*|срок (пользования|лицензии).*",
}
"""The names of the columns of each field, as a pattern of the folded name."""
_PRICES = ("start_price_10k_cny", "deal_price_10k_cny")
_MONEY = (*_PRICES, "deposit_10k_cny")
_NOTICES = (
    ("sale-result", r"结果|成交|result|итог"),
    ("agreement-notice", r"协议"),
    ("transfer-notice", r"转让|transfer"),
    ("listing-notice", r"挂牌"),
    ("tender-notice", r"招标|tender|конкурс|licitaci|licitaç"),
    ("auction-notice", r"拍卖|auction|аукцион|subasta|leil"),
)
"""Kinds of notices, and the texts of a title that state them."""


@lru_cache(maxsize=1)
def _compile_patterns() -> dict[str, re.Pattern[str]]:
    return compile_names(_NAMES)


def _find_sale_columns(columns: list[SampledColumn]) -> dict[str, SampledColumn]:
    """Return the column of each field of a sale that a table names; prices are numbers and days are dates."""
    return match_columns_by_name(columns, _compile_patterns(), _fits)


def _fits(field: str, column: SampledColumn) -> bool:
    if field == "notice_date":
        return compute_date_share(column) >= MIN_DATES
    return field not in (*_MONEY, "term_years") or column.numeric


def is_of_sales(columns: list[SampledColumn], title: str) -> bool:
    """Return whether a table has prices of areas or rights: a price, and an area, corners, a number or a title of rights."""
    if not any(name in _find_sale_columns(columns) for name in _PRICES):
        return False
    return bool(find_right_columns(columns)) or any(map(holds_rings, columns)) or names_rights(title)


def write_sale_lines(draft: Draft, title: str) -> list[str]:
    """Return the lines of the fields of a sale of a mining right."""
    lines = [_write_notice_line(title), *write_stated_kind_lines(title)]
    for name, column in _find_sale_columns(draft.columns).items():
        lines += _write_field_lines(draft, name, column)
    right_columns = find_right_columns(draft.columns)
    for name in ("right_no", "valid_from", "valid_to"):
        further = right_columns.get(name)
        if further is not None and further.name not in draft.used:
            draft.used.add(further.name)
            lines.append(f"    {name}: {write_dated_entry(further) if name != 'right_no' else quote_yaml(further.name)}")
    area = right_columns.get("area_km2_reported")
    if area is not None and area.name not in draft.used:
        draft.used.add(area.name)
        lines.append(f"    area_km2: {write_area_entry(draft, area)}")
    rings = next((column for column in draft.columns if holds_rings(column)), None)
    if rings is not None:
        lines.append(
            f"    # {quote_yaml(rings.name)} has corner points; a sale has no outline, a mining_right has one (`ring`)"
        )
    return lines


def _write_notice_line(title: str) -> str:
    codes = [code for code, pattern in _NOTICES if re.search(pattern, title.casefold())]
    if len(codes) == 1:
        return f"    notice_type: {{const: {codes[0]}}}          # as the title says"
    choices = ", ".join(code for code, _ in _NOTICES)
    return f'    notice_type: {{const: "{PLACEHOLDER}"}}          # {choices}'


def _write_field_lines(draft: Draft, name: str, column: SampledColumn) -> list[str]:
    """Return the line of a field; a price in money that does not convert to yuan stays in the row as reported."""
    if name not in _MONEY:
        draft.used.add(column.name)
        entry = write_dated_entry(column) if name == "notice_date" else quote_yaml(column.name)
        return [f"    {name}: {entry}"]
    field = KINDS["right_sale"].field(name)
    assert field is not None
    unit = _find_money_unit(column.name)
    if unit is not None and compute_factor_to_field(field, unit) is None:
        return [
            f"    # {quote_yaml(column.name)} is in {unit}, which does not convert to the yuan of {name}; it stays in the row"
        ]
    draft.used.add(column.name)
    decimal = f", decimal: {quote_yaml(column.decimal)}" if column.decimal != "." else ""
    if unit is None:
        return [f'    {name}: {{column: {quote_yaml(column.name)}, unit: "{PLACEHOLDER}"{decimal}}}          # 万元 or 元']
    return [f"    {name}: {{column: {quote_yaml(column.name)}, unit: {quote_yaml(unit)}{decimal}}}"]


def _find_money_unit(name: str) -> str | None:
    """Return the unit that the name of a column states: in brackets, or after its last comma."""
    unit_texts = re.findall(r"[(\[（【]\s*([^)\]）】]+?)\s*[)\]）】]", name) or re.findall(r"[,，]\s*([^,，]+)$", name)
    return " ".join(unit_texts[-1].split()) if unit_texts else None
