"""The data on the wire and on screen."""
