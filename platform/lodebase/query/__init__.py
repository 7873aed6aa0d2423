"""The one way to rows: a frozen Query, one SQL expression, bytes made by PostGIS."""

from lodebase.query.pages import Counts, Page, page
from lodebase.query.query import Bbox, Query

__all__ = ["Bbox", "Counts", "Page", "Query", "page"]
