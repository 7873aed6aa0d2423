"""Collections and their features: OGC API Features, tiles, facets."""
