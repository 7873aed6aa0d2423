"""The source recycling-plants."""
