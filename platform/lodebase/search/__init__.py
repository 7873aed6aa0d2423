"""Suggestions for what is typed."""
