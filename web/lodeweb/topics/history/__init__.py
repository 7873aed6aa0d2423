"""Responses and pages: versions of the data."""
