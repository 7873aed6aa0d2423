"""The source china-recycled-metals."""
