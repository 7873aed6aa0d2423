"""The source canada-nrcan-critical-minerals-2026."""
