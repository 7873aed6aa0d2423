"""The profile of an organisation."""
