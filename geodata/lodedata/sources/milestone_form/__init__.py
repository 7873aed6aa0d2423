"""The source milestone-form."""
