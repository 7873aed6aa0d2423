"""Request parameters: their declarations, and the Query built from them."""
