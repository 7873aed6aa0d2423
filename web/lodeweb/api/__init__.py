"""The OGC API and the JSON routes."""
