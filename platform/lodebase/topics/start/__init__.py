"""The tasks of the site."""
