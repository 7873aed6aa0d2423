"""Estimates of deposits over time."""
