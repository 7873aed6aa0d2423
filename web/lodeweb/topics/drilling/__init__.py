"""Pages of drill holes."""
