"""Responses: negotiated, compressed, cached, with links, or as problem details."""
