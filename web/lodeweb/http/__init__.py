"""HTTP behaviour that is common to all requests and responses."""
