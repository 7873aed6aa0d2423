"""Workbooks to fill in."""
