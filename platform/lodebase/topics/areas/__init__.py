"""Areas that users send."""
