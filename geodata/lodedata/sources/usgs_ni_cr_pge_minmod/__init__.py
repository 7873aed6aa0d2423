"""The source usgs-ni-cr-pge-minmod."""
