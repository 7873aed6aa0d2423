"""Mining rights of the province of Salta, Argentina."""
