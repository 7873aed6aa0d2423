"""Mining rights: rings of corner points, their area, and holders who are natural persons."""
