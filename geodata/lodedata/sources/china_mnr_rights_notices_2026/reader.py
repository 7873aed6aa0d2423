"""Notices of mining rights: each is a sale and an act; a transfer of a numbered right is an event of that right too."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import find_table_file, read_table
from lodedata.problems import Problem
from lodedata.records import GenericRecord

CONFLICT = "different links"
"""Part of the remark on records whose versions have different links."""
ACTS = {
    "listing-notice": "right-sale-notice",
    "auction-notice": "right-sale-notice",
    "tender-notice": "right-sale-notice",
    "agreement-notice": "right-sale-result",
    "sale-result": "right-sale-result",
    "transfer-notice": "right-transfer-notice",
}
"""The type of act of each notice."""
OF_EVENT = ("holder", "holder_kind", "holder_uscc")


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each notice with the records that it makes."""
    spec = source.tables[0]
    for reading in read_table(source, spec, find_table_file(spec, path), tally):
        completed = _complete_reading(reading)
        if any(record.kind == "right_event" for record in completed.records):
            key = reading.rows[0].key
            # the buyer is the holder after the transfer
            tally.withheld += [(key, "holder", name) for of, field, name in tally.withheld if (of, field) == (key, "winner")]
        yield completed


def _complete_reading(reading: Reading) -> Reading:
    if not reading.records:
        return reading
    sale = reading.records[0]
    assert isinstance(sale, GenericRecord)
    conflict = CONFLICT in (sale.values.get("note_en") or "")
    return replace(
        reading,
        records=(sale, *_build_transfer(sale), _build_act(sale)),
        problems=(*reading.problems, Problem("links-conflict", str(sale.values["url"]))) if conflict else reading.problems,
    )


def _build_act(sale: GenericRecord) -> GenericRecord:
    """Return the notice itself as an official act."""
    values = sale.values
    return GenericRecord(
        kind="official_act",
        values={
            "title_zh": values.get("name_zh"),
            "act_type": ACTS[values["notice_type"]],
            "number": values.get("notice_no"),
            "issuer": values.get("seller") if ACTS[values["notice_type"]] != "right-transfer-notice" else None,
            "published_on": values.get("notice_date"),
            "replaces": (),
            "country": values.get("country"),
            "division": values.get("division"),
            "url": values.get("url"),
        },
    )


def _build_transfer(sale: GenericRecord) -> Iterator[GenericRecord]:
    """Yield the event of a transfer; none for other notices and for a right without a number."""
    values = sale.values
    if values.get("notice_type") != "transfer-notice" or not values.get("right_no"):
        return
    of_buyer = {name: values.get(name.replace("holder", "winner")) for name in OF_EVENT}
    yield GenericRecord(
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
