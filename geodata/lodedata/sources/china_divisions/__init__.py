"""The source china-divisions."""
