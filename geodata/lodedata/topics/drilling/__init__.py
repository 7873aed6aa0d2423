"""Drill holes: traces from surveys, composites of grades, sections, and checks of tables."""
