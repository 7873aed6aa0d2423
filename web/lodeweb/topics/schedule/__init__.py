"""The page and files of the schedule."""
