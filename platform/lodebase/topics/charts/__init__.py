"""Charts of the records of a collection."""
