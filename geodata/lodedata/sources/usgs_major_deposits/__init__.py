"""The source usgs-major-deposits."""
