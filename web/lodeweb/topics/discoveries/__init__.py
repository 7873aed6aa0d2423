"""Pages of discoveries."""
