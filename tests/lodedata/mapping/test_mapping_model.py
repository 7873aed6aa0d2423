"""The schema of mapping files: an invalid value is refused with its place and the reason."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lodedata.mapping import MappingRefused, Source, load

Mapping = Callable[..., Source]

DEPOSIT = """
- key: "{id}"
  kind: {const: deposit}
  commodities: [metal]
"""


HEAD = """
name: made-up
title_en: A made-up table
title_zh: 虚构表格
publisher: Nobody
licence: {id: none, name: None}
citation: nowhere
version: "1"
"""


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        ("  nmae_en: x", "tables.0.nmae_en", "there is no such key; is `name_en` meant?"),
        ("  position: {lon: lon, lat: lat, datum: WGS84}", "tables.0.position.datum", "there is no such key"),
        ("  name_en: {column: a, const: b}", "tables.0.name_en", "say one of `column`, `const` and `template`"),
        ("  name_en: {nulls: [x]}", "tables.0.name_en", "say one of `column`, `const` and `template`"),
        (
            "  name_en: {column: a, unmapped: drop}",
            "tables.0.name_en.unmapped",
            "'drop' is not a valid choice; write one of keep, ignore",
        ),
        ("  name_en: {column: a, pattern: '('}", "tables.0.name_en.pattern", "is not a regular expression"),
        ("  aliases: [{column: a, split: ''}]", "tables.0.aliases.0.split", "the separator is empty"),
        ("  aliases: [{column: a, split: []}]", "tables.0.aliases.0.split", "the separator is empty"),
        ("  position: {lon: a}", "tables.0.position", "say both `lon` and `lat`"),
        ("  position: {lon: a, lat: b, geometry: true}", "tables.0.position", "say one of `geometry: true`"),
        ("  position: {}", "tables.0.position", "say one of `geometry: true`"),
        ("  position: {lon: a, lat: b, decimal: ';'}", "tables.0.position.decimal", "';' is not a valid choice"),
        ("  owners: [{name: a, role: boss}]", "tables.0.owners.0.role", "write one of owner, operator"),
        ("  repeated_keys: keep", "tables.0.repeated_keys", "write one of refuse, number, merge"),
        ("  header_row: 0", "tables.0.header_row", "'0' is too small; write 1 or more"),
        ("  header_row: second", "tables.0.header_row", "'second' is not a whole number; write one such as 3"),
        ("  delimiter: ';;'", "tables.0.delimiter", "is not one character"),
        ("  fill: {nmae_en: 0.9}", "tables.0.fill", "no record has a field 'nmae_en'"),
        ("  file: ../../etc/passwd", "tables.0.file", "is not the name of a file in the folder"),
        ("  file: /etc/passwd", "tables.0.file", "is not the name of a file in the folder"),
        (
            "  owners: [{name: {column: a, pattern: 'x'}}]",
            "tables.0.owners.0",
            "needs the groups (?P<name>...) and (?P<share>...)",
        ),
        ("  estimates: [{ore: {column: a, unit: t}}]", "tables.0.estimates.0.category", "is missing; write `category: class`"),
        ("  phases: [{capacity: {column: a, decimal: x}}]", "tables.0.phases.0.capacity.decimal", "'x' is not a valid choice"),
        (
            "  owners: [[Codelco]]",
            "tables.0.owners.0",
            "does not fit here; write `owners: [{name: owner, share: {column: share}}]`",
        ),
        ("  owners: Codelco", "tables.0.owners", "'Codelco' does not fit here; write `owners: [{name: "),
        ("  position: {lon: a, lat: b, accuracy_m: near}", "tables.0.position.accuracy_m: ", "write `accuracy_m: 100`"),
        ("  everything: perhaps", "tables.0.everything", "'perhaps' is neither true nor false"),
        ("  estimates: {category: x}", "tables.0.estimates", "write `estimates: [{category: class, "),
        ("  name_en: [a]", "tables.0.name_en", "['a'] does not fit here; write `name_en: name`"),
    ],
)
def test_an_error_in_a_mapping_is_reported_with_its_place(mapping: Mapping, lines: str, place: str, reason: str) -> None:
    with pytest.raises(MappingRefused, match=re.escape(place)) as caught:
        mapping(DEPOSIT + lines)
    assert reason in str(caught.value)
    assert "mapping.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("name: Not A Name", "name: 'Not A Name' does not fit here; write `name: my-table`"),
        ("as_of: soon", "as_of: 'soon' is not a date; write 2019, 2019-05 or 2019-05-31"),
        ("as_of: 43831", "spreadsheet's day number"),
        ("licence: {id: x}", "licence.name: is missing; write `licence: {id: internal, name: Internal}`"),
        ("colour: red", "colour: there is no such key"),
        ("version: [1]", "version: ['1'] does not fit here; write `version: \"2024\"`"),
    ],
)
def test_what_a_mapping_says_of_its_source_is_looked_at_too(mapping: Mapping, changed: str, reason: str) -> None:
    name = changed.split(":")[0]
    head = "\n".join(line for line in HEAD.splitlines() if not line.startswith(f"{name}:")) + f"\n{changed}\n"
    with pytest.raises(MappingRefused, match=re.escape(reason)):
        mapping(DEPOSIT, head)


def test_a_value_left_open_is_reported_with_its_place(mapping: Mapping) -> None:
    with pytest.raises(MappingRefused) as caught:
        mapping(DEPOSIT + '  country: {const: "?"}\n  estimates: [{category: "?"}]\n', HEAD + 'as_of: "?"\n')
    message = 'enter a value in place of "?" at as_of, tables.0.country.const, tables.0.estimates.0.category'
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "contains no mapping; `lode import --suggest FILE` writes one"),
        (b"- 1\n", "contains no mapping"),
        (b"just words", "contains no mapping"),
        (b"a: b: c", "line 1: is not YAML (mapping values are not allowed here)"),
        (b"a: 1\nb: *c", "line 2: is not YAML (found undefined alias 'c')"),
        (b"a: \x07", "is not YAML (unacceptable character"),
        (b"a: 1\na: 2\n", "line 2: 'a' is given twice; give it once"),
        (b"a: !!python/object/apply:os.system [ls]", "line 1: is not YAML (could not determine a constructor"),
        (b"[" * 5000, "is nested too deeply"),
        (b"a: &a [*a]\n", "its aliases lead back to themselves"),
        (b"a: &a {b: &b {c: *a, d: *b}}\n", "its aliases lead back to themselves"),
        (b"a0: &a0 x\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 60)), "is too large"),
        (b"a: [" + b"x, " * 200_000 + b"x]", "is too large"),
        (b"# " + b"x" * 5_000_000, "is too large"),
        (b"\xff\xfe\x00", "can't be read"),
        ("名: 德兴".encode("gb18030"), "can't be read"),
    ],
)
def test_a_file_that_is_no_mapping(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "my.yml"
    path.write_bytes(content)
    with pytest.raises(MappingRefused) as caught:
        load(path)
    assert str(caught.value).startswith(str(path))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MappingRefused, match="can't be read"):
        load(tmp_path / "missing.yml")


@pytest.mark.parametrize(
    "word", ["no", "No", "NO", "on", "ON", "off", "yes", "y", "05", "1.10", "2019-05-31", "12:30", "1e3", "0x1f"]
)
def test_scalars_stay_as_they_are_written(mapping: Mapping, word: str) -> None:
    """YAML 1.1 makes false of NO, 5 of 05, 1.1 of 1.10, a day of 2019-05-31 and 750 of 12:30."""
    table = mapping(
        DEPOSIT + f"  name_en: {word}\n  note_en: {{column: c, map: {{{word}: {word}}}}}\n  nulls: [{word}]\n"
    ).tables[0]
    assert table.name_en is not None and table.note_en is not None
    assert (table.name_en.column, table.note_en.map, table.nulls) == (word, {word: word}, (word,))


def test_true_false_and_null_are_themselves(mapping: Mapping) -> None:
    table = mapping(DEPOSIT + "  everything: true\n  country: {column: c, map: {Nowhere: null}}\n").tables[0]
    assert table.everything is True
    assert table.country is not None
    assert table.country.map == {"Nowhere": None}


def test_numbers_are_made_where_numbers_are_wanted(mapping: Mapping) -> None:
    lines = "  header_row: 3\n  fill: {name_en: 0.5}\n  position: {lon: a, lat: b, accuracy_m: 1000}\n  nulls: [-9999]\n"
    table = mapping(DEPOSIT + lines, HEAD + "as_of: 2024\n").tables[0]
    assert (table.header_row, table.fill, table.nulls) == (3, {"name_en": 0.5}, ("-9999",))
    assert table.position is not None
    assert table.position.accuracy_m == 1000


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        (
            "  country: {column: c, map: {Chili: CHX}}",
            "tables.0.country",
            "which is not a term of country; the nearest are CHE (Switzerland)",
        ),
        ("  commodities: [{column: c, map: {cobre: coper}}]", "tables.0.commodities", "nearest are copper (Copper)"),
        ("  mine_status: {column: s, map: {x: operatin}}", "tables.0.mine_status", "operating (Operating)"),
        ("  phases: [{status: {column: s, map: {x: closd}}}]", "tables.0.phases.0.status", "closed (Closed)"),
        ("  phases: [{product: {column: p, map: {x: qqqq}}}]", "tables.0.phases.0.product", "which is not a term of product"),
        (
            "  estimates: [{category: {column: c, map: {A: messured}}}]",
            "tables.0.estimates.0.category",
            "measured-mineral-resource",
        ),
        ("  deposit_model: [{column: m, map: {x: porphiry-copper}}]", "tables.0.deposit_model", "porphyry-copper"),
        ("  deposit_form: {column: m, map: {x: brin}}", "tables.0.deposit_form", "brine"),
    ],
)
def test_a_mapped_value_that_is_no_term_is_refused_with_the_nearest(
    mapping: Mapping, lines: str, place: str, reason: str
) -> None:
    table = DEPOSIT.replace("  commodities: [metal]\n", "") if "commodities" in lines else DEPOSIT
    with pytest.raises(MappingRefused, match=re.escape(place)) as caught:
        mapping(table + lines)
    assert reason in str(caught.value)


@pytest.mark.parametrize("value", ["copper", "Copper", "铜", "Cu", "null"])
def test_a_mapped_value_is_a_code_label_alias_or_nothing(mapping: Mapping, value: str) -> None:
    measures = f"[{{commodity: {{column: m, map: {{x: {value}}}}}}}]"
    lines = f"  estimates: [{{category: {{column: c, map: {{A: endowment}}}}, measures: {measures}}}]"
    assert mapping(DEPOSIT + lines).tables[0].estimates


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [("(" * 5000 + "a" + ")" * 5000, "brackets within brackets"), ("a{99999999999999999999}", "is not a regular expression")],
)
def test_a_regular_expression_that_python_can_not_compile_is_refused(mapping: Mapping, pattern: str, reason: str) -> None:
    with pytest.raises(MappingRefused, match=reason):
        mapping(DEPOSIT + f"  name_en: {{column: a, pattern: '{pattern}'}}\n")
    with pytest.raises(MappingRefused, match=reason):
        mapping(DEPOSIT + f"  unpivot: {{pattern: '{pattern}'}}\n")


@pytest.mark.parametrize("stated", ["unit: mt", "unit: bushels", "unit: '%'", "unit_column: u, units: {x: furlongs}"])
def test_an_unknown_unit_is_refused_with_the_known_ones(mapping: Mapping, stated: str) -> None:
    estimate = f"  estimates: [{{category: {{const: endowment}}, ore: {{column: ore, {stated}}}}}]\n"
    with pytest.raises(MappingRefused, match=r"is not a unit of this figure; write one of t, kt, ten-thousand-t, Mt"):
        mapping(DEPOSIT + estimate)
