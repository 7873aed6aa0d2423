"""Pages of prospectivity."""
