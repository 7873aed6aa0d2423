"""Responses and pages: suggestions by name."""
