"""The process that writes a file reads batches by a thread, and hears of what goes wrong there."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from lodebase.download.job import read_ahead


def batches(count: int, fails: bool) -> Iterator[pa.RecordBatch]:
    for n in range(count):
        yield pa.record_batch([[n]], names=["n"])
    if fails:
        raise OSError("connection lost")


@pytest.mark.timeout(60)
def test_batches_come_in_their_order() -> None:
    assert [batch.column("n")[0].as_py() for batch in read_ahead(batches(20, False))] == list(range(20))


@pytest.mark.timeout(60)
def test_an_error_while_reading_is_raised_where_batches_are_awaited() -> None:
    reading = read_ahead(batches(20, True))
    with pytest.raises(OSError, match="connection lost"):
        list(reading)
