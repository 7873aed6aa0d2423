"""Suggestion of a commented mapping for a user's own table by the names, contents and units of its columns.

What can't be determined is the placeholder ``"?"``; a mapping that still has one is refused when it is used.
"""

import re
from pathlib import Path

import yaml

from lodedata import crs
from lodedata.cells import Unreadable, degrees
from lodedata.mapping.builder import estimate_category
from lodedata.mapping.model import DEFAULT_NULLS, PLACEHOLDER
from lodedata.mapping.recognition import (
    CONTAINED,
    GRADE,
    SENTINELS,
    SampledColumn,
    assign_columns,
    basis_entry,
    detect_decimal_marks,
    detect_kind,
    detect_metal,
    first_filled,
    is_numeric,
)
from lodedata.read import InputTable, open_tables
from lodedata.read.sniff import detect_format
from lodedata.units import unit
from lodedata.vocab import fold, vocabulary


def suggestion(path: Path) -> str:
    """Return the text of a mapping for a file's first table that has rows. Raises FileRefused."""
    tables = open_tables(path)
    table, columns, geometry = first_filled(tables)
    by_field, rest = assign_columns(columns)
    detect_decimal_marks([*by_field.values(), *rest])
    kind = detect_kind(by_field)
    lines = [*_head(path, table, tables), *_table_lines(path, table, columns)]
    lines += _key_lines(by_field, columns)
    lines += _kind_lines(kind)
    lines += _name_lines(by_field)
    lines += _position_lines(by_field, table, geometry)
    lines += _place_lines(by_field)
    lines += _commodity_lines(by_field, rest)
    lines += _deposit_lines(by_field, rest, kind) if kind != "project" else _project_lines(by_field)
    used = {c.name for c in columns} - {c.name for c in rest}
    lines += _ignored_lines([c for c in rest if not any(f"{_q(c.name)}" in line for line in lines) and c.name not in used])
    return "\n".join(lines) + "\n"


def _q(text: str) -> str:
    """Return a text as one line of YAML."""
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10_000).strip()


def _head(path: Path, table: InputTable, tables: list[InputTable]) -> list[str]:
    name = re.sub(r"[^a-z0-9]+", "-", fold(path.stem)).strip("-") or "my-table"
    lines = [
        f"# A mapping for {path.name}, suggested from its columns and first rows. Review it before you use it:",
        "#     lode import --mapping THIS_FILE " + path.name + " --dry-run",
        '# Replace each "?"; the mapping is refused while one is left.',
        "",
        f"name: {_q(name[:60] if len(name) > 1 else 'table-' + name)}",
        f"title_en: {_q(path.stem)}",
        f"title_zh: {_q(path.stem)}",
        f'publisher: "{PLACEHOLDER}"          # who made the table',
        f'licence: {{id: "{PLACEHOLDER}", name: "{PLACEHOLDER}"}}     # its licence, such as CC-BY-4.0, or "internal"',
        f'citation: "{PLACEHOLDER}"',
        f'version: "{PLACEHOLDER}"            # such as 2026-11',
        f'as_of: "{PLACEHOLDER}"              # the year or date of the information, such as 2026',
        "",
        "tables:",
    ]
    if len(tables) > 1:
        others = ", ".join(t.part for t in tables if t is not table)
        lines.append(f"  # other tables of the file, not read: {others}")
    return lines


def _table_lines(path: Path, table: InputTable, columns: list[SampledColumn]) -> list[str]:
    lines = [f"  - file: {_q(path.name)}"]
    if table.part:
        lines.append(f"    part: {_q(table.part)}")
    found = detect_format(path)
    if found.kind == "csv":
        lines.append(f"    encoding: {found.encoding}          # detected from the bytes")
        lines.append(f"    delimiter: {_q(found.delimiter)}")
        lines.append(f"    header_row: {found.header_row}")
    sentinels = sorted(set().union(*(c.nulls & SENTINELS for c in columns)))
    if sentinels:
        nulls = ", ".join(_q(n) for n in (*DEFAULT_NULLS, *sentinels))
        lines.append(f"    nulls: [{nulls}]          # {', '.join(sentinels)} in the table mean no data")
    return lines


def _key_lines(by_field: dict[str, SampledColumn], columns: list[SampledColumn]) -> list[str]:
    column = by_field.get("key")
    if column is None or len(set(column.values)) < len(column.values):
        why = f"{column.name!r} repeats itself" if column is not None else "no column names a key"
        unique = next((c for c in columns if c.values and len(set(c.values)) == len(c.values) and len(c.values) > 1), None)
        hint = f"; {unique.name!r} is unique in the sampled rows" if unique is not None else ""
        return [
            f"    # {why}{hint}. A key identifies a row from one version of the file to the next;",
            '    # "{#}" is the number of the row, for tables whose rows never move only.',
            f'    key: "{PLACEHOLDER}"',
        ]
    return [f"    key: {_q('{' + column.name + '}')}"]


def _kind_lines(kind: str | None) -> list[str]:
    if kind is None:
        return ["    # deposit, discovery or project?", f'    kind: {{const: "{PLACEHOLDER}"}}']
    return [f"    kind: {{const: {kind}}}          # deposit, discovery or project"]


def _name_lines(by_field: dict[str, SampledColumn]) -> list[str]:
    lines = [f"    {name}: {_q(by_field[name].name)}" for name in ("name_en", "name_zh") if name in by_field]
    if "aliases" in by_field:
        lines.append(f'    aliases: [{{column: {_q(by_field["aliases"].name)}, split: ";,，、"}}]')
    return lines or ["    # no column looks like a name; write one as name_en or name_zh"]


def _position_lines(by_field: dict[str, SampledColumn], table: InputTable, geometry: bool) -> list[str]:
    if geometry and table.has_geometry:
        lines = ["    position:", "      geometry: true"]
        if table.crs is None:
            return [
                *lines,
                f'      crs: "{PLACEHOLDER}"          # the file does not name its coordinate system: EPSG:4326, EPSG:4490, …',
            ]
        doubt = crs.uncertainty_m(table.crs)
        note = f"; positions in it are uncertain by {doubt:.0f} m" if doubt else ""
        shown = table.crs if len(table.crs) < 20 else "the file's own"
        return [*lines, f"      # the file's own system is {shown}{note}", *_accuracy_lines()]
    if "lon" not in by_field or "lat" not in by_field:
        return ["    # no columns look like coordinates"]
    lon, lat = by_field["lon"], by_field["lat"]
    xs, ys = _angles(lon), _angles(lat)
    northing_first = _look_like_northings(xs) and _look_like_eastings(ys)
    if northing_first:
        lon, lat, xs, ys = lat, lon, ys, xs
    lines = ["    position:", f"      lon: {_q(lon.name)}", f"      lat: {_q(lat.name)}"]
    if northing_first:
        lines.append(
            "      # as in most Chinese tables, X holds the northing and Y the easting, which is the `lon` of this mapping"
        )
    if lon.decimal != ".":
        lines.append(f"      decimal: {_q(lon.decimal)}")
    lines += _system_lines(lon, lat, xs, ys)
    return [*lines, *_accuracy_lines()]


def _system_lines(lon: SampledColumn, lat: SampledColumn, xs: list[float], ys: list[float]) -> list[str]:
    names = f"{lon.plain} {lat.plain}"
    for name, code in crs.COMMON_NAMES.items():
        if name in names and code:
            doubt = crs.uncertainty_m(code)
            return [f"      crs: {code}          # named by the column" + (f"; uncertain by {doubt:.0f} m" if doubt else "")]
    if not xs or not ys:
        return [f'      crs: "{PLACEHOLDER}"          # the coordinates can\'t be read as numbers']
    if max(map(abs, xs)) > 400 or max(map(abs, ys)) > 400:
        return _projected_lines(xs, ys)
    if any(abs(y) > 90 for y in ys) and all(abs(x) <= 90 for x in xs):
        return [
            "      # the two columns look swapped: a latitude can't be beyond 90",
            f'      crs: "{PLACEHOLDER}"',
        ]
    return [
        "      # degrees of an unknown datum. WGS 84 and CGCS2000 agree to a metre, Xian 1980 and Beijing 1954 are",
        "      # about 100 m uncertain, GCJ-02 (most Chinese web maps) is shifted by 100 to 700 m and can't be used.",
        "      # EPSG:4326 is WGS 84, EPSG:4490 CGCS2000, EPSG:4610 Xian 1980, EPSG:4214 Beijing 1954",
        f'      crs: "{PLACEHOLDER}"',
    ]


def _projected_lines(xs: list[float], ys: list[float]) -> list[str]:
    lines = ["      # these are metres of a projected system, not degrees"]
    easting = max(xs + ys)
    if 1e7 < easting < 1e8:
        zone = int(easting // 1e6)
        if 25 <= zone <= 45:
            code = 4513 + zone - 25
            lines.append(
                f"      # the easting begins with zone {zone}: CGCS2000 3-degree Gauss-Krüger zone {zone} is EPSG:{code}"
            )
        elif 13 <= zone <= 23:
            code = 4491 + zone - 13
            lines.append(
                f"      # the easting begins with zone {zone}: 6-degree Gauss-Krüger zone {zone} of CGCS2000 is EPSG:{code}"
            )
    return [*lines, f'      crs: "{PLACEHOLDER}"          # a code such as EPSG:4527 or EPSG:32650']


def _accuracy_lines() -> list[str]:
    return [
        "      # accuracy of the positions in metres; without it, the number of decimals decides",
        "      # accuracy_m: 1000",
    ]


def _angles(column: SampledColumn) -> list[float]:
    found = []
    for value in column.values:
        try:
            found.append(degrees(value, "," if column.decimal == "," else "."))
        except Unreadable:
            return []
    return found


def _look_like_northings(values: list[float]) -> bool:
    """Return whether all are metres north of the equator within the latitudes of China."""
    return bool(values) and all(1.5e6 < value < 6.2e6 for value in values)


def _look_like_eastings(values: list[float]) -> bool:
    """Return whether all are eastings of a Gauss-Krüger zone, with or without a prefixed zone number."""
    return bool(values) and all(1e5 < value % 1e6 < 9e5 and (value < 1e6 or 13e6 < value < 46e6) for value in values)


def _place_lines(by_field: dict[str, SampledColumn]) -> list[str]:
    lines = []
    if "country" in by_field:
        lines.append(f"    country: {_q(by_field['country'].name)}")
        lines += _unknown(by_field["country"], "country")
    elif "division" in by_field and _share_known_in(by_field["division"], "CHN") > 0.5:
        lines.append("    country: {const: CHN}          # the divisions are Chinese")
    else:
        lines.append(
            f'    country: {{const: "{PLACEHOLDER}"}}          # no column names a country; one code for all rows, such as CHN'
        )
    if "division" in by_field:
        lines.append(f"    division: {_q(by_field['division'].name)}")
    if "information_date" in by_field:
        lines.append(f"    information_date: {_q(by_field['information_date'].name)}")
    lines += [f"    {name}: {_q(by_field[name].name)}" for name in ("note_en", "note_zh") if name in by_field]
    return lines


def _share_known_in(column: SampledColumn, country: str) -> float:
    known = vocabulary("division")
    return sum(known.find(v, country) is not None for v in column.values[:200]) / max(len(column.values[:200]), 1)


def _unknown(column: SampledColumn, name: str, separators: str = "") -> list[str]:
    """Return a comment that lists the values of a column which its vocabulary lacks."""
    known = vocabulary(name)
    parts = (p.strip() for v in column.values for p in (re.split(f"[{re.escape(separators)}]", v) if separators else [v]))
    unknown = dict.fromkeys(p for p in parts if p and known.find(p) is None)
    if not unknown:
        return []
    listed = ", ".join(_q(w) for w in list(unknown)[:8])
    return [f"    # not in the vocabulary {name}: {listed}{', …' if len(unknown) > 8 else ''}; give each a code with `map:`"]


def _commodity_lines(by_field: dict[str, SampledColumn], rest: list[SampledColumn]) -> list[str]:
    if "commodities" not in by_field:
        metals = list(dict.fromkeys(m for c in rest if (m := detect_metal(c)) is not None))
        hint = f"; the columns mention {', '.join(metals)}" if metals else ""
        return [
            f"    # no column names the commodity; one for all rows, such as copper{hint}",
            f'    commodities: [{{const: "{PLACEHOLDER}"}}]',
        ]
    column = by_field["commodities"]
    separators = "".join(s for s in ";,、，/+" if any(s in v for v in column.values))
    split = f", split: {_q(separators)}" if separators else ""
    lines = ["    commodities:", f"      - {{column: {_q(column.name)}{split}}}"]
    if "by_products" in by_field:
        lines.append(f'      - {{column: {_q(by_field["by_products"].name)}, split: ";,、，/", rank: by-product}}')
    return lines + _unknown(column, "commodity", separators)


def _deposit_lines(by_field: dict[str, SampledColumn], rest: list[SampledColumn], kind: str | None) -> list[str]:
    lines = []
    if "deposit_model" in by_field:
        lines += [
            f"    deposit_model: [{_q(by_field['deposit_model'].name)}]",
            *_unknown(by_field["deposit_model"], "deposit-model"),
        ]
    if "stage" in by_field:
        lines += [
            f"    exploration_stage: {_q(by_field['stage'].name)}",
            *_unknown(by_field["stage"], "exploration-stage"),
        ]
    if "discovery_year" in by_field:
        field_name = "discovery_date" if kind == "discovery" else "discovery_year"
        lines.append(f"    {field_name}: {_q(by_field['discovery_year'].name)}")
    figures = [(c, m) for c in rest if (m := detect_metal(c)) is not None and is_numeric(c)]
    nameless = [
        c for c in rest if detect_metal(c) is None and is_numeric(c) and (GRADE.search(c.plain) or CONTAINED.search(c.plain))
    ]
    if not figures and not nameless and "ore" not in by_field:
        return lines
    lines += ["    estimates:", *_category_lines(by_field)]
    if "ore" in by_field:
        lines.append("        # of ore; a figure of metal, oxide or salt belongs under measures as `contained`")
        lines.append(f"        ore: {_amount(by_field['ore'], 'mass')}")
    metals = list(dict.fromkeys(metal for _, metal in figures))
    if metals or nameless:
        lines.append("        measures:")
    for metal in metals:
        lines.append(f"          - commodity: {{const: {metal}}}")
        lines += _figure_lines([column for column, of in figures if of == metal], metal)
    if nameless:
        lines += [*_commodity_of_figures(by_field), *_figure_lines(nameless, "")]
    return lines


def _figure_lines(columns: list[SampledColumn], metal: str) -> list[str]:
    """Return the lines of the first grade and the first contained amount among the columns of one metal."""
    lines: dict[str, str] = {}
    for column in columns:
        is_grade = bool(GRADE.search(column.plain)) and not CONTAINED.search(column.plain)
        quantity = "grade" if is_grade or (column.unit and unit(column.unit, "grade")) else "contained"
        amount = _amount(column, "grade" if quantity == "grade" else "mass", metal)
        lines.setdefault(quantity, f"            {quantity}: {amount}")
    return list(lines.values())


def _commodity_of_figures(by_field: dict[str, SampledColumn]) -> list[str]:
    """Return the commodity of figures whose columns name none: the row's own if each row has one, else a placeholder."""
    column = by_field.get("commodities")
    if column is not None and all(vocabulary("commodity").find(value) for value in column.values):
        return [f"          - commodity: {{column: {_q(column.name)}}}"]
    return [f'          - commodity: {{const: "{PLACEHOLDER}"}}          # the commodity of the figures; no column names it']


def _category_lines(by_field: dict[str, SampledColumn]) -> list[str]:
    column = by_field.get("category")
    if column is None:
        return [
            "      # the class of the figures: measured-, indicated-, inferred-mineral-resource, probable- or",
            "      # proved-ore-reserves, a combined class, or endowment for an undivided tonnage. Classes are never added up.",
            f'      - category: {{const: "{PLACEHOLDER}"}}',
        ]
    unknown = [v for v in dict.fromkeys(column.values) if estimate_category(v) is None]
    lines = [f"      - category: {_q(column.name)}"]
    if unknown:
        lines.append(f"        # not a known class: {', '.join(map(_q, unknown[:8]))}; give each a code with `map:`")
    return lines


def _amount(column: SampledColumn, dimension: str, metal: str | None = None) -> str:
    basis = basis_entry(column, dimension) if metal is not None else ""
    decimal = f", decimal: {_q(column.decimal)}" if column.decimal != "." else ""
    if column.unit is not None and unit(column.unit, dimension):
        return f"{{column: {_q(column.name)}, unit: {_q(column.unit)}{basis}{decimal}}}"
    examples = {"mass": "t, kt, Mt, 万吨", "rate": "t/a, kt/a, 万吨/年", "grade": "%, g/t, ppm"}[dimension]
    return f'{{column: {_q(column.name)}, unit: "{PLACEHOLDER}"{basis}{decimal}}}          # the unit, such as {examples}'


def _project_lines(by_field: dict[str, SampledColumn]) -> list[str]:
    lines = []
    if "facility_types" in by_field:
        lines += [f'    facility_types: {{column: {_q(by_field["facility_types"].name)}, split: ";,、，"}}']
        lines += _unknown(by_field["facility_types"], "facility-type", ";,、，")
    lines.append("    phases:")
    first = "      - "
    if "product" in by_field:
        lines.append(f"{first}product: {_q(by_field['product'].name)}")
        first = "        "
    if "capacity" in by_field:
        column = by_field["capacity"]
        if "capacity_unit" in by_field and column.unit is None:
            amount = f"{{column: {_q(column.name)}, unit_column: {_q(by_field['capacity_unit'].name)}}}"
        else:
            amount = _amount(column, "rate")
        lines.append(f"{first}capacity: {amount}")
        first = "        "
    if "status" in by_field:
        lines += [f"{first}status: {{column: {_q(by_field['status'].name)}}}", *_unknown(by_field["status"], "status")]
    if "owner" in by_field:
        share = f", share: {_q(by_field['share'].name)}" if "share" in by_field else ""
        lines += ["    owners:", f"      - {{name: {_q(by_field['owner'].name)}{share}}}"]
    return lines


def _ignored_lines(columns: list[SampledColumn]) -> list[str]:
    if not columns:
        return []
    lines = ["    # columns without a field; they are stored in the source record in any case"]
    lines.append("    ignored:")
    return lines + [f'      {_q(c.name)}: "not mapped"' for c in columns]
