"""Commands of the layout check."""
