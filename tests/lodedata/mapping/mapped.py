"""A small table with its mapping, and the records that it becomes."""

from collections.abc import Callable

from lodedata.mapping import Reading, Source
from lodedata.records import Deposit

Mapping = Callable[..., Source]
ReadMapped = Callable[..., list[Reading]]

DEPOSIT = """
- key: "{id}"
  kind: {const: deposit}
  commodities: [metal]
"""
CSV = "id,name,metal,country,lon,lat,v,w"


def deposit(reading: Reading) -> Deposit:
    (record,) = reading.records
    assert isinstance(record, Deposit)
    return record


def rules(reading: Reading) -> list[str]:
    return [problem.rule for problem in reading.problems]
