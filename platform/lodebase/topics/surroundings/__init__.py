"""What the ground layers hold near a place."""
