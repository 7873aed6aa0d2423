"""The source labrador-minerals-2026."""
