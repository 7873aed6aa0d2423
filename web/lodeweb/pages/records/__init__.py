"""Records as pages: one record, and lists of them."""
