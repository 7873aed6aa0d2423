"""The source project-ledger."""
