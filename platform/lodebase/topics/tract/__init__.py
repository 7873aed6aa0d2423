"""Undiscovered resources of a tract."""
