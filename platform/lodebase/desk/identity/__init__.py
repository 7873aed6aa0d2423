"""Who works at the desk: accounts, sign-in, second factors, sessions and API keys."""
