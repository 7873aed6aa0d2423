"""Discoveries over time."""
