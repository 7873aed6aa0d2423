"""File formats of a report; all are written from the same data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lodebase.layout import geojson, pdf, xlsx_

Language = str


@dataclass(frozen=True, slots=True)
class Form:
    """A file format of a report: its name in requests, its file suffix and the function that writes it."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Mapping[str, Any], Language], bytes]


FORMS: Mapping[str, Form] = {
    one.name: one
    for one in (
        Form("pdf", "application/pdf", ".pdf", pdf.write),
        Form("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", xlsx_.write),
        Form("geojson", "application/geo+json", ".geojson", geojson.write),
    )
}
