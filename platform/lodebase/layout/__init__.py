"""The layout check: what lies around a planned plant, held against rules as data."""
