"""Commands on accounts, sessions, keys and the audit trail."""
