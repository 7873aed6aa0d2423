"""Files of observations: CSV, SDMX-CSV, XLSX and Parquet, each written from the same rows."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from lodedata.statistics.series import DIMENSIONS
from lodedata.write.formula import guard_cell

Rows = Sequence[Mapping[str, Any]]
FIELDS = (
    *DIMENSIONS,
    *("period", "value", "value_raw", "bound", "obs_status", "conf_status", "base_value", "base_unit"),
    *("release", "released_on", "data_set", "note", "source_row"),
)
NUMBERS = ("value", "base_value")
SDMX_STRUCTURE = ("dataflow", "LODE:STATISTICS(1.0)", "I")
SDMX_NAMES = {
    "period": "TIME_PERIOD",
    "value": "OBS_VALUE",
    "area": "REF_AREA",
    "unit": "UNIT_MEASURE",
    "released_on": "VINTAGE",
    "note": "COMMENT_OBS",
}


@dataclass(frozen=True, slots=True)
class ObservationFormat:
    """A format of files: its media type, the end of a file's name, and what writes it."""

    media_type: str
    suffix: str
    write: Callable[[Rows], bytes]


def write_csv(rows: Rows) -> bytes:
    """Return CSV with a byte order mark; texts that a spreadsheet would take for a formula are guarded."""
    return _write_csv(FIELDS, ([_format_cell(row[name]) for name in FIELDS] for row in rows)).encode("utf-8-sig")


def write_sdmx_csv(rows: Rows) -> bytes:
    """Return SDMX-CSV 2.0: the structure first, then the dimensions, the period, the value and its attributes."""
    fields = [*DIMENSIONS, "period", "value", "bound", "obs_status", "conf_status", "released_on", "note"]
    head = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *(SDMX_NAMES.get(name, name.upper()) for name in fields)]
    return _write_csv(head, ([*SDMX_STRUCTURE, *(_format_cell(row[name]) for name in fields)] for row in rows)).encode()


def write_parquet(rows: Rows) -> bytes:
    """Return Parquet with typed columns."""
    types = {name: pa.float64() for name in NUMBERS} | {"unit_mult": pa.int16()}
    schema = pa.schema([pa.field(name, types.get(name, pa.string())) for name in FIELDS])
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), stream)
    return stream.getvalue()


def write_xlsx(rows: Rows) -> bytes:
    """Return a workbook of one sheet; no text is written as a formula or a link."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet("observations")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, FIELDS, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [row[name] for name in FIELDS])
    return stream.getvalue()


FORMATS: Mapping[str, ObservationFormat] = {
    "csv": ObservationFormat("text/csv", "csv", write_csv),
    "sdmx-csv": ObservationFormat("application/vnd.sdmx.data+csv", "sdmx.csv", write_sdmx_csv),
    "xlsx": ObservationFormat("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", write_xlsx),
    "parquet": ObservationFormat("application/vnd.apache.parquet", "parquet", write_parquet),
}


def _write_csv(head: Sequence[str], lines: Any) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(lines)
    return text.getvalue()


def _format_cell(value: Any) -> Any:
    return guard_cell(value) if isinstance(value, str) else value
