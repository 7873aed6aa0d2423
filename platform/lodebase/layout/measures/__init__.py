"""Measures around a planned plant: neighbours, zones, feedstock, balance, concentration."""
