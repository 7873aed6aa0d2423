"""The command ``lode``: one file per group of commands."""
