"""Condition lists as an API."""
