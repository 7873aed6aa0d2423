"""Logs and sections of drill holes."""
