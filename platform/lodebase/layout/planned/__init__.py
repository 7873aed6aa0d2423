"""Planned plants: parsed from a feature, a table or a place's name."""
