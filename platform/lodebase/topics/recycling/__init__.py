"""Recycling plants: the streams that they take, what they can treat, and the recycled metal of an area."""
