"""Notices of mining rights: each is a sale; a transfer of a numbered right is an event of that right too."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import read_table, table_file
from lodedata.problems import Problem
from lodedata.records import GenericRecord

CONFLICT = "different links"
"""Part of the remark on records whose versions have different links."""
OF_EVENT = ("holder", "holder_kind", "holder_uscc")


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each notice with the records that it makes."""
    spec = source.tables[0]
    for reading in read_table(source, spec, table_file(spec, path), tally):
        yield _completed(reading)


def _completed(reading: Reading) -> Reading:
    if not reading.records:
        return reading
    sale = reading.records[0]
    assert isinstance(sale, GenericRecord)
    event = _transfer(sale)
    conflict = CONFLICT in (sale.values.get("note_en") or "")
    return replace(
        reading,
        records=(sale, event) if event is not None else (sale,),
        problems=(*reading.problems, Problem("links-conflict", str(sale.values["url"]))) if conflict else reading.problems,
    )


def _transfer(sale: GenericRecord) -> GenericRecord | None:
    """Return the event of a transfer, None for other notices and for a right without a number."""
    values = sale.values
    if values.get("notice_type") != "transfer-notice" or not values.get("right_no"):
        return None
    of_buyer = {name: values.get(name.replace("holder", "winner")) for name in OF_EVENT}
    return GenericRecord(
        kind="right_event",
        values={
            "right_no": values["right_no"],
            "event_type": "transfer",
            "event_date": values.get("notice_date"),
            "valid_to": values.get("valid_to"),
            "act": values.get("act"),
            "url": values.get("url"),
            **of_buyer,
        },
    )
