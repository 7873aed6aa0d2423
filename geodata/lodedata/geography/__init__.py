"""Places on the Earth: reference systems, boundaries, points of view on borders, areas of users."""
