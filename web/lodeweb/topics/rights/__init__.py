"""Pages of mining rights: the register with what is on sale, deposits without a right, and the parts of a right's page."""
