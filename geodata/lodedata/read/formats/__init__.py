"""One module for each family of file formats, and what reads their parts."""
