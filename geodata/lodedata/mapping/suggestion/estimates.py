"""Lines of deposits and discoveries: model, stage, age, and estimates with ore, grades and contained amounts."""

import re

from lodedata.figures.compounds import parse_commodity
from lodedata.mapping.builder import estimate_category
from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.amounts import measure_lines, write_amount_entry
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.content import SEPARATORS
from lodedata.mapping.suggestion.draft import MAX_RESEMBLING_COLUMNS, Draft, list_unknown_terms, quote_yaml, write_cell_entry
from lodedata.mapping.suggestion.figures import FigureColumn, determine_side, is_grade, recognise_figure
from lodedata.vocab import load_vocabulary

MAX_MISSPELLED_SHARE = 0.1
"""Share of the cells of a column of commodities that may be misspelled; each is a cell to correct."""
_CLASSES = {
    "resource": "measured-, indicated-, inferred-mineral-resource, a combined class, or endowment",
    "reserve": "proved-, probable-ore-reserves, or both combined",
}


def write_deposit_lines(draft: Draft, kind: str | None) -> list[str]:
    """Return the lines of the fields of a deposit or a discovery."""
    lines: list[str] = []
    models = draft.take_all("deposit_model")
    if models:
        lines += [
            f"    deposit_model: [{', '.join(quote_yaml(c.name) for c in models)}]",
            *draft.others("deposit_model"),
            *list_unknown_terms(models, "deposit-model"),
        ]
    lines += _write_term_lines(draft, "exploration_stage", "stage", "exploration-stage")
    lines += _write_term_lines(draft, "deposit_form", "deposit_form", "deposit-form")
    if kind == "discovery":
        lines += draft.plain_line("discovery_date", "discovery_year")
        lines += draft.plain_line("announced_by")
        lines += _write_term_lines(draft, "activity_type", "activity_type", "exploration-activity-type")
        lines += _write_term_lines(draft, "result", "result", "exploration-result")
    else:
        lines += draft.plain_line("discovery_year")
        lines += _write_term_lines(draft, "occurrence_type", "occurrence_type", "mineral-occurrence-type")
        lines += draft.plain_line("host_unit")
        lines += draft.plain_line("age")
        lines += _write_term_lines(draft, "mine_status", "status", "status", "{{column: {}}}")
    return [*lines, *_estimate_lines(draft)]


def _write_term_lines(draft: Draft, name: str, column_of: str, vocabulary_name: str, wrap: str = "{}") -> list[str]:
    column = draft.assigned.by_field.get(column_of)
    if column is None:
        return []
    return [*draft.plain_line(name, column_of, wrap), *list_unknown_terms([column], vocabulary_name)]


def _estimate_lines(draft: Draft) -> list[str]:
    by_field, assigned = draft.assigned.by_field, draft.assigned
    classes = list(dict.fromkeys(figure.category for figure in assigned.figures if figure.category))
    if lines := _write_side_lines(draft):
        return lines
    plain = [figure for figure in assigned.figures if not figure.category]
    if not classes and not plain and not by_field.keys() & {"ore", "grade", "contained"}:
        return []
    lines = ["    estimates:"]
    if plain or by_field.keys() & {"ore", "grade", "contained"}:
        lines += [
            *_write_category_lines(draft),
            *_write_detail_lines(draft),
            *_write_ore_lines(draft),
            *_write_measures_lines(draft, None),
        ]
    for category in classes:
        lines += [f"      - category: {{const: {category}}}", *_write_detail_lines(draft)]
        ore = [f.column for f in assigned.figures if f.category == category and f.metal is None]
        if ore:
            draft.used.add(ore[0].name)
            lines.append(f"        ore: {write_amount_entry(ore[0], 'mass')}")
        lines += _write_measures_lines(draft, category)
    return lines


def _write_side_lines(draft: Draft) -> list[str]:
    """Return an estimate of resources and one of reserves, each with its own tonnage and grades.

    Empty unless the columns of figures name both, and no class.
    """
    figures = draft.assigned.figures
    further = [
        column for column in draft.columns if column.numeric and determine_side(column) and recognise_figure(column) is None
    ]
    sides = {figure.side for figure in figures} | {determine_side(column) for column in further}
    if any(figure.category for figure in figures) or not {"resource", "reserve"} <= sides:
        return []
    lines = ["    estimates:"]
    for side, classes in _CLASSES.items():
        columns = [column for column in further if determine_side(column) == side]
        ore = next((column for column in columns if not is_grade(column)), None)
        nameless = [column for column in columns if is_grade(column)][:1]
        lines += [f"      # the class of the {side}s: {classes}", f'      - category: {{const: "{PLACEHOLDER}"}}']
        lines += _write_detail_lines(draft)
        if ore is not None:
            draft.used.add(ore.name)
            lines.append(f"        ore: {write_amount_entry(ore, 'mass')}")
        measures = _write_metal_lines(draft, [figure for figure in figures if figure.side == side])
        if nameless:
            draft.used.add(nameless[0].name)
            measures += [*_write_figure_commodity(draft), *measure_lines(nameless, "")]
        lines += ["        measures:", *measures] if measures else []
    return lines


def _write_detail_lines(draft: Draft) -> list[str]:
    lines = []
    for name, column_of in (
        ("code", "code"),
        ("date", "estimate_date"),
        ("cut_off", "cut_off"),
        ("competent_person", "competent_person"),
        ("zone", "zone"),
    ):
        column = draft.take(column_of)
        if column is not None:
            lines.append(f"        {name}: {write_cell_entry(column_of, column)}")
    return lines


def _write_ore_lines(draft: Draft) -> list[str]:
    column = draft.take("ore")
    if column is None:
        return []
    return [
        "        # of ore; a figure of metal, oxide or salt belongs under measures as `contained`",
        f"        ore: {write_amount_entry(column, 'mass', draft.take('ore_unit') if column.unit is None else None)}",
        *draft.others("ore", "        "),
    ]


def _write_measures_lines(draft: Draft, category: str | None) -> list[str]:
    figures = [f for f in draft.assigned.figures if f.category == category and f.metal is not None]
    nameless = [*draft.take_all("grade"), *draft.take_all("contained")] if category is None else []
    if not figures and not nameless:
        return []
    lines = ["        measures:", *_write_metal_lines(draft, figures)]
    if nameless:
        units = draft.take("grade_unit"), draft.take("contained_unit")
        lines += [*_write_figure_commodity(draft), *measure_lines(nameless, "", *units), *draft.others("grade", " " * 12)]
    return lines


def _write_metal_lines(draft: Draft, figures: list[FigureColumn]) -> list[str]:
    """Return a measure for each metal, with the first of its grades and of its contained amounts."""
    lines = []
    for metal in dict.fromkeys(figure.metal for figure in figures):
        columns = [figure.column for figure in figures if figure.metal == metal]
        grades = [column for column in columns if is_grade(column)][:1]
        taken = [*grades, *[column for column in columns if not is_grade(column)][:1]]
        lines += [f"          - commodity: {{const: {metal}}}", *measure_lines(taken, metal or "")]
        draft.used.update(column.name for column in taken)
    return lines


def _write_figure_commodity(draft: Draft) -> list[str]:
    """Return the commodity of figures whose columns name none: the row's own if each row has one, else a placeholder."""
    column = draft.assigned.by_field.get("commodities")
    if column is not None and _names_one_each(column):
        return [f"          - commodity: {{column: {quote_yaml(column.name)}}}"]
    if column is None and draft.commodity is not None:
        return [f"          - commodity: {{const: {draft.commodity}}}"]
    return [f'          - commodity: {{const: "{PLACEHOLDER}"}}          # the commodity of the figures; no column names it']


def _names_one_each(column: SampledColumn) -> bool:
    """Return whether the cells of a column name one commodity each, but for a few that are misspelled."""
    filled = [value for value in column.values if value]
    unknown = [value for value in filled if not parse_commodity(value)]
    listed = any(parse_commodity(part) for value in unknown for part in re.split(f"[{re.escape(SEPARATORS)}]", value))
    return bool(filled) and not listed and len(unknown) <= MAX_MISSPELLED_SHARE * len(filled)


def _write_category_lines(draft: Draft) -> list[str]:
    column = draft.take("category")
    if column is None or not column.distinct:
        return [
            "      # the class of the figures: measured-, indicated-, inferred-mineral-resource, probable- or",
            "      # proved-ore-reserves, a combined class, or endowment for an undivided tonnage. Classes are never added up.",
            f'      - category: {{const: "{PLACEHOLDER}"}}',
        ]
    unknown = [value for value in dict.fromkeys(column.values) if estimate_category(value) is None]
    lines = [f"      - category: {quote_yaml(column.name)}", *draft.others("category", "        ")]
    if unknown:
        listed = ", ".join(map(quote_yaml, unknown[:MAX_RESEMBLING_COLUMNS]))
        lines.append(f"        # not a known class: {listed}; give each a code with `map:`")
        lines += _list_nearest_classes(unknown[:MAX_RESEMBLING_COLUMNS])
    return lines


def _list_nearest_classes(unknown: list[str]) -> list[str]:
    lines = []
    for text in unknown:
        terms = [*load_vocabulary("resource-category").nearest(text, 2), *load_vocabulary("reserve-category").nearest(text, 2)]
        if terms:
            lines.append(f"        #     {quote_yaml(text)}: {' or '.join(term.code for term in terms)}")
    return lines
