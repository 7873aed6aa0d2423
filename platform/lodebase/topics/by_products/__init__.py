"""Metals contained in the ore of another."""
