"""Values of records from the cells of a row, as a mapping declares them."""
