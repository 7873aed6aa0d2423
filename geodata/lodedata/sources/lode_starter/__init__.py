"""The source lode-starter."""
