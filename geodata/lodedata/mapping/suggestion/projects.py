"""Lines of projects: facility types, phases with product, capacity and status, owners, and commodities from products."""

import re

from lodedata.mapping.suggestion.amounts import write_amount_entry
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.draft import Draft, list_unknown_terms, quote_yaml, write_cell_entry
from lodedata.vocab import Term, load_vocabulary

_DIVIDERS = ";,、，"
_NAME_AND_SHARE = r"(?P<name>[^%]+?),?\s*[\[(]?(?P<share>\d+(?:\.\d+)?)\s*%[\])]?"
_MANY_SHARES = 0.3
"""The share of names that must end with a percentage for it to be read as the owner's share."""


def write_project_lines(draft: Draft) -> list[str]:
    """Return the lines of the fields of a project."""
    lines = []
    column = draft.take("facility_types")
    if column is not None:
        lines += [
            f"    facility_types: {{column: {quote_yaml(column.name)}, split: {quote_yaml(_DIVIDERS)}}}",
            *draft.others("facility_types"),
            *list_unknown_terms([column], "facility-type", _DIVIDERS),
        ]
    phases = _write_phase_lines(draft)
    if phases:
        lines += ["    phases:", phases[0].replace("        ", "      - ", 1), *phases[1:]]
    return [*lines, *_write_owner_lines(draft)]


def _write_phase_lines(draft: Draft) -> list[str]:
    """Return the lines of a project's phase, the first of which is not a comment."""
    lines = []
    indent = " " * 8
    for name, column_of in (("name", "phase"), ("phase_type", "phase_type"), ("product", "product")):
        if (column := draft.take(column_of)) is not None:
            lines += [f"{indent}{name}: {quote_yaml(column.name)}", *draft.others(column_of, indent)]
    capacity = draft.take("capacity")
    if capacity is not None:
        unit_column = draft.take("capacity_unit") if capacity.unit is None else None
        lines += [f"{indent}capacity: {write_amount_entry(capacity, 'rate', unit_column)}", *draft.others("capacity", indent)]
    status = draft.take("status")
    if status is not None:
        lines += [f"{indent}status: {{column: {quote_yaml(status.name)}}}", *draft.others("status", indent)]
        lines += list_unknown_terms([status], "status", indent=indent)
    for name in ("start", "end", "technology"):
        if (column := draft.take(name)) is not None:
            lines += [f"{indent}{name}: {write_cell_entry(name, column)}", *draft.others(name, indent)]
    return lines


def _write_owner_lines(draft: Draft) -> list[str]:
    owners, operator = draft.take_all("owner"), draft.take("operator")
    entries = []
    for column in owners:
        share = _share_of(draft, column, len(owners) == 1)
        entries.append(
            f"name: {_write_owner_name(column)}" + (f", share: {quote_yaml(share.name)}" if share is not None else "")
        )
    if operator is not None:
        entries.append(f"name: {quote_yaml(operator.name)}, role: operator")
    lines = ["    owners:"] if entries else []
    return [*lines, *(f"      - {{{entry}}}" for entry in entries), *draft.others("owner", "      ")]


def _share_of(draft: Draft, owner: SampledColumn, alone: bool) -> SampledColumn | None:
    """Return the column of an owner's share: one that is named after the owner's column, or the only one."""
    shares = [*draft.assigned.all_of("share"), *(column for column, _ in draft.assigned.offers.get("share", []))]
    named = next((column for column in shares if column.name.startswith(owner.name)), None)
    share_column = draft.assigned.by_field.get("share") if named is None and alone else named
    if share_column is not None:
        draft.used.add(share_column.name)
    return share_column


def _write_owner_name(column: SampledColumn) -> str:
    """Return the cell of an owner's name, with a pattern if many values end with a share."""
    shared = sum(re.fullmatch(_NAME_AND_SHARE, value) is not None for value in column.distinct)
    if shared < _MANY_SHARES * len(column.distinct):
        return quote_yaml(column.name)
    return f"{{column: {quote_yaml(column.name)}, pattern: '{_NAME_AND_SHARE}'}}"


def write_derived_commodities(draft: Draft) -> list[str]:
    """Return the commodities of a table that names none, by its known products or facilities; empty if there are none."""
    for name in ("product", "facility_types"):
        column = draft.assigned.by_field.get(name)
        if column is None:
            continue
        code_by_value = {value: code for value in column.distinct if (code := _find_commodity_of(name, value)) is not None}
        if code_by_value:
            entries = ", ".join(f"{quote_yaml(value)}: {code}" for value, code in code_by_value.items())
            missing = [value for value in column.distinct if value not in code_by_value]
            note = f"; none follows from {', '.join(map(quote_yaml, missing[:4]))}" if missing else ""
            return [
                f"    # no column names the commodity; it follows from the {name.replace('_types', '')}{note}",
                f"    commodities: [{{column: {quote_yaml(column.name)}, map: {{{entries}}}, unmapped: ignore}}]",
            ]
    return []


def _find_commodity_of(name: str, value: str) -> str | None:
    """Return the commodity of a product or facility type, None if it is unknown or has several."""
    if name == "product":
        product, commodity = load_vocabulary("product").find(value), load_vocabulary("commodity").find(value)
        if product is None:
            return commodity.code if commodity is not None else None
        return _find_main_commodity(product)
    facility = load_vocabulary("facility-type").find(value)
    products = facility.extra["product"].split("|") if facility is not None else []
    codes = {_find_main_commodity(load_vocabulary("product")[code]) for code in products if code}
    return codes.pop() if len(codes) == 1 else None


def _find_main_commodity(product: Term) -> str | None:
    """Return the metal of a product: lithium for its carbonate; bauxite, alumina and aluminium stay apart."""
    code = product.extra["commodity"].split("|")[0]
    if not code:
        return None
    term = load_vocabulary("commodity")[code]
    group = term.extra["group"]
    named = group in load_vocabulary("commodity-group") and re.search(
        rf"\b{re.escape(term.label_en)}\b", load_vocabulary("commodity-group")[group].label_en, re.IGNORECASE
    )
    return code if named or group not in load_vocabulary("commodity") else group
