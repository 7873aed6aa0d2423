"""The source usgs-porphyry-copper-2008."""
