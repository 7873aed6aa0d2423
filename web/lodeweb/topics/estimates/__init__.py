"""Responses and pages: estimates of deposits over time."""
