"""Imports as jobs: ordered, locked, logged, with their progress and disk space."""
