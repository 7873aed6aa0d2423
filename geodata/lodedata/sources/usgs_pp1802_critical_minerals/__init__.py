"""The source usgs-pp1802-critical-minerals."""
