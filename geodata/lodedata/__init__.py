"""The data as values and files: records, vocabularies, readers, checks. No database, no HTTP."""
