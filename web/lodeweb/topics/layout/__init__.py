"""Pages of the layout check that show results of operations."""
