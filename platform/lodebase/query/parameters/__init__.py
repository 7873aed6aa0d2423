"""The parameters of a request: their declarations, and the Query that they make."""
