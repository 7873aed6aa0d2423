"""The source worldbank-pinksheet-2026-06."""
