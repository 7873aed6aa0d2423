"""The source right-form."""
