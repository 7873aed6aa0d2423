"""Records that people enter at the desk in a form: which forms there are, and how their values are read."""
