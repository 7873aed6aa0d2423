"""The source usgs-minfac-world-facilities."""
