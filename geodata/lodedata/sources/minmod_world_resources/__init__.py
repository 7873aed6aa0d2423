"""The source minmod-world-resources."""
