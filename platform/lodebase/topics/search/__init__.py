"""Suggestions by name."""
