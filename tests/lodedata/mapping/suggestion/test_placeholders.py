"""Open values of a suggested mapping as fields of a form."""

from lodedata.mapping.suggestion.placeholders import fill_open_values, find_open_values

TEXT = """\
# Replace each "?"; the mapping is refused while one is left.
publisher: "?"          # who made the table
licence: {id: "?", name: "?"}     # its licence
tables:
  - file: "a # b.csv"
    # one code for all rows
    country: {const: "?"}
    estimates:
      - ore: {column: "ore", unit: "?"}          # the unit, such as t
"""


def test_each_open_value_has_its_key_and_comment() -> None:
    open_values = find_open_values(TEXT)
    assert [(p.number, p.key, p.line, p.comment) for p in open_values] == [
        (0, "publisher", 2, "who made the table"),
        (1, "licence.id", 3, "its licence"),
        (2, "licence.name", 3, "its licence"),
        (3, "country.const", 7, "one code for all rows"),
        (4, "ore.unit", 9, "the unit, such as t"),
    ]


def test_values_are_filled_in_and_quoted() -> None:
    filled = fill_open_values(TEXT, {0: 'A "survey"', 2: " Open licence ", 3: "", 4: "Mt"})
    lines = filled.splitlines()
    assert lines[0] == TEXT.splitlines()[0]
    assert lines[1] == 'publisher: "A \\"survey\\""          # who made the table'
    assert lines[2] == 'licence: {id: "?", name: "Open licence"}     # its licence'
    assert lines[4] == '  - file: "a # b.csv"'
    assert [p.key for p in find_open_values(filled)] == ["licence.id", "country.const"]
