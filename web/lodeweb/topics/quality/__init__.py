"""Responses and pages: data quality."""
