"""Datasets, their versions, changes and downloads."""
