"""The source usgs-vms-minmod."""
