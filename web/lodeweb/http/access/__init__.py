"""Who may send a request, and how many: hosts, origins, sessions, keys and limits."""
