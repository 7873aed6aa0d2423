"""The ground packs of a site."""
