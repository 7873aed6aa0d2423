"""Pictures of the map for programs, documents and letters."""
