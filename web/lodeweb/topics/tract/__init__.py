"""Pages of tracts."""
