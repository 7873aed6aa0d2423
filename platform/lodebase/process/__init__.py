"""Processes: their pool, memory, log files, announcement of a stop and output on a terminal."""
