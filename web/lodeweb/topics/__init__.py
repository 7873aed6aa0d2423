"""Topics: one folder each, with its pages and templates."""
