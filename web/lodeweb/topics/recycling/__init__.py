"""Pages of recycling."""
