"""What figures say of a record: units, size, grade, main commodity and by-products."""
