"""The source act-form."""
