"""The server process: requests in and out, logs and metrics."""
