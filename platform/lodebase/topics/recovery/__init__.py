"""Recovery of metals: checks of rates, and metal between rates."""
