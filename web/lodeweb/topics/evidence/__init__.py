"""The page that verifies signed files."""
