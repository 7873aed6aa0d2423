"""Grade and tonnage models of deposit types."""
