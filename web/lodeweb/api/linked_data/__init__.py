"""Records and the catalogue as linked data: their graphs, and the syntaxes of RDF."""
