"""Shapes of tables other than one record in each row: rows of one record, series in columns, tables joined by a key."""

from lodedata.mapping.shape.correcting import corrected
from lodedata.mapping.shape.grouping import grouped
from lodedata.mapping.shape.joining import joined
from lodedata.mapping.shape.merging import merged_commodities, merged_record
from lodedata.mapping.shape.unpivoting import filled_down, unpivoted

__all__ = ["corrected", "filled_down", "grouped", "joined", "merged_commodities", "merged_record", "unpivoted"]
