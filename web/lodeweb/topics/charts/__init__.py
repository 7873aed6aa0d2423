"""Responses and pages: charts of the records of a collection."""
