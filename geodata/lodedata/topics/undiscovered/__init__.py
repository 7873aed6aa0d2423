"""Resources of deposits that are not yet found."""
