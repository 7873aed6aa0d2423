"""Mining rights in terms of other standards."""
