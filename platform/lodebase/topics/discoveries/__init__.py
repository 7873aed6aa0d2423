"""Discoveries over time, of the deposits in the store."""
