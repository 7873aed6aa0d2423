"""Comparison of names: their parts, tokens and sound."""
