"""The source usgs-lithium-us."""
