"""Calculations of the layout check: products, feedstock, concentration, catchments and distances. No database."""
