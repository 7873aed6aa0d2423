"""OGC API Processes, Part 1: the checks and downloads as processes, and their jobs."""
