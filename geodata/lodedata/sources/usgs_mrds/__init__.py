"""The source usgs-mrds."""
