"""The layout check as an API."""
