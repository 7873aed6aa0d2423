"""The map and its basemap."""
