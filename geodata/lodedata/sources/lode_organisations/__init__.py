"""The source lode-organisations."""
