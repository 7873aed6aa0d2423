"""Grade and tonnage models of the deposits in the store."""
