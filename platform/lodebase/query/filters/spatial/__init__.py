"""Filters by position: a box, a distance from a point, a polygon."""
