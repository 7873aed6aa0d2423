"""The one way to rows: a frozen Query, one SQL expression, bytes made by PostGIS."""

from lodebase.query.counting import Counts
from lodebase.query.query import Bbox, Query
from lodebase.query.run import Page, item, page

__all__ = ["Bbox", "Counts", "Page", "Query", "item", "page"]
