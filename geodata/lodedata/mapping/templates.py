"""Workbooks to fill in that are imported without a mapping: their columns follow from the record kinds.

A workbook has a sheet of data with a header alone, an example, the terms of its code lists, and a sheet that says who made it.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
import yaml

from lodedata.cells import convert_cell_to_text
from lodedata.kinds import KINDS, Field
from lodedata.kinds.project import OWNERS, PHASES
from lodedata.mapping.model import PLACEHOLDER
from lodedata.messages import Label, Message, msg
from lodedata.read import InputTable
from lodedata.vocab import load_vocabulary

CODE = "lode:code"
"""The heading of the column of a workbook's last sheet that names its template and its open values."""
KEY = Label("Number", "编号")
SEPARATORS = ["、", "，", ",", "；", ";"]
SHEETS: Mapping[str, Label] = {
    "data": Label("data", "数据"),
    "example": Label("example", "示例"),
    "terms": Label("terms", "术语"),
    "about": Label("about", "说明"),
}
LISTED_ROWS = 5_000
"""Rows of the sheet of data that have lists of terms."""
MAX_LISTED_TERMS = 400
CHINA = "CHN"
NO_CHOICES: Mapping[str, Mapping[str, Label]] = {}
MAX_TERM_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column: the field of its kind, its heading, an example, and whether its cell may have several terms."""

    name: str
    title: Label
    example: Label
    vocabulary: str | None = None
    required: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A workbook for one kind of records, with its title, its columns after the key, and what its notes say."""

    name: str
    kind: str
    title: Message
    columns: tuple[TemplateColumn, ...]
    notes: tuple[Message, ...] = ()
    nested: Mapping[str, Any] = field(default_factory=dict)
    """The parts of the mapping that hold columns otherwise than by their field; ``{NAME}`` is the heading of a column."""

    def cells(self, language: str) -> dict[str, Any]:
        """Return the cells of the mapping of a workbook in a language."""
        headings = {column.name: column.title.in_language(language) for column in self.columns}
        nested = _replace_headings(self.nested, headings)
        inside = {name for name in headings if f"{{{name}}}" in str(self.nested)}
        plain = {column.name: _build_cell(column, language) for column in self.columns if column.name not in inside}
        return {**plain, **nested}


def _build_cell(column: TemplateColumn, language: str) -> Any:
    heading = column.title.in_language(language)
    return {"column": heading, "split": SEPARATORS} if column.several else {"column": heading}


def _replace_headings(value: Any, headings: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _replace_headings(inner, headings) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replace_headings(inner, headings) for inner in value]
    return headings[value[1:-1]] if isinstance(value, str) and value[:1] == "{" and value[1:-1] in headings else value


def _build_field_columns(fields: Sequence[Field], examples: Mapping[str, str | Label]) -> Iterator[TemplateColumn]:
    for record_field in fields:
        if record_field.imported:
            example = examples.get(record_field.name, "")
            shown = example if isinstance(example, Label) else Label(example, example)
            required = record_field.required and record_field.default is None
            yield TemplateColumn(
                record_field.name, record_field.title, shown, record_field.vocabulary, required, record_field.type == "array"
            )


def _build_column(name: str, of: Sequence[Field], example: Label, title: Label | None = None) -> TemplateColumn:
    record_field = next(candidate for candidate in of if candidate.name == name)
    return TemplateColumn(
        name, title or record_field.title, example, record_field.vocabulary, record_field.required, record_field.type == "array"
    )


def _build_term_label(name: str, code: str) -> Label:
    term = load_vocabulary(name)[code]
    return Label(term.label_en, term.label_zh)


_PROJECT = KINDS["project"].fields
_PLACE = {"country": _build_term_label("country", "CHN"), "division": Label("Jiangxi", "江西省")}
_PLANT = (
    _build_column("name_zh", _PROJECT, Label("示例锂盐厂", "示例锂盐厂")),
    _build_column("name_en", _PROJECT, Label("Example lithium plant", "Example lithium plant")),
    TemplateColumn("lon", Label("Longitude", "经度"), Label("114.41", "114.41")),
    TemplateColumn("lat", Label("Latitude", "纬度"), Label("27.81", "27.81")),
    _build_column("country", _PROJECT, _PLACE["country"]),
    _build_column("division", _PROJECT, _PLACE["division"]),
    TemplateColumn(
        "commodities", Label("Commodities", "矿种"), _build_term_label("commodity", "lithium"), "commodity", True, True
    ),
    _build_column("facility_types", _PROJECT, _build_term_label("facility-type", "lithium-carbonate-plant")),
    _build_column("product", PHASES.fields, _build_term_label("product", "lithium-carbonate")),
    TemplateColumn("capacity", Label("Capacity (t/a)", "产能(吨/年)"), Label("about 30000", "约30000")),
    _build_column("status", PHASES.fields, _build_term_label("status", "operating")),
    TemplateColumn("status_date", Label("Status date", "状态日期"), Label("2026-05", "2026-05")),
    TemplateColumn("owner", Label("Owner", "业主"), Label("Example Lithium Co., Ltd.", "示例锂业有限公司")),
    _build_column("uscc", OWNERS.fields, Label("", "")),
    _build_column("information_date", _PROJECT, Label("2026-05", "2026-05")),
    _build_column("note_zh", _PROJECT, Label("", "")),
)
_POSITION = {"position": {"lon": "{lon}", "lat": "{lat}"}}
_SIGNS = msg("A figure may have a sign and a unit: 约500, 500多, <0.1, 10-20, 3万吨. A bound or a range is in no sum.")
_RING = TemplateColumn(
    "corners",
    Label("Corner points", "拐点坐标"),
    Label(*["1,114.40,27.80;2,114.42,27.80;3,114.42,27.82;4,114.40,27.82"] * 2),
)
TEMPLATES: Mapping[str, Template] = {
    template.name: template
    for template in (
        Template(
            "plants",
            "project",
            msg("Plants, mines and other projects"),
            _PLANT,
            (msg("One row is one phase or product of a site; rows of one site have the same number."), _SIGNS),
            {
                **_POSITION,
                "commodities": [{"column": "{commodities}", "split": SEPARATORS}],
                "phases": [
                    {
                        "product": "{product}",
                        "capacity": {"column": "{capacity}", "unit": "t/a"},
                        "status": {"column": "{status}", "date": "{status_date}"},
                    }
                ],
                "owners": [{"name": "{owner}", "uscc": "{uscc}"}],
                "repeated_keys": "merge",
            },
        ),
        Template(
            "milestones",
            "milestone",
            msg("Milestones of construction"),
            tuple(
                _build_field_columns(
                    KINDS["milestone"].fields,
                    {
                        "project_source": "lode-starter",
                        "project": Label("Example key", "示例键"),
                        "phase": "1",
                        "milestone_type": _build_term_label("milestone-type", "filed"),
                        "milestone_status": _build_term_label("milestone-status", "in-progress"),
                        "baseline_no": "1",
                        "baseline_date": "2026-03",
                        "expected_date": "2026-06-30",
                        "authority": Label("Provincial office", "省主管部门"),
                        "capacity_tpa": "30000",
                        **_PLACE,
                    },
                )
            ),
            (msg("A row names the source of its project and the key that the project has there."), _SIGNS),
        ),
        Template(
            "list-entries",
            "list_entry",
            msg("Entries of condition lists"),
            tuple(
                _build_field_columns(
                    KINDS["list_entry"].fields,
                    {
                        "list": "battery-recycling",
                        "batch": "1",
                        "name_as_printed": Label("Example Recycling Co., Ltd.", "示例循环科技有限公司"),
                        "province_as_printed": "江西",
                        "entry_kind": _build_term_label("list-entry-kind", "battery-recycling"),
                        "valid_from": "2026-05-31",
                        "state": _build_term_label("list-entry-state", "listed"),
                        **_PLACE,
                    },
                )
            ),
            (msg("A name is entered as the annex prints it."),),
        ),
        Template(
            "rights",
            "mining_right",
            msg("Mining rights"),
            (
                *_build_field_columns(
                    KINDS["mining_right"].fields,
                    {
                        "name_zh": "示例锂矿采矿权",
                        "right_no": "C3600002026010000000001",
                        "right_kind": _build_term_label("right-kind", "mining"),
                        "status": _build_term_label("right-status", "granted"),
                        "valid_from": "2026-01-01",
                        "valid_to": "2046-01-01",
                        "holder": Label("Example Lithium Co., Ltd.", "示例锂业有限公司"),
                        "commodities": _build_term_label("commodity", "lithium"),
                        "area_km2_reported": "4.36",
                        **_PLACE,
                    },
                ),
                _RING,
            ),
            (msg("Corner points are number, first and second coordinate; points are divided by semicolons."), _SIGNS),
            {
                "position": {"ring": "{corners}"},
                "fields": {"commodities": {"column": "{commodities}", "split": SEPARATORS}},
            },
        ),
        Template(
            "recycler-streams",
            "plant_stream",
            msg("Input streams of recyclers"),
            tuple(
                _build_field_columns(
                    KINDS["plant_stream"].fields,
                    {
                        "name_zh": "示例回收厂",
                        "operator": Label("Example Recycling Co., Ltd.", "示例循环科技有限公司"),
                        "stream": _build_term_label("stream", "copper-scrap"),
                        "permitted_input_tpa": "20000",
                        "permitted_basis": _build_term_label("quantity-basis", "gross"),
                        "year": "2025",
                        "input_t": Label("about 12000", "约12000"),
                        "input_basis": _build_term_label("quantity-basis", "gross"),
                        "metal": _build_term_label("commodity", "copper"),
                        **_PLACE,
                    },
                )
            ),
            (msg("One row is one metal of one stream of a plant, by design or in one year."), _SIGNS),
        ),
    )
}
"""The templates by their name."""
OPEN_VALUES: Mapping[str, Message] = {
    "publisher": msg("Who made the table"),
    "licence.id": msg("Licence"),
    "licence.name": msg("Name of the licence"),
    "citation": msg("How the table is cited"),
    "version": msg("Edition of the table"),
    "as_of": msg("Date of the information"),
    "crs": msg("Coordinate system"),
}
USUAL: Mapping[str, Label] = {
    "licence.id": Label("internal", "internal"),
    "licence.name": Label("internal data", "内部资料"),
    "crs": Label("EPSG:4490", "EPSG:4490"),
}
_ABOUT_HEADINGS = (Label("What", "项目"), Label("Value", "内容"))
_NOTES: tuple[Message, ...] = (
    msg("Fill in the first sheet, one row for each record, and the values below. The example shows how."),
    msg("Every row has its own number, which it keeps in later editions. Headings are not changed."),
    msg("Upload the workbook at the desk under Imports; it needs no mapping."),
)


def list_headings(template: Template, language: str) -> tuple[str, ...]:
    """Return the headings of the sheet of data, the key first."""
    return (KEY.in_language(language), *(column.title.in_language(language) for column in template.columns))


def write_template(template: Template, language: str, choices: Mapping[str, Mapping[str, Label]] = NO_CHOICES) -> bytes:
    """Return the empty workbook of a template in a language.

    ``choices`` are values of columns that the store has, by the name of the column, each with its label.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        bold, needed = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#fff2cc"})
        formats = [needed, *(needed if column.required else bold for column in template.columns)]
        sheets = {name: book.add_worksheet(title.in_language(language)) for name, title in SHEETS.items()}
        for name in ("data", "example"):
            sheets[name].freeze_panes(1, 1)
            sheets[name].set_column(0, len(template.columns), 18)
            for place, heading in enumerate(list_headings(template, language)):
                sheets[name].write_string(0, place, heading, formats[place])
        sheets["example"].write_row(1, 0, ("X-1", *(column.example.in_language(language) for column in template.columns)))
        _write_terms(sheets, template, language, choices)
        _write_about(sheets["about"], template, language, bold)
    return stream.getvalue()


def _write_terms(
    sheets: Mapping[str, Any], template: Template, language: str, choices: Mapping[str, Mapping[str, Label]]
) -> None:
    """Write the terms of code lists and the choices, and let cells of one term be chosen from them."""
    name, place = SHEETS["terms"].in_language(language), 0
    sheets["terms"].set_column(0, len(template.columns), 28)
    for at, column in enumerate(template.columns, 1):
        if column.vocabulary is not None:
            terms, offered = _terms_of(column.vocabulary, language)
        elif column.name in choices:
            terms, offered = list(choices[column.name]), len(choices[column.name])
        else:
            continue
        sheets["terms"].write_column(0, place, (column.title.in_language(language), *terms))
        if not column.several and 0 < offered <= MAX_LISTED_TERMS:
            letter = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
            source = f"='{name}'!{letter}$2:{letter}${offered + 1}"
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            sheets["data"].data_validation(1, at, LISTED_ROWS, at, rule)
        if column.name in choices:
            place += 1
            sheets["terms"].write_column(1, place, [label.in_language(language) for label in choices[column.name].values()])
        place += 1


def _terms_of(name: str, language: str) -> tuple[list[str], int]:
    """Return the labels of a vocabulary and how many of them a cell offers; in Chinese, those of China come first.

    Of divisions a cell offers those of China, as a list of all the world's is too long to choose from.
    """
    terms = list(load_vocabulary(name))
    home = [term for term in terms if CHINA in (term.code, term.extra.get("country"))] if language == "zh" else []
    labels = [term.label(language) for term in (*home, *(term for term in terms if term not in home))]
    return labels, len(home) if home and len(labels) > MAX_LISTED_TERMS else len(labels)


def _write_about(sheet: Any, template: Template, language: str, bold: Any) -> None:
    sheet.set_column(0, 1, 44)
    sheet.write_row(0, 0, (*(heading.in_language(language) for heading in _ABOUT_HEADINGS), CODE), bold)
    sheet.write_row(1, 0, (template.title.in_language(language), language, f"template:{template.name}"))
    for row, (code, title) in enumerate(OPEN_VALUES.items(), 2):
        usual = USUAL[code].in_language(language) if code in USUAL else ""
        sheet.write_row(row, 0, (title.in_language(language), usual, code))
    for row, note in enumerate((*_NOTES, *template.notes), len(OPEN_VALUES) + 3):
        sheet.write_string(row, 0, note.in_language(language))


def write_template_mapping(tables: Sequence[InputTable], name: str) -> str | None:
    """Return the mapping of a filled workbook as text, for a source of a name; None for tables of another workbook."""
    table = next((table for table in tables if CODE in table.columns), None)
    if table is None:
        return None
    at = table.columns.index(CODE)
    rows = [
        [("" if cell is None else convert_cell_to_text(cell)[:MAX_TERM_CHARACTERS]) for cell in row.cells] for row in table.rows
    ]
    values = {row[at]: row[1] for row in rows if len(row) > at and row[at]}
    code = next((code for code in values if code.startswith("template:")), "")
    template, language = TEMPLATES.get(code.removeprefix("template:")), values.get(code, "en")
    if template is None or language not in ("en", "zh"):
        return None
    return _write_mapping_text(template, language, name, {key: values.get(key) or PLACEHOLDER for key in OPEN_VALUES})


def _write_mapping_text(template: Template, language: str, name: str, values: Mapping[str, str]) -> str:
    title = template.title
    cells = template.cells(language)
    if "position" in cells:
        cells["position"] |= {"crs": values["crs"]}
    content = {
        "name": name,
        "title_en": f"{title.in_language('en')} ({name})",
        "title_zh": f"{title.in_language('zh')} ({name})",
        "publisher": values["publisher"],
        "licence": {"id": values["licence.id"], "name": values["licence.name"]},
        "citation": values["citation"],
        "version": values["version"],
        "as_of": values["as_of"],
        "tables": [
            {
                "file": "*",
                "part": SHEETS["data"].in_language(language),
                "header_row": 1,
                "header_lines": 1,
                "key": f"{{{KEY.in_language(language)}}}",
                "kind": {"const": template.kind},
                **cells,
            }
        ],
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)
    return text.replace(f"'{PLACEHOLDER}'", f'"{PLACEHOLDER}"')
