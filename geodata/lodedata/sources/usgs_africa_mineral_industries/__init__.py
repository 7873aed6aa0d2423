"""The source usgs-africa-mineral-industries."""
