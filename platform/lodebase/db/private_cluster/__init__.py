"""The private PostGIS cluster: created, prepared, started, watched and stopped."""
