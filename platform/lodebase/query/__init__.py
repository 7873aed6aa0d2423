"""Queries: an immutable Query becomes one SQL expression, and PostGIS serialises the result."""

from lodebase.query.pages import Counts, Page, page
from lodebase.query.query import Bbox, Query

__all__ = ["Bbox", "Counts", "Page", "Query", "page"]
