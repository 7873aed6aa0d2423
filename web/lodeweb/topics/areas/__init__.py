"""Responses and pages: areas that users send."""
