"""Processes that programs call, and the jobs that run them in the background."""
