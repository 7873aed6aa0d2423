"""The source imf-pcps-battery-metals."""
