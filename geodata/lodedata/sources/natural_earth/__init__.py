"""The source natural-earth."""
