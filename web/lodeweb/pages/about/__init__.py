"""Pages about the site: what it is, its documents, its versions and monthly updates."""
