"""Queries: an immutable Query becomes one SQL expression, and PostGIS serialises the result."""

from lodebase.query.bbox import Bbox
from lodebase.query.pages import Counts, Page, read_page
from lodebase.query.query import Query

__all__ = ["Bbox", "Counts", "Page", "Query", "read_page"]
