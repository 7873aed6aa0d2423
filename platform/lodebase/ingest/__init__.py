"""Imports of sources: runs, their rows, refused rows, and the records that they make."""
