"""The columns of a table as a form: a field for each by a list, open values with their titles, and the mapping they make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.datastructures import MultiDict

from lodedata.kinds import KINDS
from lodedata.mapping.suggestion import Choices, Suggested, SuggestedColumn, suggest
from lodedata.mapping.suggestion.field_titles import FIELD_TITLES, FIGURE, KIND_TITLES, OpenTitle, open_title
from lodedata.mapping.suggestion.placeholders import fill_open_values, find_open_values
from lodedata.messages import Message, msg, wrap_foreign_text
from lodedata.read import Hints

HINTS = ("part", "encoding", "header_row", "header_lines")


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column with the fields that may be chosen for it: pairs of code and title."""

    column: SuggestedColumn
    fields: tuple[tuple[str, Message], ...]


@dataclass(frozen=True, slots=True)
class OpenField:
    """An open value of the mapping with its title, None if only its comment explains it, and the value entered last."""

    key: str
    title: OpenTitle | None
    comment: str
    given: str


def suggest_mapping(path: Path, choices: Mapping[str, Any] | None) -> Suggested:
    """Return the suggestion for a file with the choices of a form, its open values filled in. Raises FileRefused."""
    form_choices = choices or {}
    texts: dict[str, Any] = {name: form_choices.get(name) for name in HINTS}
    hints = Hints(**texts)
    suggestion = suggest(path, hints, Choices(form_choices.get("fields") or {}, form_choices.get("kind") or None))
    values: Mapping[str, str] = form_choices.get("values") or {}
    by_number = {
        placeholder.number: values[placeholder.key]
        for placeholder in find_open_values(suggestion.text)
        if values.get(placeholder.key)
    }
    return Suggested(
        fill_open_values(suggestion.text, by_number) if by_number else suggestion.text, suggestion.columns, suggestion.kind
    )


def list_column_rows(suggested: Suggested) -> tuple[ColumnRow, ...]:
    """Return the columns of a table with the fields that may be chosen."""
    return tuple(ColumnRow(column, tuple(_list_fields(column))) for column in suggested.columns)


def _list_fields(column: SuggestedColumn) -> Iterator[tuple[str, Message]]:
    for code, title in FIELD_TITLES.items():
        if code != FIGURE or column.is_figure:
            yield code, title


def open_fields(text: str, choices: Mapping[str, Any] | None) -> tuple[OpenField, ...]:
    """Return the open values of a mapping, each key once, and those that were filled in by the form."""
    values: Mapping[str, str] = (choices or {}).get("values") or {}
    found = {
        placeholder.key: OpenField(
            placeholder.key, open_title(placeholder.key), placeholder.comment, values.get(placeholder.key, "")
        )
        for placeholder in find_open_values(text)
    }
    further = {key: OpenField(key, open_title(key), "", value) for key, value in values.items() if key not in found and value}
    return tuple((found | further).values())


def find_unfilled(text: str) -> Message | None:
    """Return the sentence that names the open values of a mapping by their titles, None if none is open."""
    opened = {placeholder.key: open_title(placeholder.key) for placeholder in find_open_values(text)}
    if not opened:
        return None
    names = [wrap_foreign_text(key) if title is None else title.title for key, title in opened.items()]
    return msg("Fill in first what the table does not say: %(names)s.", names=names)


def parse_column_choices(form: MultiDict[str, str], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the choices of a form: the field of each column, the kind, the open values; the others are as before."""
    fields = {
        form[f"column-{number}"]: code
        for number in range(len([name for name in form if name.startswith("column-")]))
        if f"column-{number}" in form and ((code := form.get(f"field-{number}", "")) in FIELD_TITLES or not code)
    }
    values = {name.removeprefix("open-"): text.strip() for name, text in form.items() if name.startswith("open-")}
    kind = form.get("kind", "")
    return {
        **{name: (before or {}).get(name) for name in HINTS},
        "fields": fields,
        "kind": kind if kind in KIND_TITLES and kind in KINDS else None,
        "values": {**((before or {}).get("values") or {}), **values},
    }
