"""What-if runs: the layout check on a grid of places for all products, as counts of findings."""
