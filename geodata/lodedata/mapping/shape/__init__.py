"""Shapes of tables other than one record in each row: rows of one record, series in columns, tables joined by a key."""

from lodedata.mapping.shape.correcting import correct_table
from lodedata.mapping.shape.grouping import group_rows_by_key
from lodedata.mapping.shape.joining import join_tables
from lodedata.mapping.shape.merging import merge_commodities, merge_row_records
from lodedata.mapping.shape.unpivoting import fill_table_down, unpivot_table

__all__ = [
    "correct_table",
    "fill_table_down",
    "group_rows_by_key",
    "join_tables",
    "merge_commodities",
    "merge_row_records",
    "unpivot_table",
]
