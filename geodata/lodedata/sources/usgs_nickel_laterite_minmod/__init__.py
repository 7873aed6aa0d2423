"""The source usgs-nickel-laterite-minmod."""
