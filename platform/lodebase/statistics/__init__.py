"""Figures of records: grades, tonnages, distributions, the quality of the data."""
