"""The page of what is held of China, and the first lines of pages that speak of China."""
