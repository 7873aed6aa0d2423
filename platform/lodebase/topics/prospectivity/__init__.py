"""Prospectivity of deposit types in the store, with the evidence of ground packs."""
