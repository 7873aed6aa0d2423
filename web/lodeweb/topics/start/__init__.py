"""The page of the tasks."""
