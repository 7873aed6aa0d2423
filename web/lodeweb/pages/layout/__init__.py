"""The layout check as pages."""
