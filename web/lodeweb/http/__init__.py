"""HTTP: what concerns every request and response, whatever it asks for."""
