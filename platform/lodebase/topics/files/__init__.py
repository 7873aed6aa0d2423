"""What files of records hold."""
