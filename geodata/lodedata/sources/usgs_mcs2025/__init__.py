"""The source usgs-mcs2025."""
