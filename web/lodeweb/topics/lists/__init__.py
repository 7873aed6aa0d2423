"""Pages of condition lists."""
