"""Pages of sign-in, accounts, second factors, keys and people."""
