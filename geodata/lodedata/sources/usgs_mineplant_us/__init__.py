"""The source usgs-mineplant-us."""
